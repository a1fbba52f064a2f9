"""Parameters that are refused, known ones and unknown ones."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


def _unknown_name(call: Call, handler: Handler, names: tuple[str, ...]) -> Answer:
    """Refuse some fields as a server of protocol buffers does: with an error that has no `param`."""
    given = change.asked(call) if change.is_chat(call) else {}
    refused = next((name for name in names if given.get(name) is not None), None)
    if refused is None:
        return handler(call)
    text = f'Invalid JSON payload received. Unknown name "{refused}": Cannot find field.'
    return change.instead(handler(call), {"error": {"code": 400, "message": text, "status": "INVALID_ARGUMENT"}}, 400)


@deviation(
    "chat-known-param-rejected-frequency-penalty",
    severity="major",
    says="`frequency_penalty`, `presence_penalty` and `seed` are rejected as unknown, with their default values too.",
    breaks="Clients that always send their sampling parameters: no request is served.",
    source=("n4ze3m/page-assist#418", "Vali-98/ChatterUI#227", "versun/RSSBox#132"),
    caught_by=(
        "params.accepted_only/accepted*/status",
        "params.penalties/*/status",
        "params.seed/*/status",
    ),
)
def known_parameters_rejected(call: Call, handler: Handler) -> Answer:
    return _unknown_name(call, handler, ("frequency_penalty", "presence_penalty", "seed"))


@deviation(
    "chat-unknown-top-level-params-hard-400",
    severity="minor",
    says="Fields that the upstream does not know are rejected with an error that has no `param`.",
    breaks="Clients that drop a rejected field and retry: no field says which.",
    source=("FuzzAnything/PromptFuzz#42", "MinLL/SkyrimNet-GamePlugin#77"),
    caught_by=("params.accepted_only/hello_with_search/rejected_web_search_has_its_param",),
)
def unknown_parameters_rejected(call: Call, handler: Handler) -> Answer:
    return _unknown_name(call, handler, ("web_search_options", "reasoning", "top_k", "extra_body"))


@deviation(
    "stream-options-without-stream-error",
    severity="minor",
    says="A router adds `stream_options` to a request with `stream: false`, and its upstream rejects that with 400.",
    breaks="Clients that send `stream: false` explicitly.",
    source=("decolua/9router#3081",),
    caught_by=("chat.stream.false_explicit/hello_stream_false/status",),
)
def options_without_stream(call: Call, handler: Handler) -> Answer:
    def add(value: change.Object) -> None:
        if value.get("stream") is False:
            value["stream_options"] = {"include_usage": True}

    return handler(change.rewrite(call, add) if change.is_chat(call) else call)


@deviation(
    "own-unknown-field-refused-in-general",
    severity="minor",
    says="An unknown field is rejected with an error that does not name it.",
    breaks="Developers, who have to guess.",
    source=INVENTED,
    caught_by=("params.unknown_field/*/unknown_field_is_ignored_or_named",),
)
def unknown_field_refused_in_general(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return (
        change.refused(answer, 400, "Bad request.")
        if change.told(answer).get("code") == "unknown_parameter"
        else answer
    )
