"""Base URLs: what is one, and how a request's path is joined to it. A query in it goes along with every request."""

from ipaddress import ip_address
from urllib.parse import parse_qsl, urlsplit

from conformance.targets.auth import sounds_secret
from conformance.wire.verdict import UsageError

_TAILS = ("/chat/completions", "/embeddings", "/models")


def clean_url(url: str, place: str) -> str:
    """
    Return a base URL without a slash or an operation at the end of its path.

    Raises `UsageError` for what is not an http(s) URL of an API, and for one that holds what looks like a credential.
    `place` says where it stands.
    """
    given = url.strip()
    shown = given.rpartition("@")[2].partition("?")[0][:80]
    try:
        parts = urlsplit(given)
        problem = None if parts.port != 0 else "there is no port 0"
    except ValueError as error:
        raise UsageError(f"{place}: `{shown}` is no base URL: {str(error).lower()}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        problem = "it needs a scheme and a host, for example https://api.example.com/v1"
    elif not given.isprintable() or " " in given:
        problem = "it holds a blank or a character that cannot be printed"
    elif "@" in parts.netloc:
        problem = "it holds a user name or a password; give the key by --api-key-env VAR"
    elif parts.fragment:
        problem = "it must have no fragment"
    elif any(sounds_secret(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        problem = "its query holds what looks like a key; give the key by --api-key-env VAR and --auth-header NAME"
    if problem:
        raise UsageError(f"{place}: `{parts.hostname or shown}` is no base URL: {problem}")
    path = parts.path.rstrip("/")
    for tail in _TAILS:
        path = path.removesuffix(tail)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{path}{query}"


def split_query(base_url: str) -> tuple[str, str]:
    """Return a base URL without its query, and the query."""
    base, _, query = base_url.partition("?")
    return base, query


def with_query(url: str, query: str) -> str:
    """Return a URL with a query added to its own."""
    return f"{url}{'&' if '?' in url else '?'}{query}" if query else url


def joined(base_url: str, path: str) -> str:
    """Return the URL of a path below a base URL; the query of the base URL is kept."""
    base, query = split_query(base_url)
    return with_query(base + path, query)


def path_below(url: str, base_url: str) -> str:
    """Return the path of a URL without that of the base URL, and without a query."""
    return urlsplit(url).path.removeprefix(urlsplit(base_url).path.rstrip("/"))


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's loopback."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_local(url: str) -> bool:
    """Tell whether a URL leads to this machine."""
    return is_loopback(urlsplit(url).hostname or "")
