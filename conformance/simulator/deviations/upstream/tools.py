"""Functions and schemas that arrive upstream in part, or as something else."""

from collections.abc import Iterator
from typing import Any

from conformance.simulator.deviations.change import Object
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.upstream.common import declared_in, native
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_CHECKS = "upstream.tools/translated_chat"
_SCHEMA = "parametersJsonSchema"


@deviation(
    "upstream-namesake-becomes-native-tool",
    severity="critical",
    says="A client's function `googleSearch` is sent upstream as the native tool of that name.",
    breaks="Agents: the function is never called, and the model searches the web instead.",
    source=("https://github.com/Portkey-AI/gateway/blob/main/src/providers/google/chatComplete.ts",),
    caught_by=(f"{_CHECKS}/functions_are_declared",),
)
def namesake(call: Call, handler: Handler) -> Answer:
    def replace_it(body: Object) -> None:
        if any(one["name"] == "googleSearch" for one in declared_in(body)):
            body["tools"] = [{"googleSearch": {}}]

    return native(handler(call), replace_it)


@deviation(
    "upstream-native-search-added",
    severity="major",
    says="Google's search is sent upstream beside the functions of the client.",
    breaks="Who must not have prompts searched for, and who pays for each search.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/no_native_tool_is_added",),
)
def search_added(call: Call, handler: Handler) -> Answer:
    return native(handler(call), lambda body: body["tools"].append({"googleSearch": {}}) if "tools" in body else None)


@deviation(
    "upstream-parameters-types-alone",
    severity="major",
    says="`required` and enums of a function's parameters are not sent upstream.",
    breaks="Tools that rely on their schema: arguments are missing, or have made-up values.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/parameters_are_sent_whole",),
)
def types_alone(call: Call, handler: Handler) -> Answer:
    return native(handler(call), lambda body: _drop(body, "required", "enum"))


@deviation(
    "upstream-parameters-bounds-lost",
    severity="minor",
    says="Descriptions, patterns and bounds of a function's parameters are not sent upstream.",
    breaks="Tools whose arguments have a form of their own.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/bounds_of_parameters_are_sent",),
)
def bounds_lost(call: Call, handler: Handler) -> Answer:
    names = ("description", "pattern", "minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength")
    return native(handler(call), lambda body: _drop(body, *names))


@deviation(
    "upstream-function-descriptions-lost",
    severity="major",
    says="The descriptions of functions are not sent upstream.",
    breaks="Agents with similar tools: the model guesses by the name.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/descriptions_of_functions_are_sent",),
)
def descriptions_lost(call: Call, handler: Handler) -> Answer:
    def drop(body: Object) -> None:
        for one in declared_in(body):
            one.pop("description", None)

    return native(handler(call), drop)


@deviation(
    "upstream-tool-choice-lost",
    severity="major",
    says="`tool_choice` is not sent upstream.",
    breaks="Everyone who extracts data by a forced call: the model answers in prose.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/tool_choice_is_sent",),
)
def choice_lost(call: Call, handler: Handler) -> Answer:
    return native(handler(call), lambda body: body.pop("toolConfig", None))


def _drop(body: Object, *names: str) -> None:
    for one in declared_in(body):
        for schema in _schemas(one.get(_SCHEMA)):
            for name in names:
                schema.pop(name, None)


def _schemas(schema: Any) -> Iterator[Object]:
    """Yield a schema and those below, where they stand as properties, items and definitions."""
    if not isinstance(schema, dict):
        return
    yield schema
    for several in (schema.get("properties"), schema.get("$defs")):
        for below in several.values() if isinstance(several, dict) else ():
            yield from _schemas(below)
    yield from _schemas(schema.get("items"))
