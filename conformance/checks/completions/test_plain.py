"""
A legacy completion, plain.

Not checked: the text, which may be anything, for a model may go on with a prompt or answer it; `system_fingerprint`;
what holds without `max_tokens`.
"""

from conformance import DELETE, DOC, MUST, SDK, Deviation, Exchange, Inconclusive, broken, conforms, must, should
from conformance.checks.completions.exchanges import (
    LEGACY,
    LITTLE_ROOM,
    MARK,
    TOP,
    completed,
    completed_little,
    completed_twice,
    echoed,
    stopped,
    two_prompts,
    unknown_model,
    with_logprobs,
)

TEXT = "choices.0.text"
REASON = "choices.0.finish_reason"
LOGPROBS = "choices.0.logprobs"


@must(LEGACY, says=SDK("Completion"), counterexample=broken(completed, "object", "chat.completion"))
def test_body_has_the_documented_shape(completed: Exchange) -> None:
    """The body is a `Completion`, as the official client declares it."""
    conforms(completed, "Completion", MUST)


@should(LEGACY, says=DOC("CreateCompletionResponse.choices"), counterexample=broken(completed, LOGPROBS, DELETE))
def test_choices_have_logprobs_or_null(completed: Exchange) -> None:
    """A choice has `logprobs`, null where they were not asked for."""
    assert completed.at(LOGPROBS, dict | None) is None, "`logprobs` were not asked for"


@must(LEGACY, says=SDK("Completion.id"), counterexample=broken(completed, "id", ""))
def test_id_is_not_empty(completed: Exchange) -> None:
    """`id` is a string that is not empty."""
    assert completed.at("id", str) != ""


@must(LEGACY, says=SDK("Completion.created"), counterexample=broken(completed, "created", 1_800_000_000_000))
def test_created_is_in_seconds(completed: Exchange) -> None:
    """`created` is a Unix time in seconds, after 2020 and not in milliseconds."""
    assert 1_577_836_800 <= completed.at("created", int) < 100_000_000_000


@should(LEGACY, says=SDK("Completion.model"), counterexample=broken(completed, "model", "another-model"))
def test_model_names_the_model_asked_for(completed: Exchange) -> None:
    """`model` is the model asked for, perhaps with a prefix or a suffix."""
    asked, observed = str(completed.sent.json["model"]), completed.at("model", str)
    assert asked.rpartition("/")[2] in observed, f"`model` is {observed!r} where {asked!r} was asked for"


@must(LEGACY, says=SDK("Completion.choices"), counterexample=broken(completed, "choices.0.index", 1))
def test_there_is_one_choice(completed: Exchange) -> None:
    """One prompt has one choice, with `index` 0."""
    assert completed.all("choices.*.index", int) == [0]


@should(LEGACY, says=SDK("CompletionUsage.total_tokens"), counterexample=broken(completed, "usage.total_tokens", 1))
def test_total_tokens_is_the_sum(completed: Exchange) -> None:
    """`usage.total_tokens` is `prompt_tokens` plus `completion_tokens`, and the prompt has some."""
    prompt, written = completed.at("usage.prompt_tokens", int), completed.at("usage.completion_tokens", int)
    assert prompt > 0, f"`usage.prompt_tokens` is {prompt}"
    assert completed.at("usage.total_tokens", int) == prompt + written


@must(
    LEGACY,
    says=DOC("CreateCompletionRequest.max_tokens"),
    counterexample=broken(completed_little, "usage.completion_tokens", 20),
)
def test_tokens_are_within_max_tokens(completed_little: Exchange) -> None:
    """`usage.completion_tokens` is at most `max_tokens`."""
    if not completed_little.has("usage.completion_tokens"):
        raise Inconclusive("the endpoint reports no `usage.completion_tokens`")
    tokens = completed_little.at("usage.completion_tokens", int)
    if tokens > LITTLE_ROOM:
        raise Deviation(f"{tokens} tokens where `max_tokens` is {LITTLE_ROOM}", finding="ignored:max_tokens")


@must(LEGACY, says=SDK("CompletionChoice.finish_reason"), counterexample=broken(completed_little, REASON, "stop"))
def test_cut_text_ends_with_length(completed_little: Exchange, completed: Exchange) -> None:
    """A text that the limit cuts ends with `finish_reason` `length`."""
    whole, cut = completed.at(TEXT, str), completed_little.at(TEXT, str)
    if not cut or not whole.startswith(cut) or len(cut) >= len(whole):
        raise Inconclusive("the limited text is no beginning of the longer one: it may have come to its own end")
    assert completed_little.at(REASON, str) == "length", f"{len(cut)} of {len(whole)} characters, ended as if whole"


@must(LEGACY, says=DOC("CreateCompletionRequest.n"), counterexample=broken(completed_twice, "choices.1", DELETE))
def test_n_gives_as_many_choices(completed_twice: Exchange) -> None:
    """With `n` 2 there are two choices, with `index` 0 and 1."""
    indexes = sorted(completed_twice.all("choices.*.index", int))
    if len(indexes) < 2:
        raise Deviation("one choice where `n` is 2", finding="ignored:n")
    assert indexes == [0, 1]


