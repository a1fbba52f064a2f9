"""
Which headers are written down: those that a judgement or a reader may need, and no secret of the run.

Of a request these are all headers that make it another request. What the client's machinery adds to every request, and
what belongs to the connection, is left out; of a header that holds a secret the name alone is kept.
"""

import re
from dataclasses import dataclass, field

from conformance.targets.auth import Auth, sounds_secret
from conformance.targets.redact import holds_secret
from conformance.targets.secrets import Secrets, carries_credential
from conformance.wire.request import NO_KEY, WRONG_KEY

Headers = tuple[tuple[str, str], ...]

CLIENT_HEADERS = frozenset(
    ["accept-encoding", "connection", "content-length", "host", "idempotency-key", "transfer-encoding"]
)
"""What every client says in a way of its own."""
CLIENT_PREFIXES = ("x-stainless-",)
CLIENT_AGENT = re.compile(r"(?:Async)?OpenAI/Python ")
"""The `User-Agent` of the official client (openai-python, `BaseClient.user_agent`)."""

MADE_UP = frozenset({WRONG_KEY, NO_KEY})
"""Keys that are none."""

KEY_VARIABLE = "API_KEY"
"""What stands for the variable of a key whose name is not known."""

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
        "date",
        "location",
        "openai-model",
        "openai-processing-ms",
        "openai-version",
        "retry-after",
        "retry-after-ms",
        "server",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
        "x-should-retry",
    ]
)
RESPONSE_PREFIXES = ("x-ratelimit-",)
REQUEST_ID = "request-id"
"""How the headers end in which gateways name a request: what their users find it by in the vendor's log."""

_SOUNDS_SECRET = re.compile(r"auth|bearer|jwt|session|private", re.IGNORECASE)
_LOOKS_SECRET = re.compile(
    r"(?=[0-9]*[A-Za-z])(?=[A-Za-z]*[0-9])[0-9A-Za-z]{16,}"  # as keys are made: long, of letters and digits
    r"|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"
)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeptOfRequest:
    """
    What is kept of a request's headers.

    `headers` with their values; `withheld`: the names of those with a secret value, and of the variable for each.
    """

    headers: Headers = ()
    withheld: dict[str, str] = field(default_factory=dict)


def kept_headers(headers: Headers) -> Headers:
    """Return the headers of an answer that may be written down, names in lower case."""
    lower = [(name.lower(), value) for name, value in headers]
    return tuple((name, value) for name, value in lower if _is_kept(name))


def _is_kept(name: str) -> bool:
    return name in RESPONSE_HEADERS or name.startswith(RESPONSE_PREFIXES) or name.endswith(REQUEST_ID)


def kept_of_request(headers: Headers, secrets: Secrets, auth: Auth, key_env: str | None = None) -> KeptOfRequest:
    """
    Return what is kept of a request's headers.

    `secrets` are those of the run; `auth` and `key_env` say which header holds the key and which variable the key.
    """
    kept: list[tuple[str, str]] = []
    withheld: dict[str, str] = {}
    for name, value in headers:
        if _is_the_clients(name, value):
            continue
        if may_be_written(name, value) and not _is_secret(value, secrets):
            kept.append((name, value))
        elif name.lower() == auth.header.lower():
            withheld[name] = variable(key_env or "", KEY_VARIABLE)
        else:
            withheld[name] = variable(re.sub(r"\W", "_", name, flags=re.ASCII).upper(), "HEADER_VALUE")
    return KeptOfRequest(tuple(kept), withheld)


def may_be_written(name: str, value: str) -> bool:
    """Tell whether a header of a request may be written down, as far as its name and the look of its value tell."""
    if value.rpartition(" ")[2] in MADE_UP:
        return True
    sounds = carries_credential(name) or sounds_secret(name) or _SOUNDS_SECRET.search(name)
    return not sounds and (name.lower() == "content-type" or not _LOOKS_SECRET.search(value))


def variable(name: str, otherwise: str) -> str:
    """Return a name if it can be that of a variable in a shell."""
    return name if _VARIABLE.fullmatch(name) else otherwise


def _is_the_clients(name: str, value: str) -> bool:
    lower = name.lower()
    agent = lower == "user-agent" and CLIENT_AGENT.match(value)
    return bool(agent) or lower in CLIENT_HEADERS or lower.startswith(CLIENT_PREFIXES)


def _is_secret(value: str, secrets: Secrets) -> bool:
    """Tell whether a value is a secret of the run, or holds one in any form."""
    return value in secrets.words or holds_secret(value.encode("utf-8", "surrogatepass"), secrets)
