"""
`n`: several choices in one response.

Not checked: that the choices differ, as a model may say the same twice.
"""

from conformance import DOC, MUST, SDK, Deviation, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.chat.exchanges import hello
from conformance.checks.common.chat import text_of
from conformance.checks.common.conditions import SEVERAL_CHOICES
from conformance.checks.common.kinds import chat_completion
from conformance.checks.common.usage import completion_tokens
from conformance.checks.params.limits.exchanges import N, two_choices
from conformance.counterexamples import broken

CHOICE = {
    "index": 0,
    "message": {"role": "assistant", "content": "Hello.", "refusal": None},
    "logprobs": None,
    "finish_reason": "stop",
}


def require_all(observed: Exchange) -> None:
    """Raise `Inconclusive` when `n` was ignored: a check of its own finds that."""
    if len(observed.at("choices", list)) != observed.sent.json["n"]:
        raise Inconclusive("the number of choices differs from `n`, which another check finds")


@must(
    N,
    says=DOC("CreateChatCompletionRequest.n"),
    counterexample=broken(two_choices, "choices", [CHOICE]),
    when=(SEVERAL_CHOICES,),
    decides="chat/completions: n",
)
def test_there_are_n_choices(chat_completion: Exchange) -> None:
    """A chat completion has exactly `n` choices."""
    found, asked = len(chat_completion.at("choices", list)), chat_completion.sent.json["n"]
    if found != asked:
        raise Deviation(f"{found} choices where `n` is {asked}", finding="ignored:n" if found == 1 else "partly:n")


@must(
    N,
    says=SDK("chat_completion.Choice.index"),
    counterexample=broken(two_choices, "choices.1.index", 0),
    when=(SEVERAL_CHOICES,),
)
def test_choices_are_numbered(chat_completion: Exchange) -> None:
    """The choices of a chat completion with several choices have `index` 0, 1 and so on."""
    require_all(chat_completion)
    found = sorted(chat_completion.all("choices.*.index", int))
    assert found == list(range(len(found))), f"`index` is {found[:5]}"


@must(
    N,
    says=SDK("chat_completion.Choice"),
    counterexample=broken(two_choices, "choices.1.message", None),
    when=(SEVERAL_CHOICES,),
)
def test_every_choice_has_the_documented_shape(chat_completion: Exchange) -> None:
    """Every choice of a chat completion with several choices has the documented shape, with `message`."""
    require_all(chat_completion)
    conforms(chat_completion, "ChatCompletion", MUST)


@should(
    N, says=DOC("CreateChatCompletionRequest.n"), counterexample=broken(two_choices, "choices.1.message.content", "")
)
def test_every_choice_has_text(two_choices: Exchange) -> None:
    """With `n: 2`, every choice of a chat completion that ends with `stop` has text."""
    require_all(two_choices)
    ended = [index for index in range(2) if two_choices.at(f"choices.{index}.finish_reason", str) == "stop"]
    if not ended:
        raise Inconclusive("no choice ends with `stop`")
    for index in ended:
        text = two_choices.at(f"choices.{index}.message.content", str | None, None) or ""
        assert text.strip() != "", f"choice {index} has no text"


@should(
    N,
    says=SDK("CompletionUsage.completion_tokens"),
    counterexample=broken(two_choices, "usage.completion_tokens", 2),
)
def test_tokens_of_all_choices_are_counted(two_choices: Exchange, hello: Exchange) -> None:
    """With `n: 2`, `usage.completion_tokens` of a chat completion counts the tokens of both choices."""
    require_all(two_choices)
    texts = [two_choices.at(f"choices.{index}.message.content", str | None, None) or "" for index in range(2)]
    tokens = completion_tokens(two_choices)
    words = sum(len(text.split()) for text in texts)
    if not words:
        raise Inconclusive("no choice has text")
    assert tokens >= words, f"{tokens} `completion_tokens` for {words} words"
    alone, text = completion_tokens(hello), text_of(hello)
    if alone > len(text):
        raise Inconclusive("the model reasons, so the text is a small part of `completion_tokens`")
    if set(texts) == {text}:
        assert tokens > alone, f"{tokens} `completion_tokens` for two choices, {alone} for one with the same text"
    elif words <= alone:
        raise Inconclusive(f"{words} words in two choices: one alone may have as many tokens")
