"""Which headers are written down: those that a judgement may need, and none that may hold a secret."""

REQUEST_HEADERS = frozenset({"content-type", "accept"})
RESPONSE_HEADERS = frozenset(
    [
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-origin",
        "access-control-expose-headers",
        "allow",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "location",
        "openai-model",
        "openai-processing-ms",
        "openai-version",
        "retry-after",
        "retry-after-ms",
        "server",
        "transfer-encoding",
        "www-authenticate",
        "x-request-id",
        "x-should-retry",
    ]
)
RESPONSE_PREFIXES = ("x-ratelimit-",)


def kept_headers(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Return the headers of an answer that may be written down, names in lower case."""
    lower = [(name.lower(), value) for name, value in headers]
    return tuple((n, value) for n, value in lower if n in RESPONSE_HEADERS or n.startswith(RESPONSE_PREFIXES))
