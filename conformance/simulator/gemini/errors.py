"""
Errors as Google's APIs return them: `{"error": {code, message, status, details}}`.

Their form is that of `google.rpc.Status` (https://google.aip.dev/193, "HTTP/1.1+JSON representation").
"""

import re
from typing import Any

from conformance.simulator.http.answer import Answer
from conformance.simulator.http.errors import ApiError

_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 500: "INTERNAL"}
_TYPE = "type.googleapis.com/google.rpc"


class GeminiError(ApiError):
    """A refusal in Google's form. `details` are added to it as they are."""

    def __init__(self, status: int, message: str, details: tuple[dict[str, Any], ...] = ()) -> None:
        super().__init__(status, message)
        self.details = details


def invalid(message: str) -> GeminiError:
    """Return the 400 for a request that cannot be served as it is."""
    return GeminiError(400, message)


def bad_field(place: str, message: str) -> GeminiError:
    """Return the 400 for JSON that does not fit, with the place of the field in snake_case."""
    violation = {"field": place, "description": message}
    return GeminiError(400, message, ({"@type": f"{_TYPE}.BadRequest", "fieldViolations": [violation]},))


def bad_key() -> GeminiError:
    """Return the 400 for a key that is not known (403 stands for one that is absent)."""
    info = {"@type": f"{_TYPE}.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
    metadata = {"metadata": {"service": "generativelanguage.googleapis.com"}}
    return GeminiError(400, "API key not valid. Please pass a valid API key.", ({**info, **metadata},))


def no_key() -> GeminiError:
    """Return the 403 for a request without a key."""
    said = "Method doesn't allow unregistered callers (callers without established identity)."
    return GeminiError(403, f"{said} Please use API Key or other form of API consumer identity to call this API.")


def unknown_model(model: str, method: str) -> GeminiError:
    """Return the 404 for a model that there is not, or that does not know a method."""
    said = f"models/{model[:80]} is not found for API version v1beta, or is not supported for {method[:40]}."
    return GeminiError(404, f"{said} Call ListModels to see the list of available models and their supported methods.")


def error_answer(error: ApiError) -> Answer:
    """Return the answer for an error; what the models behind this API refuse is an invalid argument here."""
    code = error.status if error.status in _STATUS and isinstance(error, GeminiError) else 400
    code = 500 if error.status >= 500 else code
    message = error.message
    if error.code == "context_length_exceeded":
        counted = re.findall(r"[0-9]+", message)
        message = f"The input token count ({counted[-1]}) exceeds the maximum number of tokens allowed ({counted[0]})."
    told: dict[str, Any] = {"code": code, "message": message, "status": _STATUS[code]}
    details = error.details if isinstance(error, GeminiError) else ()
    return Answer({"error": {**told, "details": list(details)} if details else told}, code)
