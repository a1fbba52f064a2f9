"""
Reading a native request: one to Google's `generateContent`, in either spelling of its fields.

The fields are those of https://ai.google.dev/api/generate-content and https://ai.google.dev/api/caching (`Content`,
`Part`, `Tool`). Protocol buffers in JSON take `topP` and `top_p` alike.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conformance import ABSENT, Exchange, Inconclusive
from conformance.wire.response import NotJson, read_json
from conformance.wire.upstream import UpstreamRequest

_HUMP = re.compile(r"(?<!^)([A-Z])")
_METHOD = re.compile(r":(generateContent|streamGenerateContent)(\?|\Z)")
_MODEL = re.compile(r"/models/([^/:?]+):")


def either(value: Any, name: str) -> Any:
    """Return the field of an object by its name in camelCase, however it is spelled, or `ABSENT`; null is absent."""
    if not isinstance(value, Mapping):
        return ABSENT
    snake = _HUMP.sub(lambda found: f"_{found[1].lower()}", name)
    return next((value[spelled] for spelled in (name, snake) if value.get(spelled) is not None), ABSENT)


def listed(value: Any) -> list[Any]:
    """Return an array, a single value as an array of one, nothing as an empty one."""
    if value is ABSENT or value is None:
        return []
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a turn: the role of its content, and the part as it was sent."""

    role: str
    value: Any

    @property
    def text(self) -> str | None:
        """Return its text; None where it is something else, or a thought."""
        text = either(self.value, "text")
        return text if isinstance(text, str) and either(self.value, "thought") is not True else None


@dataclass(frozen=True, slots=True)
class Native:
    """The body of a native request."""

    body: Mapping[str, Any]

    @property
    def instructions(self) -> list[str]:
        """Return the texts of `systemInstruction`, in order."""
        value = either(self.body, "systemInstruction")
        if isinstance(value, str):
            return [value]
        parts = [Part("system", part) for one in listed(value) for part in listed(either(one, "parts"))]
        return [part.text for part in parts if part.text is not None]

    @property
    def parts(self) -> list[Part]:
        """Return the parts of all `contents`, in order."""
        contents = listed(either(self.body, "contents"))
        return [Part(_role(content), part) for content in contents for part in listed(either(content, "parts"))]

    def all(self, name: str) -> list[Any]:
        """Return what the parts have under a name, such as `functionCall`, in order."""
        found = (either(part.value, name) for part in self.parts)
        return [value for value in found if value is not ABSENT]

    def config(self, name: str) -> Any:
        """Return a field of `generationConfig`, or `ABSENT`."""
        return either(either(self.body, "generationConfig"), name)

    @property
    def tools(self) -> list[Any]:
        """Return the entries of `tools`."""
        return listed(either(self.body, "tools"))

    @property
    def functions(self) -> dict[str, Any]:
        """Return the declared functions, by name."""
        declared = [one for tool in self.tools for one in listed(either(tool, "functionDeclarations"))]
        return {str(either(one, "name")): one for one in declared}

    @property
    def calling(self) -> Any:
        """Return the `functionCallingConfig`, or `ABSENT`."""
        return either(either(self.body, "toolConfig"), "functionCallingConfig")


def _role(content: Any) -> str:
    role = either(content, "role")
    return role if isinstance(role, str) else "user"


def schema_of(function: Any) -> Any:
    """Return the schema of a declared function's parameters, in either of its two forms, or `ABSENT`."""
    written = either(function, "parametersJsonSchema")
    return either(function, "parameters") if written is ABSENT else written


def is_native(request: UpstreamRequest) -> bool:
    """Tell whether a request upstream asks a native endpoint for content."""
    return request.api == "gemini" and _METHOD.search(request.path) is not None


def asked(exchange: Exchange) -> Sequence[UpstreamRequest]:
    """Return the native requests for content that were sent for an exchange."""
    return [request for request in exchange.upstream if is_native(request)]


def model_of(exchange: Exchange) -> str:
    """Return the name of the model in the native request that was sent last; nothing where its path names none."""
    found = _MODEL.search(asked(exchange)[-1].path)
    return found[1] if found else ""


def native_of(exchange: Exchange) -> Native:
    """Return the native request that was sent last. Raises `Inconclusive` for one that cannot be read."""
    try:
        body = asked(exchange)[-1].json
    except NotJson as error:
        raise Inconclusive(f"the request sent upstream for {exchange.label} cannot be read: {error}") from None
    if not isinstance(body, dict):
        raise Inconclusive(f"the request sent upstream for {exchange.label} is not a JSON object")
    return Native(body)


def usages(exchange: Exchange) -> Iterator[Any]:
    """Yield every `usageMetadata` that the endpoint behind returned, the last one last."""
    for request in asked(exchange):
        yield from _usages(request)


def _usages(request: UpstreamRequest) -> Iterator[Any]:
    if not request.returned.whole:
        return
    text = request.returned.content.decode("utf-8", "replace")
    told = [line.removeprefix("data:") for line in text.splitlines() if line.startswith("data:")] or [text]
    for one in told:
        for value in listed(_read(one)):
            found = either(value, "usageMetadata")
            if found is not ABSENT:
                yield found


def _read(text: str) -> Any:
    try:
        return read_json(text)
    except NotJson:
        return ABSENT