@must(LEGACY, says=DOC("CreateCompletionRequest.prompt"), counterexample=broken(two_prompts, "choices.1", DELETE))
def test_each_prompt_has_a_choice(two_prompts: Exchange) -> None:
    """Two prompts have two choices, with `index` 0 and 1."""
    indexes = sorted(two_prompts.all("choices.*.index", int))
    assert indexes == [0, 1], f"{len(indexes)} choices with `index` {indexes} for two prompts"


@must(LEGACY, says=DOC("CreateCompletionRequest.echo"), counterexample=broken(echoed, TEXT, " 1, 2, 3"))
def test_echo_gives_the_prompt_back(echoed: Exchange) -> None:
    """With `echo` the text begins with the prompt."""
    text = echoed.at(TEXT, str)
    if not text.lstrip().startswith(str(echoed.sent.json["prompt"])):
        raise Deviation(f"the text begins with {text[:40]!r}, and not with the prompt", finding="ignored:echo")


@must(LEGACY, says=DOC("StopConfiguration"), counterexample=broken(stopped, TEXT, "1, 2, 3"))
def test_stop_ends_the_text(stopped: Exchange, completed: Exchange) -> None:
    """The text ends before a sequence of `stop`, which is not part of it."""
    if MARK not in completed.at(TEXT, str):
        raise Inconclusive("this model's text holds no comma without `stop` either")
    if MARK in stopped.at(TEXT, str):
        raise Deviation("the text holds the comma that should have ended it", finding="ignored:stop")


@must(LEGACY, says=SDK("CompletionChoice.finish_reason"), counterexample=broken(stopped, REASON, "length"))
def test_stopped_text_ends_with_stop(stopped: Exchange, completed: Exchange) -> None:
    """A text that a sequence of `stop` ended has `finish_reason` `stop`."""
    whole, cut = completed.at(TEXT, str), stopped.at(TEXT, str)
    if whole.partition(MARK)[0] != cut or MARK not in whole:
        raise Inconclusive("the text with `stop` is not the one without it up to the comma")
    assert stopped.at(REASON, str) == "stop"


@must(LEGACY, says=SDK("Logprobs"), counterexample=broken(with_logprobs, LOGPROBS, None))
def test_logprobs_come_when_asked_for(with_logprobs: Exchange) -> None:
    """With `logprobs` a choice has `tokens`, `token_logprobs`, `top_logprobs` and `text_offset`."""
    if with_logprobs.at(LOGPROBS, dict | None, None) is None:
        raise Deviation("no `logprobs`, and they were asked for", finding="ignored:logprobs")
    for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset"):
        with_logprobs.at(f"{LOGPROBS}.{name}", list)


@must(LEGACY, says=SDK("Logprobs.token_logprobs"), counterexample=broken(with_logprobs, f"{LOGPROBS}.text_offset", [0]))
def test_logprobs_are_about_the_same_tokens(with_logprobs: Exchange) -> None:
    """`tokens`, `token_logprobs`, `top_logprobs` and `text_offset` are equally long, and no logarithm is above 0."""
    if not isinstance(with_logprobs.get(f"{LOGPROBS}.tokens"), list):
        raise Inconclusive("there are no `logprobs` of this kind, which another check finds")
    lengths = {
        name: len(with_logprobs.at(f"{LOGPROBS}.{name}", list))
        for name in ("tokens", "token_logprobs", "top_logprobs", "text_offset")
    }
    assert len(set(lengths.values())) == 1, f"lengths are {lengths}"
    values = [value for value in with_logprobs.at(f"{LOGPROBS}.token_logprobs", list) if value is not None]
    assert all(isinstance(value, int | float) and value <= 0 for value in values), f"{values[:3]}"


@must(
    LEGACY,
    says=DOC("CreateCompletionRequest.logprobs"),
    counterexample=broken(with_logprobs, f"{LOGPROBS}.top_logprobs.0", {"a": -1, "b": -2, "c": -3, "d": -4}),
)
def test_top_logprobs_are_as_many_as_asked_for(with_logprobs: Exchange) -> None:
    """Each place has as many likely tokens as asked for, and one more at most: the one that was chosen."""
    if not isinstance(with_logprobs.get(f"{LOGPROBS}.tokens"), list):
        raise Inconclusive("there are no `logprobs` of this kind, which another check finds")
    for likely in with_logprobs.at(f"{LOGPROBS}.top_logprobs", list):
        if likely is not None:
            assert 1 <= len(likely) <= TOP + 1, f"{len(likely)} likely tokens where {TOP} were asked for"


@must(LEGACY, says=DOC("ErrorResponse"), counterexample=broken(unknown_model, "error", DELETE))
def test_unknown_model_gives_an_error_object(unknown_model: Exchange) -> None:
    """An unknown model is refused with an `error` object with a `message`."""
    assert unknown_model.at("error.message", str) != ""
