"""
The tools and schemas of a chat in the native request that a gateway makes of them.

A schema may be sent in either of the two native forms. Not checked: custom tools, which the native API does not have;
`strict`, which it has no field for; what only one of the two forms can say (see `schemas`).
"""

from collections.abc import Callable
from typing import Any

from conformance import ABSENT, DOC, Deviation, Exchange, Facet, Inconclusive, body_of, may, should
from conformance.checks.native.exchanges import same_name_forced
from conformance.checks.structured.exchanges import person
from conformance.checks.structured.keywords.exchanges import keyword_required
from conformance.checks.tools.exchanges import weather_forced
from conformance.checks.upstream.edits import rewritten, sent_as, without
from conformance.checks.upstream.exchanges import TOOLS
from conformance.checks.upstream.kinds import FUNCTIONS, WITH_SCHEMA, functions_of, sends, translated_chat
from conformance.checks.upstream.native import Native, either, listed, native_of, schema_of
from conformance.checks.upstream.schemas import lost_structure, lost_words

READS = frozenset({Facet.UPSTREAM})
DECLARED = "tools.0.functionDeclarations.0"
NATIVE_TOOLS = ("googleSearch", "googleSearchRetrieval", "codeExecution", "urlContext", "computerUse", "googleMaps")

Lost = Callable[[Any, Any], list[str]]


@should(
    TOOLS,
    says=DOC("CreateChatCompletionRequest.tools"),
    counterexample=sent_as(same_name_forced, "tools", [{"googleSearch": {}}]),
    when=(FUNCTIONS,),
    reads=READS,
)
def test_functions_are_declared(translated_chat: Exchange) -> None:
    """Each function in `tools` is sent upstream in `functionDeclarations`, even under the name of a native tool."""
    native = native_of(translated_chat)
    offered = functions_of(translated_chat.sent)
    if _has_no_tools(native) and body_of(translated_chat.sent).get("tool_choice") == "none":
        raise Inconclusive("`tool_choice` is none, so no function need be sent")
    lost = [name for name in offered if name not in native.functions]
    for name in lost:
        if any(either(tool, name) is not ABSENT for tool in native.tools):
            message = f"the function `{name}` is sent upstream as the native tool of that name"
            raise Deviation(message, finding="taken-away:tools")
    if lost:
        message = f"{len(lost)} of {len(offered)} functions are not sent upstream: {', '.join(lost)[:120]}"
        raise Deviation(message, finding="ignored:tools" if len(lost) == len(offered) else "partly:tools")


def _has_no_tools(native: Native) -> bool:
    return not native.functions


@should(
    TOOLS,
    says=DOC("CreateChatCompletionRequest.tools"),
    counterexample=rewritten(weather_forced, lambda body: {**body, "tools": [*body["tools"], {"codeExecution": {}}]}),
    when=(FUNCTIONS,),
    reads=READS,
)
def test_no_native_tool_is_added(translated_chat: Exchange) -> None:
    """No native tool is sent upstream for a request that offers functions alone."""
    body = body_of(translated_chat.sent)
    only = all(isinstance(tool, dict) and tool.get("type") == "function" for tool in body["tools"])
    if not only or body.get("web_search_options") is not None:
        raise Inconclusive("the request offers something else too")
    native, names = native_of(translated_chat), functions_of(translated_chat.sent)
    added = [name for name in NATIVE_TOOLS for tool in native.tools if either(tool, name) is not ABSENT]
    added = [name for name in added if name not in names]
    if added:
        raise Deviation(f"the native tool `{added[0]}` is sent upstream, and the request does not offer it")


def _lost(exchange: Exchange, lost: Lost) -> list[str]:
    """Return what the schemas of the functions that are declared upstream lack, with the name of the function."""
    offered, declared = functions_of(exchange.sent), native_of(exchange).functions
    both = [name for name in offered if name in declared and (offered[name].get("parameters") or {}).get("properties")]
    if not both:
        raise Inconclusive("no function with parameters is sent upstream, which another check finds")
    return [
        f"{name}: {place}" for name in both for place in lost(offered[name]["parameters"], schema_of(declared[name]))
    ]


def _bare(body: Any) -> Any:
    """Return a native request whose functions have parameters with types and properties alone."""
    kept = ("type", "properties", "items", "required", "enum", "anyOf", "$ref", "$defs")
    for function in body["tools"][0]["functionDeclarations"]:
        properties = function["parametersJsonSchema"]["properties"]
        for name, schema in properties.items():
            properties[name] = {word: value for word, value in schema.items() if word in kept}
    return body


