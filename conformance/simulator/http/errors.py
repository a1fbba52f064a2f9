"""The error envelope `{"error": {message, type, param, code}}`: all four keys always, and who raises it with what."""

from conformance.simulator.http.answer import Answer, Headers


class ApiError(Exception):
    """A refusal on its way to the client."""

    def __init__(  # noqa: PLR0913 - these are the parts of an error
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        headers: Headers = (),
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.headers = headers


def error_answer(error: ApiError) -> Answer:
    """Return the answer for an error."""
    envelope = {"message": error.message, "type": error.kind, "param": error.param, "code": error.code}
    return Answer({"error": envelope}, error.status, error.headers)


def invalid_request(message: str, *, param: str | None = None, code: str | None = None) -> ApiError:
    """Return a 400."""
    return ApiError(400, message, param=param, code=code)


def invalid_value(param: str, message: str) -> ApiError:
    """Return the 400 for a value of the right type that is not allowed."""
    return invalid_request(message, param=param, code="invalid_value")


def unsupported(param: str) -> ApiError:
    """Return the 400 for a documented parameter that the model does not offer."""
    return invalid_request(
        f"Unsupported parameter: '{param}' is not supported with this model.",
        param=param,
        code="unsupported_parameter",
    )


def unknown_url(method: str, path: str) -> ApiError:
    """Return the 404 for a path that no endpoint serves."""
    return ApiError(404, f"Invalid URL ({method} {path[:200]})")


def model_not_found(model: str) -> ApiError:
    """Return the 404 for a model that does not exist."""
    return ApiError(
        404,
        f"The model `{model[:200]}` does not exist or you do not have access to it.",
        code="model_not_found",
        headers=(("content-type", "application/json; charset=utf-8"),),
    )
