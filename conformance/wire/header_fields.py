"""
Header fields as they come: bytes to text, and several lines of one name to one value.

A field value is bytes. What is not ASCII in it has no charset of its own (RFC 9110, section 5.5).
"""

LISTS = frozenset(
    [
        "accept",
        "accept-encoding",
        "accept-ranges",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-expose-headers",
        "allow",
        "cache-control",
        "connection",
        "content-encoding",
        "content-language",
        "link",
        "server-timing",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "vary",
        "via",
        "warning",
        "www-authenticate",
    ]
)
"""
The fields whose value is defined as a list, in lower case: their lines are one list (RFC 9110, section 5.3).

Any other field is taken for a singleton, one that no standard knows too: `x-ratelimit-limit-requests: 10, 20` would be
no number that anybody sent.
"""


def as_text(value: bytes) -> str:
    """Return a field value as text: as UTF-8 when it is valid, else as Latin-1, which any bytes are."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def lines_of(headers: tuple[tuple[str, str], ...], name: str) -> tuple[str, ...]:
    """Return the values of all lines with a name, in order; names are compared without case."""
    wanted = name.lower()
    return tuple(value for key, value in headers if key.lower() == wanted)


def value_of(headers: tuple[tuple[str, str], ...], name: str) -> str | None:
    """
    Return the value of a field, or None.

    Several lines of a list are one list, joined with `, `. Of a singleton that is sent more than once the first line
    counts, as for most clients; that a sender must not do so is a matter for a check (`lines_of`).
    """
    lines = lines_of(headers, name)
    if not lines:
        return None
    return ", ".join(lines) if name.lower() in LISTS else lines[0]