@should(
    TOOLS,
    says=DOC("FunctionObject"),
    counterexample=without(weather_forced, f"{DECLARED}.parametersJsonSchema.properties"),
    when=(FUNCTIONS,),
    reads=READS,
)
def test_parameters_are_sent_whole(translated_chat: Exchange) -> None:
    """Types, properties, `required`, string enums, `items`, `anyOf` of a function's `parameters` are sent upstream."""
    if lost := _lost(translated_chat, lost_structure):
        raise Deviation(f"not sent upstream: {'; '.join(lost)[:300]}", finding="upstream:parameters-lost")


@may(
    TOOLS,
    says=DOC("FunctionObject"),
    counterexample=rewritten(keyword_required, _bare),
    when=(FUNCTIONS,),
    reads=READS,
)
def test_bounds_of_parameters_are_sent(translated_chat: Exchange) -> None:
    """Descriptions, patterns and bounds in a function's `parameters` are sent upstream."""
    if _lost(translated_chat, lost_structure):
        raise Inconclusive("types or properties are lost, which another check finds")
    if not any(lost_words(one.get("parameters"), {}) for one in functions_of(translated_chat.sent).values()):
        raise Inconclusive("the parameters have neither descriptions nor patterns nor bounds")
    if lost := _lost(translated_chat, lost_words):
        raise Deviation(f"not sent upstream: {'; '.join(lost)[:300]}", finding="upstream:bounds-lost")


@should(
    TOOLS,
    says=DOC("FunctionObject"),
    counterexample=without(weather_forced, f"{DECLARED}.description"),
    when=(FUNCTIONS,),
    reads=READS,
)
def test_descriptions_of_functions_are_sent(translated_chat: Exchange) -> None:
    """The `description` of each function is sent upstream with its declaration."""
    declared = native_of(translated_chat).functions
    told = {name: one.get("description") for name, one in functions_of(translated_chat.sent).items()}
    both = {name: text for name, text in told.items() if text and name in declared}
    if not both:
        raise Inconclusive("no function with a description is sent upstream")
    for name, text in both.items():
        if either(declared[name], "description") != text:
            raise Deviation(f"the description of `{name}` is not sent upstream")


@should(
    TOOLS,
    says=DOC("CreateChatCompletionRequest.tool_choice"),
    counterexample=without(weather_forced, "toolConfig"),
    when=(FUNCTIONS, sends("tool_choice")),
    reads=READS,
)
def test_tool_choice_is_sent(translated_chat: Exchange) -> None:
    """`tool_choice` is sent upstream as `functionCallingConfig`: `NONE`, `ANY`, or `ANY` with the function's name."""
    choice = body_of(translated_chat.sent)["tool_choice"]
    native = native_of(translated_chat)
    told = either(native.calling, "mode")
    mode = "absent" if told is ABSENT else str(told).upper()
    if choice == "none":
        if mode != "NONE" and not _has_no_tools(native):
            raise Deviation("`tool_choice` is none, and functions are offered upstream", finding="ignored:tool_choice")
    elif choice == "required" or _named(choice):
        if mode != "ANY":
            message = f"`tool_choice` demands a call, and the mode upstream is {mode[:20]}"
            raise Deviation(message, finding="ignored:tool_choice")
        allowed = listed(either(native.calling, "allowedFunctionNames"))
        if _named(choice) and allowed != [_named(choice)] and list(native.functions) != [_named(choice)]:
            message = f"`tool_choice` names `{_named(choice)}`, and `allowedFunctionNames` upstream does not"
            raise Deviation(message, finding="ignored:tool_choice.function.name")
    else:
        raise Inconclusive("the choice is left to the model, which is the default upstream")


def _named(choice: Any) -> str:
    function = choice.get("function") if isinstance(choice, dict) and choice.get("type") == "function" else None
    return str(function.get("name")) if isinstance(function, dict) else ""


@should(
    TOOLS,
    says=DOC("CreateChatCompletionRequest.response_format"),
    counterexample=without(person, "generationConfig.responseJsonSchema"),
    when=(WITH_SCHEMA,),
    reads=READS,
)
def test_schema_of_the_response_is_sent_whole(translated_chat: Exchange) -> None:
    """The schema of `response_format` is sent upstream: types, properties, `required`, string enums and `items`."""
    native = native_of(translated_chat)
    wanted = (body_of(translated_chat.sent)["response_format"].get("json_schema") or {}).get("schema")
    if not wanted:
        raise Inconclusive("`response_format` has no schema")
    forms = [native.config(name) for name in ("responseJsonSchema", "responseSchema", "_responseJsonSchema")]
    found = next((form for form in forms if form is not ABSENT), ABSENT)
    if found is ABSENT:
        raise Deviation("the schema of `response_format` is not sent upstream", finding="ignored:response_format")
    if lost := lost_structure(wanted, found):
        raise Deviation(f"not sent upstream: {'; '.join(lost)[:300]}", finding="upstream:response-schema-lost")
