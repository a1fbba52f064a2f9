"""The fragments in which a call is streamed: their index, id, type and name."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "stream-tool-delta-index-missing",
    severity="critical",
    says="Fragments of a streamed tool call come without `index`.",
    breaks="The official client's stream helper raises; clients in typed languages merge all calls into the first.",
    source=(
        "openai/openai-python#2806",
        "AstrBotDevs/AstrBot#6661",
        "SamSaffron/term-llm#314",
        "open-webui/computer#224",
        "ollama/ollama#7881",
    ),
    caught_by=("tools.stream.delta_shape/chat_stream/every_fragment_has_an_index",),
)
def index_missing(call: Call, handler: Handler) -> Answer:
    return change.each_fragment(handler(call), lambda fragment: fragment.pop("index"))


@deviation(
    "stream-parallel-tool-index-all-zero",
    severity="critical",
    says="Every call of a streamed response has `index` 0, whatever its `id`.",
    breaks="Clients that put calls together by `index` get one call with two JSON objects for arguments.",
    source=("su-kaka/gcli2api#406", "NousResearch/hermes-agent#11863", "mozilla-ai/any-llm#1148"),
    caught_by=("tools.parallel/chat_stream/streamed_calls_have_different_indexes",),
)
def index_all_zero(call: Call, handler: Handler) -> Answer:
    return change.each_fragment(handler(call), lambda fragment: fragment.update(index=0))


@deviation(
    "own-tool-index-from-one",
    severity="major",
    says="The calls of a streamed response are numbered from 1.",
    breaks="Clients that keep calls in a list by `index`: an empty first call, or an index out of range.",
    source=INVENTED,
    caught_by=("tools.stream.delta_shape/chat_stream/indexes_count_from_zero",),
)
def index_from_one(call: Call, handler: Handler) -> Answer:
    return change.each_fragment(handler(call), lambda fragment: fragment.update(index=fragment["index"] + 1))


def _head(call: list[change.Object]) -> change.Object:
    """Return what the first fragment tells, without arguments."""
    first = call[0]
    kind = first["type"]
    return {"id": first["id"], "type": kind, kind: {"name": first[kind]["name"]}}


def _tell_again(call: list[change.Object], *names: str) -> None:
    head = _head(call)
    for fragment in call[1:]:
        kind = head["type"]
        fragment.update({name: head[name] for name in names if name in {"id", "type"}})
        if "name" in names:
            fragment[kind]["name"] = head[kind]["name"]


@deviation(
    "stream-tool-id-repeated-each-delta",
    severity="critical",
    says="Every fragment of a call repeats its `id`, `type` and name.",
    breaks="Clients that join strings double the id and the name; others open a new call at each id.",
    source=("SillyTavern/SillyTavern#5948", "JetBrains/koog#2052"),
    caught_by=(
        "tools.stream.delta_shape/chat_stream/id_is_sent_once",
        "tools.stream.delta_shape/chat_stream/name_is_sent_once",
    ),
)
def id_repeated(call: Call, handler: Handler) -> Answer:
    return change.each_call(handler(call), lambda made: _tell_again(made, "id", "type", "name"))


@deviation(
    "stream-tool-name-repeated-each-delta",
    severity="critical",
    says="Every fragment of a call repeats the name of the function.",
    breaks="Clients that join strings: no such tool, and a next turn that is rejected for a name too long.",
    source=("mcowger/plexus#722",),
    caught_by=("tools.stream.delta_shape/chat_stream/name_is_sent_once",),
)
def name_repeated(call: Call, handler: Handler) -> Answer:
    return change.each_call(handler(call), lambda made: _tell_again(made, "name"))


@deviation(
    "stream-tool-id-unstable",
    severity="critical",
    says="The fragments with the arguments have another `id` than the fragment with the name.",
    breaks="Clients that put calls together by `id`: one call without arguments, another without a name.",
    source=("poolsideai/pool#9", "cubist38/mlx-openai-server#216"),
    caught_by=("tools.stream.delta_shape/chat_stream/id_is_sent_once",),
)
def id_unstable(call: Call, handler: Handler) -> Answer:
    def relabel(made: list[change.Object]) -> None:
        for fragment in made[1:]:
            fragment["id"] = f"{made[0]['id']}_args"

    return change.each_call(handler(call), relabel)


@deviation(
    "stream-tool-id-after-name",
    severity="major",
    says="The first fragment of a call has the name and no `id`, which comes with the second.",
    breaks="Clients that open a call with its first fragment keep an empty id, and the next turn is rejected.",
    source=("pipecat-ai/pipecat#5023",),
    caught_by=("tools.stream.delta_shape/chat_stream/first_fragment_has_the_id",),
)
def id_after_name(call: Call, handler: Handler) -> Answer:
    def postpone(made: list[change.Object]) -> None:
        for later in made[1:2]:
            later["id"] = made[0].pop("id")

    return change.each_call(handler(call), postpone)


@deviation(
    "own-tool-type-missing-in-stream",
    severity="minor",
    says="No fragment of a streamed call has a `type`.",
    breaks="Typed clients: which kind of call it is cannot be told, and the next turn lacks the type.",
    source=INVENTED,
    caught_by=("tools.stream.delta_shape/chat_stream/first_fragment_has_the_type",),
)
def type_missing(call: Call, handler: Handler) -> Answer:
    return change.each_call(handler(call), lambda made: made[0].pop("type"))


@deviation(
    "own-tool-null-keys-in-fragments",
    severity="minor",
    says="Fragments with arguments have `id`, `type` and `function.name` null where they should be absent.",
    breaks="Clients that add whatever is there: null instead of the name.",
    source=INVENTED,
    caught_by=("tools.stream.delta_shape/chat_stream/keys_are_omitted_not_null",),
)
def null_keys(call: Call, handler: Handler) -> Answer:
    def fill(made: list[change.Object]) -> None:
        for fragment in made[1:]:
            fragment.update(id=None, type=None)
            for kind in {"function", "custom"} & fragment.keys():
                fragment[kind]["name"] = None

    return change.each_call(handler(call), fill)


def _new_calls(told: list[change.Object]) -> None:
    """Make each fragment with arguments a call of its own, without a name."""
    slots = iter(range(len(told)))
    for made in change.fragments_by_call(told):
        arguments = [fragment for fragment in made[1:] if "function" in fragment]
        made[0]["index"] = next(slots)
        slot = next(slots) if arguments else None
        for fragment in arguments:
            fragment["index"] = slot
        for fragment in arguments[:1]:
            fragment.update(id=f"{made[0]['id']}_2", type="function")


@deviation(
    "stream-tool-name-missing-in-new-call",
    severity="critical",
    says="The arguments of a call come as a second call that has an `index` and an `id`, and no name.",
    breaks="Clients run a tool without arguments, and one without a name; the next turn is rejected.",
    source=("smallmain/vscode-unify-chat-provider#48",),
    caught_by=(
        "tools.stream.delta_shape/chat_stream/first_fragment_has_the_name",
        "tools.parallel/*/every_streamed_call_has_a_name",
    ),
)
def name_missing(call: Call, handler: Handler) -> Answer:
    return change.chunks(handler(call), _new_calls)


@deviation(
    "own-tool-streamed-name-cut",
    severity="critical",
    says="The name of a streamed call lacks its last letter.",
    breaks="Everyone: there is no such function.",
    source=INVENTED,
    caught_by=(
        "tools.stream/*/streaming_keeps_the_name",
        "tools.choice.named/chat_stream/no_other_function_is_called_in_a_stream",
        "tools.stream/chat_stream/named_function_is_called",
    ),
)
def streamed_name_cut(call: Call, handler: Handler) -> Answer:
    def cut(made: list[change.Object]) -> None:
        told = made[0].get("function", {})
        told.update({"name": told["name"][:-1]} if "name" in told else {})

    return change.each_call(handler(call), cut)
