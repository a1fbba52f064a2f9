"""
A non-streaming text completion.

Not checked: the text, which may be anything, as a model may continue a prompt or reply to it; `system_fingerprint`;
what holds without `max_tokens`.
"""

from conformance import DOC, MUST, SDK, Deviation, Document, Exchange, Inconclusive, body_of, must, should
from conformance.assertions import conforms
from conformance.checks.chat.reading import requested_model
from conformance.checks.common.conditions import (
    CANDIDATES,
    MAX_TOKENS,
    NO_LOGPROBS,
    ONE_CHOICE,
    ONE_PROMPT,
    SEVERAL_CHOICES,
    SEVERAL_PROMPTS,
)
from conformance.checks.common.kinds import completion
from conformance.checks.common.logprobs import NOT_POSITIVE
from conformance.checks.completions.exchanges import (
    LEGACY,
    STOP,
    completed,
    completed_twice,
    completed_with,
    completed_with_smaller_limit,
    echoed,
    stopped,
    two_prompts,
    unknown_model,
    with_logprobs,
)
from conformance.counterexamples import DELETE, broken

TEXT = "choices.0.text"
REASON = "choices.0.finish_reason"
LOGPROBS = "choices.0.logprobs"


def number_of(observed: Exchange, field: str) -> int:
    """Return a number of the request, 1 where it is not sent."""
    value = body_of(observed.sent).get(field)
    return value if isinstance(value, int) else 1


def with_counts(observed: Exchange) -> Document:
    """Return the body with the count 0 where there is no text: OpenAI then omits `usage.completion_tokens`."""
    body = observed.document
    usage = body.get("usage")
    if any(observed.all("choices.*.text", str)) or not isinstance(body.value, dict) or not isinstance(usage, dict):
        return body
    filled = {**body.value, "usage": {"completion_tokens": 0, **usage}}
    return Document(filled, place=body.place, owner=body.owner)


@must(LEGACY, says=SDK("Completion"), counterexample=broken(completed, "object", "chat.completion"))
def test_body_has_the_documented_shape(completion: Exchange) -> None:
    """The body of a text completion is a `Completion`, as declared by the official client."""
    conforms(with_counts(completion), "Completion", MUST)


@should(
    LEGACY,
    says=DOC("CreateCompletionResponse.choices"),
    counterexample=broken(completed, LOGPROBS, DELETE),
    when=(NO_LOGPROBS,),
)
def test_choices_have_logprobs_or_null(completion: Exchange) -> None:
    """A choice of a text completion has `logprobs: null` when `logprobs` is not requested."""
    assert completion.at(LOGPROBS, dict | None) is None, "`logprobs` were not requested"


@must(LEGACY, says=SDK("Completion.id"), counterexample=broken(completed, "id", ""))
def test_id_is_not_empty(completion: Exchange) -> None:
    """The `id` of a text completion is a non-empty string."""
    assert completion.at("id", str) != ""


@must(LEGACY, says=SDK("Completion.created"), counterexample=broken(completed, "created", 1_800_000_000_000))
def test_created_is_in_seconds(completion: Exchange) -> None:
    """`created` of a text completion is a Unix time in seconds, not before 2020 and not in milliseconds."""
    assert 1_577_836_800 <= completion.at("created", int) < 100_000_000_000


@should(LEGACY, says=SDK("Completion.model"), counterexample=broken(completed, "model", "another-model"))
def test_model_is_the_requested_model(completion: Exchange) -> None:
    """`model` of a text completion contains the requested model id; a prefix or suffix is allowed."""
    asked, observed = requested_model(completion), completion.at("model", str)
    assert asked.rpartition("/")[2] in observed, f"`model` is {observed!r} where {asked!r} was requested"


@must(
    LEGACY,
    says=SDK("Completion.choices"),
    counterexample=broken(completed, "choices.0.index", 1),
    when=(ONE_CHOICE, ONE_PROMPT),
    witness=(completed, completed_with),
)
def test_there_is_one_choice(completion: Exchange) -> None:
    """A text completion for one prompt has exactly one choice, with `index` 0."""
    assert completion.all("choices.*.index", int) == [0]


