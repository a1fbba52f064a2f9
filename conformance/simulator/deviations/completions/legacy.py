"""Legacy completions: choices, parameters, log probabilities, streams."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, Entry, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_PLAIN = "completions.legacy"
_LOGPROBS = f"{_PLAIN}/with_logprobs"


def _is(call: Call) -> bool:
    return change.posted(call, "/completions")


@deviation(
    "own-completion-has-two-choices",
    severity="major",
    says="A completion has one choice more than requested, with the `index` of the last one.",
    breaks="Clients that join all choices: the text is duplicated.",
    source=INVENTED,
    caught_by=(
        "completions.legacy/completion/there_is_one_choice",
        "completions.legacy/completion/there_are_n_choices",
        "completions.legacy/completion/each_prompt_has_a_choice",
    ),
)
def two_choices(call: Call, handler: Handler) -> Answer:
    def apply(value: change.Object) -> None:
        value["choices"].append(value["choices"][-1])

    return change.body(handler(call), apply) if _is(call) else handler(call)


@deviation(
    "own-completion-logprobs-unasked",
    severity="minor",
    says="A completion has an empty object `logprobs` that was not requested.",
    breaks="Clients that take it for a response about tokens.",
    source=INVENTED,
    caught_by=("completions.legacy/completion/choices_have_logprobs_or_null",),
)
def logprobs_unasked(call: Call, handler: Handler) -> Answer:
    def apply(choice: change.Object) -> None:
        choice["logprobs"] = choice.get("logprobs") or {}

    return change.each_choice(handler(call), apply) if _is(call) else handler(call)


@deviation(
    "own-completion-reason-is-other",
    severity="major",
    says="A completion that a limit or a stop sequence ended has `finish_reason` `eos`.",
    breaks="Clients that go on after `length`: they keep half a text.",
    source=INVENTED,
    caught_by=(
        f"{_PLAIN}/completed_with_smaller_limit/limited_text_ends_with_length",
        f"{_PLAIN}/stopped/stopped_text_ends_with_stop",
    ),
)
def reason_is_other(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.each_choice(answer, lambda choice: choice.update(finish_reason="eos")) if _is(call) else answer


def _ignoring(name: str, says: str, breaks: str, field: str, *caught_by: str) -> Entry:
    def ignore(call: Call, handler: Handler) -> Answer:
        return handler(change.without(call, field) if _is(call) else call)

    return deviation(name, severity="major", says=says, breaks=breaks, source=INVENTED, caught_by=caught_by)(ignore)


IGNORED = (
    _ignoring(
        "own-completion-limit-ignored",
        "`max_tokens` of a completion is ignored.",
        "Anyone who pays by the token.",
        "max_tokens",
        "completions.legacy/completion/tokens_are_within_max_tokens",
    ),
    _ignoring(
        "own-completion-n-ignored",
        "`n` of a completion is ignored.",
        "Clients that pick the best of several texts.",
        "n",
        "completions.legacy/completion/there_are_n_choices",
    ),
    _ignoring(
        "own-completion-echo-ignored",
        "`echo` of a completion is ignored.",
        "Tools that score a given text.",
        "echo",
        "completions.legacy/echoed/echo_returns_the_prompt",
    ),
    _ignoring(
        "own-completion-stop-ignored",
        "`stop` of a completion is ignored.",
        "Clients that fill in code: the text runs on.",
        "stop",
        "completions.legacy/stopped/stop_ends_the_text",
    ),
    _ignoring(
        "own-completion-logprobs-ignored",
        "`logprobs` of a completion is ignored.",
        "Evaluations by likelihood.",
        "logprobs",
        "completions.legacy/completion/requested_logprobs_are_returned",
    ),
    _ignoring(
        "own-completion-usage-ignored",
        "`stream_options` of a completion is ignored.",
        "Anyone who counts tokens.",
        "stream_options",
        "completions.legacy/completion_stream/requested_usage_is_sent",
    ),
)


@deviation(
    "own-completion-logprobs-off-by-one",
    severity="major",
    says="`token_logprobs` of a completion lacks the first token, and each token has too many likely ones.",
    breaks="Evaluations: every number belongs to the token before.",
    source=INVENTED,
    caught_by=(
        "completions.legacy/completion/logprobs_lists_have_the_same_length",
        "completions.legacy/completion/top_logprobs_have_the_requested_number",
    ),
)
def logprobs_off_by_one(call: Call, handler: Handler) -> Answer:
    def apply(choice: change.Object) -> None:
        if told := choice.get("logprobs"):
            told["token_logprobs"] = told["token_logprobs"][1:]
            told["top_logprobs"] = [{f"{number}": -1.0 for number in range(20)} for _ in told["top_logprobs"]]

    return change.each_choice(handler(call), apply) if _is(call) else handler(call)


@deviation(
    "own-completion-parts-are-chunks-of-chat",
    severity="major",
    says="The parts of a streamed completion are `chat.completion.chunk` objects with a `delta`.",
    breaks="Every client of legacy completions: it finds no text.",
    source=INVENTED,
    caught_by=(
        "completions.legacy/completion_stream/chunks_have_the_documented_fields",
        "completions.legacy/completed_streamed/text_is_streamed",
        "completions.legacy/completion_stream/choices_have_text_and_index",
    ),
)
def parts_of_chat(call: Call, handler: Handler) -> Answer:
    def apply(chunk: change.Object) -> None:
        chunk["object"] = "chat.completion.chunk"
        for choice in chunk["choices"]:
            choice["delta"] = {"content": choice.pop("text")}

    return change.each_chunk(handler(call), apply) if _is(call) else handler(call)


@deviation(
    "own-completion-each-part-is-the-last",
    severity="major",
    says="Each part of a streamed completion has an id of its own, a `finish_reason`, and a `usage`.",
    breaks="Clients that stop at the first reason, or add up what was used.",
    source=INVENTED,
    caught_by=(
        "completions.legacy/completion_stream/id_is_the_same_on_all_chunks",
        "completions.legacy/completion_stream/finish_reason_is_at_the_end",
        "completions.legacy/completion_stream/usage_is_not_sent_unrequested",
    ),
)
def each_part_is_the_last(call: Call, handler: Handler) -> Answer:
    def apply(told: list[change.Object]) -> None:
        usage = {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}
        for number, chunk in enumerate(told):
            chunk.update(id=f"{chunk['id']}-{number}", usage=usage)
            for choice in chunk["choices"]:
                choice["finish_reason"] = "stop"

    return change.chunks(handler(call), apply) if _is(call) else handler(call)


@deviation(
    "own-completion-without-done",
    severity="major",
    says="A streamed completion ends without `[DONE]`.",
    breaks="Clients that wait for it.",
    source=INVENTED,
    caught_by=("completions.legacy/completion_stream/last_event_is_done",),
)
def without_done(call: Call, handler: Handler) -> Answer:
    return change.without_end(handler(call)) if _is(call) else handler(call)
