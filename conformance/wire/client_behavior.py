"""
What OpenAI's official Python client makes of a status: whether it asks again, and which exception it raises.

Source: `openai._base_client.BaseClient._should_retry` and `openai.OpenAI._make_status_error` of openai-python 3.52; a
test holds both against the installed client. Not told here: a `Retry-After` of more than two minutes stops it.
"""

RETRIED = frozenset({408, 409, 429})
"""The statuses below 500 after which the client asks again."""

RAISED = {
    400: "BadRequestError",
    401: "AuthenticationError",
    403: "PermissionDeniedError",
    404: "NotFoundError",
    409: "ConflictError",
    422: "UnprocessableEntityError",
    429: "RateLimitError",
}
"""The exceptions for a status below 500; every other one raises `APIStatusError`."""


def retries(status: int, should_retry: str | None = None) -> bool:
    """Tell whether the client asks again; the header `x-should-retry` decides where it says `true` or `false`."""
    if should_retry in {"true", "false"}:
        return should_retry == "true"
    return status in RETRIED or status >= 500


def raised(status: int) -> str:
    """Return the name of the exception for a status of 300 or more."""
    return "InternalServerError" if status >= 500 else RAISED.get(status, "APIStatusError")