@should(LEGACY, says=SDK("CompletionUsage.total_tokens"), counterexample=broken(completed, "usage.total_tokens", 1))
def test_total_tokens_is_the_sum(completion: Exchange) -> None:
    """In a text completion, `total_tokens` is `prompt_tokens`, above zero, plus `completion_tokens`."""
    if not any(completion.all("choices.*.text", str)):
        raise Inconclusive("there is no text, and OpenAI then omits `completion_tokens`")
    prompt, written = completion.at("usage.prompt_tokens", int), completion.at("usage.completion_tokens", int)
    assert prompt > 0 or not body_of(completion.sent).get("prompt"), f"`usage.prompt_tokens` is {prompt}"
    assert completion.at("usage.total_tokens", int) == prompt + written


@must(
    LEGACY,
    says=DOC("CreateCompletionRequest.max_tokens"),
    counterexample=broken(completed_with_smaller_limit, "usage.completion_tokens", 100_000),
    when=(MAX_TOKENS, ONE_PROMPT),
)
def test_tokens_are_within_max_tokens(completion: Exchange) -> None:
    """`usage.completion_tokens` of a text completion is at most `max_tokens` for each generated text."""
    if not completion.has("usage.completion_tokens"):
        raise Inconclusive("the response has no `usage.completion_tokens`")
    tokens, limit = completion.at("usage.completion_tokens", int), completion.sent.json["max_tokens"]
    texts = max(number_of(completion, "n"), number_of(completion, "best_of"))
    if tokens > limit * texts:
        raise Deviation(
            f"`completion_tokens` is {tokens} in {texts} texts where `max_tokens` is {limit}",
            finding="ignored:max_tokens",
        )


@must(
    LEGACY,
    says=SDK("CompletionChoice.finish_reason"),
    counterexample=broken(completed_with_smaller_limit, REASON, "stop"),
)
def test_limited_text_ends_with_length(completed_with_smaller_limit: Exchange, completed: Exchange) -> None:
    """A text completion cut off by `max_tokens` ends with `finish_reason` `length`."""
    whole, cut = completed.at(TEXT, str), completed_with_smaller_limit.at(TEXT, str)
    if not cut or not whole.startswith(cut) or len(cut) >= len(whole):
        raise Inconclusive("the limited text is not a prefix of the longer one, so it may have ended on its own")
    assert completed_with_smaller_limit.at(REASON, str) == "length", (
        f"{len(cut)} of {len(whole)} characters are returned, and `finish_reason` is not `length`"
    )


@must(
    LEGACY,
    says=DOC("CreateCompletionRequest.n"),
    counterexample=broken(completed_twice, "choices.1", DELETE),
    when=(SEVERAL_CHOICES, ONE_PROMPT),
)
def test_there_are_n_choices(completion: Exchange) -> None:
    """A text completion for one prompt has `n` choices, with `index` from 0 to `n` - 1."""
    indexes, asked = sorted(completion.all("choices.*.index", int)), number_of(completion, "n")
    if len(indexes) == 1:
        raise Deviation(f"one choice where `n` is {asked}", finding="ignored:n")
    assert indexes == list(range(asked)), f"`index` is {indexes[:5]} where `n` is {asked}"


@must(
    LEGACY,
    says=DOC("CreateCompletionRequest.prompt"),
    counterexample=broken(two_prompts, "choices.1", DELETE),
    when=(SEVERAL_PROMPTS, ONE_CHOICE),
)
def test_each_prompt_has_a_choice(completion: Exchange) -> None:
    """A text completion for an array of prompts has one choice for each prompt, with `index` from 0."""
    indexes, prompts = sorted(completion.all("choices.*.index", int)), len(completion.sent.json["prompt"])
    assert indexes == list(range(prompts)), f"{len(indexes)} choices with `index` {indexes[:5]} for {prompts} prompts"


@must(LEGACY, says=DOC("CreateCompletionRequest.echo"), counterexample=broken(echoed, TEXT, " 1, 2, 3"))
def test_echo_returns_the_prompt(echoed: Exchange) -> None:
    """With `echo: true`, the `text` of a text completion begins with the prompt."""
    text = echoed.at(TEXT, str)
    if not text.lstrip().startswith(str(echoed.sent.json["prompt"])):
        raise Deviation(f"the text begins with {text[:40]!r}, not with the prompt", finding="ignored:echo")


