"""`stop`: ignored, heard in part, or heard too well."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

ANTHROPIC = (
    "https://platform.claude.com/docs/en/api/openai-sdk",
    "https://docs.anthropic.com/ko/api/openai-sdk",
)


@deviation(
    "stop-silently-ignored",
    severity="major",
    says="`stop` is accepted and ignored.",
    breaks="Clients that parse up to a stop sequence: the text goes on.",
    source=("Blaizzy/mlx-vlm#1044",),
    caught_by=("params.stop/*",),
)
def stop_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "stop") if change.is_chat(call) else call)


@deviation(
    "stop-partial-sequence-leaks",
    severity="major",
    says="The text ends with the first characters of the stop sequence that ended it.",
    breaks="Editors: parts of the stop sequence are in the text.",
    source=("jundot/omlx#2386",),
    caught_by=("params.stop/count_stop_array/no_partial_stop_sequence_is_returned",),
)
def stop_leaks(call: Call, handler: Handler) -> Answer:
    stop: Any = change.asked(call).get("stop")
    markers = [stop] if isinstance(stop, str) else stop
    if not markers or not (change.is_chat(call) or change.posted(call, "/completions")):
        return handler(call)
    whole = handler(change.without(call, "stop")).body

    def leak(value: change.Object) -> None:
        for choice, other in zip(value["choices"], whole["choices"], strict=True):  # type: ignore[call-overload,index]
            holder, name = (choice["message"], "content") if "message" in choice else (choice, "text")
            goes_on = (other["message"]["content"] if "message" in other else other["text"])[len(holder[name]) :]
            holder[name] += next((marker[:-1][:3] for marker in markers if goes_on.startswith(marker)), "")

    return change.body(handler(call), leak)


@deviation(
    "stop-whitespace-sequences-ignored",
    severity="minor",
    says="Stop sequences in `stop` that are white space are ignored.",
    breaks="Users who request one line: they get more.",
    source=ANTHROPIC,
    caught_by=("params.stop/count_stop_space/whitespace_stop_ends_the_text",),
)
def whitespace_markers_ignored(call: Call, handler: Handler) -> Answer:
    def drop(value: change.Object) -> None:
        stop = value.get("stop")
        if isinstance(stop, str | list):
            value["stop"] = [marker for marker in ([stop] if isinstance(stop, str) else stop) if marker.strip()]

    return handler(change.rewrite(call, drop) if change.is_chat(call) else call)


@deviation(
    "own-stop-ends-with-a-reason-of-its-own",
    severity="major",
    says="A response that a stop sequence ended has `finish_reason` `stop_sequence`.",
    breaks="Clients that know the documented reasons.",
    source=INVENTED,
    caught_by=(
        "params.stop/count_stop_string/string_stop_has_finish_reason_stop",
        "params.stop/count_stop_array/array_stop_has_finish_reason_stop",
    ),
)
def stop_has_a_reason_of_its_own(call: Call, handler: Handler) -> Answer:
    if not change.is_chat(call) or "stop" not in change.asked(call):
        return handler(call)
    return change.each_choice(handler(call), lambda choice: choice.update(finish_reason="stop_sequence"))


@deviation(
    "own-stop-takes-the-whole-text",
    severity="critical",
    says="A stop sequence removes all text before it, too.",
    breaks="Everyone who sends `stop`.",
    source=INVENTED,
    caught_by=("params.stop/count_stop_string/text_before_the_stop_sequence_is_returned",),
)
def stop_takes_the_whole_text(call: Call, handler: Handler) -> Answer:
    if not change.is_chat(call) or "stop" not in change.asked(call):
        return handler(call)
    return change.each_message(handler(call), lambda message: message.update(content=""))