@must(LEGACY, says=DOC("StopConfiguration"), counterexample=broken(stopped, TEXT, "1, 2, 3"))
def test_stop_ends_the_text(stopped: Exchange, completed: Exchange) -> None:
    """The `text` of a text completion does not contain the stop sequence."""
    if STOP not in completed.at(TEXT, str):
        raise Inconclusive("the text without `stop` has no comma either")
    before, found, after = stopped.at(TEXT, str).partition(STOP)
    if after:
        raise Deviation("the text goes on after the stop sequence, a comma", finding="ignored:stop")
    if found:
        raise Deviation(f"the text {before + found!r} ends with the stop sequence", finding="partly:stop")


@must(LEGACY, says=SDK("CompletionChoice.finish_reason"), counterexample=broken(stopped, REASON, "length"))
def test_stopped_text_ends_with_stop(stopped: Exchange, completed: Exchange) -> None:
    """A text completion ended by a stop sequence has `finish_reason` `stop`."""
    whole, cut = completed.at(TEXT, str), stopped.at(TEXT, str)
    if whole.partition(STOP)[0] != cut or STOP not in whole:
        raise Inconclusive("the text with `stop` differs from the one without it before the stop sequence")
    assert stopped.at(REASON, str) == "stop"


@must(
    LEGACY,
    says=SDK("completion_choice.Logprobs"),
    counterexample=broken(with_logprobs, LOGPROBS, None),
    when=(CANDIDATES,),
)
def test_requested_logprobs_are_returned(completion: Exchange) -> None:
    """A text completion with `logprobs` returns `tokens`, `token_logprobs`, `top_logprobs` and `text_offset`."""
    if not completion.at(TEXT, str):
        raise Inconclusive("there is no text, so there are no tokens")
    if completion.at(LOGPROBS, dict | None, None) is None:
        raise Deviation("`logprobs` were requested, and there are none", finding="ignored:logprobs")
    for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset"):
        completion.at(f"{LOGPROBS}.{name}", list)


@must(
    LEGACY,
    says=SDK("completion_choice.Logprobs.token_logprobs"),
    counterexample=broken(with_logprobs, f"{LOGPROBS}.text_offset", [0]),
    when=(CANDIDATES,),
)
def test_logprobs_lists_have_the_same_length(completion: Exchange) -> None:
    """The `logprobs` lists of a text completion are equally long, and no `token_logprobs` value is above 0."""
    if not isinstance(completion.get(f"{LOGPROBS}.tokens"), list):
        raise Inconclusive("there are no `logprobs` of this shape, which another check finds")
    lengths = {
        name: len(completion.at(f"{LOGPROBS}.{name}", list))
        for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset")
    }
    assert len(set(lengths.values())) == 1, f"the lengths are {lengths}"
    values = [value for value in completion.at(f"{LOGPROBS}.token_logprobs", list) if value is not None]
    assert all(isinstance(value, int | float) and value <= NOT_POSITIVE for value in values), (
        f"`token_logprobs` has {values[:3]}"
    )


@must(
    LEGACY,
    says=DOC("CreateCompletionRequest.logprobs"),
    counterexample=broken(with_logprobs, f"{LOGPROBS}.top_logprobs.0", {"a": -1, "b": -2, "c": -3, "d": -4}),
    when=(CANDIDATES,),
)
def test_top_logprobs_have_the_requested_number(completion: Exchange) -> None:
    """In a text completion, each `top_logprobs` has 1 to `logprobs` tokens, or one more: the chosen token."""
    if not isinstance(completion.get(f"{LOGPROBS}.tokens"), list):
        raise Inconclusive("there are no `logprobs` of this shape, which another check finds")
    asked = completion.sent.json["logprobs"]
    listed = [likely for likely in completion.at(f"{LOGPROBS}.top_logprobs", list) if likely is not None]
    if not listed:
        raise Inconclusive("`top_logprobs` has no values")
    for likely in listed:
        assert 1 <= len(likely) <= asked + 1, f"{len(likely)} tokens where {asked} were requested"


@must(LEGACY, says=DOC("ErrorResponse"), counterexample=broken(unknown_model, "error", DELETE))
def test_unknown_model_gives_an_error_object(unknown_model: Exchange) -> None:
    """A text completion request for an unknown model is rejected with an `error` object with a `message`."""
    assert unknown_model.at("error.message", str) != ""
