"""
The content of a chat completion.

Not checked: the wording of the text. Where a model must do something, a control requests the same in the simplest way.
"""

from conformance import DOC, SDK, Document, Exchange, Exchanges, Inconclusive, must, should
from conformance.checks.chat.counting.exchanges import hello_many_times
from conformance.checks.chat.exchanges import (
    BASIC,
    DEVELOPER,
    FINISH_LENGTH,
    FINISH_STOP,
    MULTI_TURN,
    PARALLEL,
    PARALLEL_WORDS,
    PARTS,
    SMALL_BUDGET,
    SYSTEM,
    SYSTEM_VARIANTS,
    count_cut,
    count_whole,
    hello,
    hello_within_128,
    parallel_words,
    word_in_developer_message,
    word_in_earlier_turn,
    word_in_late_system_message,
    word_in_one_part,
    word_in_parts,
    word_in_second_system_message,
    word_in_system_message,
    word_in_user_message,
    word_question,
)
from conformance.checks.chat.reading import require_current
from conformance.checks.common.chat import CONTENT, MESSAGE, REASON, text_of
from conformance.checks.common.echo import require_repeated
from conformance.checks.common.kinds import chat_completion
from conformance.checks.common.usage import PROMPT, prompt_tokens, require_counting
from conformance.counterexamples import DELETE, broken, changed
from conformance.wire.text import brief

DOCUMENTED = {"stop", "length", "tool_calls", "content_filter", "function_call"}


def says(observed: Exchange, word: str) -> bool:
    """Tell whether the text contains a word."""
    return word in observed.at(CONTENT, str).upper()


def cut_choices(observed: Exchange) -> list[Document]:
    """Return the choices that the token limit cuts. Raises `Inconclusive` when there are none."""
    found = [
        Document(choice, place=f"choice {number}", owner=f"{observed.document.owner}/choices.[]")
        for number, choice in enumerate(observed.all("choices.*", dict))
        if choice.get("finish_reason") == "length"
    ]
    if not found:
        raise Inconclusive("no choice has `finish_reason` `length`")
    return found


@must(BASIC, says=SDK("ChatCompletionMessage.content"), counterexample=broken(hello, CONTENT, ""))
def test_text_is_not_empty(hello: Exchange) -> None:
    """A chat completion for a short greeting has non-empty text in `choices[0].message.content`."""
    assert hello.at(CONTENT, str).strip() != ""


@must(FINISH_STOP, says=SDK("chat_completion.Choice.finish_reason"), counterexample=broken(hello, REASON, "length"))
def test_short_completion_ends_with_stop(hello: Exchange) -> None:
    """A short chat completion without a token limit ends with `finish_reason` `stop`."""
    assert hello.at(REASON, str) == "stop"


@must(
    FINISH_STOP,
    says=SDK("chat_completion.Choice.finish_reason"),
    counterexample=broken(count_whole, REASON, "end_turn"),
)
def test_finish_reason_is_documented(chat_completion: Exchange) -> None:
    """Each `finish_reason` of a chat completion is a documented value, such as `stop`, `length` or `tool_calls`."""
    require_current(chat_completion)
    others = set(chat_completion.all("choices.*.finish_reason", str)) - DOCUMENTED
    assert not others, f"`finish_reason` is {min(others)!r}"


@must(FINISH_LENGTH, says=SDK("chat_completion.Choice.finish_reason"), counterexample=broken(count_cut, REASON, "stop"))
def test_limited_completion_ends_with_length(count_cut: Exchange, count_whole: Exchange) -> None:
    """A chat completion cut off by its token limit ends with `finish_reason` `length`."""
    whole, cut = count_whole.at(CONTENT, str), count_cut.at(CONTENT, str | None, None) or ""
    if not whole.startswith(cut) or len(cut) >= len(whole):
        raise Inconclusive("the limited text is not a prefix of the whole one, so it may have ended on its own")
    assert count_cut.at(REASON, str) == "length", (
        f"{len(cut)} of {len(whole)} characters were returned, and `finish_reason` is not `length`"
    )


@must(SMALL_BUDGET, says=DOC("createChatCompletion"), counterexample=broken(hello_within_128, CONTENT, ""))
def test_small_limit_returns_text_or_length(hello_within_128: Exchange) -> None:
    """With a token limit of 128, a short chat completion contains text or ends with `finish_reason` `length`."""
    content = hello_within_128.at(CONTENT, str | None, None) or ""
    assert content.strip() or hello_within_128.at(REASON, str) == "length", (
        "there is no text, and `finish_reason` is not `length`"
    )


@must(FINISH_LENGTH, says=SDK("chat_completion.Choice.message"), counterexample=broken(count_cut, MESSAGE, DELETE))
def test_limited_choice_has_a_message(chat_completion: Exchange) -> None:
    """A chat completion choice cut off by the token limit (`finish_reason` `length`) still has a `message` object."""
    for choice in cut_choices(chat_completion):
        choice.at("message", dict)


@should(FINISH_LENGTH, says=DOC("ChatCompletionResponseMessage"), counterexample=broken(count_cut, CONTENT, DELETE))
def test_limited_choice_has_content(chat_completion: Exchange) -> None:
    """The `message` of a chat completion cut off by the token limit has `content`: a string or null."""
    messages = [choice for choice in cut_choices(chat_completion) if isinstance(choice.get("message"), dict)]
    if not messages:
        raise Inconclusive("no choice has a `message`")
    for choice in messages:
        choice.at("message.content", str | None)


@must(
    SYSTEM,
    says=DOC("ChatCompletionRequestSystemMessage"),
    counterexample=broken(word_in_system_message, CONTENT, "Hello."),
)
def test_system_message_is_used(word_in_system_message: Exchange, word_in_user_message: Exchange) -> None:
    """In a chat request, the model can use information given in a `system` message."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    assert says(word_in_system_message, "MAGNET"), (
        "the model repeats code words, but not the one in the `system` message"
    )


@must(
    SYSTEM,
    says=DOC("ChatCompletionRequestSystemMessage"),
    counterexample=broken(word_in_system_message, PROMPT, 1),
)
def test_system_message_is_counted(
    word_in_system_message: Exchange, word_question: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """The tokens of a `system` message are included in `usage.prompt_tokens`."""
    require_counting(hello, hello_many_times)
    more, less = prompt_tokens(word_in_system_message), prompt_tokens(word_question)
    assert more > less, f"`prompt_tokens` is {more} with it, {less} without"


@must(
    DEVELOPER,
    says=DOC("ChatCompletionRequestDeveloperMessage"),
    counterexample=broken(word_in_developer_message, CONTENT, "Hello."),
)
def test_developer_message_is_used(word_in_developer_message: Exchange, word_in_user_message: Exchange) -> None:
    """In a chat request, the model can use information given in a `developer` message."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    assert says(word_in_developer_message, "COPPER"), (
        "the model repeats code words, but not the one in the `developer` message"
    )


@must(
    DEVELOPER,
    says=DOC("ChatCompletionRequestDeveloperMessage"),
    counterexample=broken(word_in_developer_message, PROMPT, 1),
)
def test_developer_message_is_counted(
    word_in_developer_message: Exchange, word_question: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """The tokens of a `developer` message are included in `usage.prompt_tokens`."""
    require_counting(hello, hello_many_times)
    more, less = prompt_tokens(word_in_developer_message), prompt_tokens(word_question)
    assert more > less, f"`prompt_tokens` is {more} with it, {less} without"


@must(
    SYSTEM_VARIANTS,
    says=DOC("createChatCompletion"),
    counterexample=broken(word_in_late_system_message, CONTENT, "Hello."),
)
def test_late_system_message_is_used(word_in_late_system_message: Exchange, word_in_user_message: Exchange) -> None:
    """In a chat request, the model can use information given in a `system` message that comes after the first turn."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    said = brief(word_in_late_system_message.get(CONTENT))
    assert says(word_in_late_system_message, "VIOLET"), f"the text is {said}, without the code word VIOLET"


@must(
    SYSTEM_VARIANTS,
    says=DOC("createChatCompletion"),
    counterexample=broken(word_in_second_system_message, CONTENT, "Hello."),
)
def test_second_system_message_is_used(word_in_second_system_message: Exchange, word_in_user_message: Exchange) -> None:
    """In a chat request, the model can use information given in the second of two `system` messages."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    said = brief(word_in_second_system_message.get(CONTENT))
    assert says(word_in_second_system_message, "TUNDRA"), f"the text is {said}, without the code word TUNDRA"


@must(
    MULTI_TURN,
    says=DOC("createChatCompletion"),
    counterexample=broken(word_in_earlier_turn, CONTENT, "Hello."),
    decides="chat/completions: messages",
)
def test_earlier_turn_is_used(word_in_earlier_turn: Exchange, word_in_user_message: Exchange) -> None:
    """In a chat request, the model can use information given in an earlier `user` message."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    assert says(word_in_earlier_turn, "LANTERN"), "the model repeats code words, but not the one in an earlier turn"


@must(
    MULTI_TURN,
    says=DOC("createChatCompletion"),
    counterexample=broken(word_in_earlier_turn, PROMPT, 1),
)
def test_earlier_turn_is_counted(
    word_in_earlier_turn: Exchange, word_question: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """The tokens of earlier turns in `messages` are included in `usage.prompt_tokens`."""
    require_counting(hello, hello_many_times)
    more, less = prompt_tokens(word_in_earlier_turn), prompt_tokens(word_question)
    assert more > less, f"`prompt_tokens` is {more} with it, {less} without"


@must(
    PARTS,
    says=DOC("ChatCompletionRequestUserMessageContentPart"),
    counterexample=broken(word_in_parts, CONTENT, "Hello."),
)
def test_all_text_parts_are_used(word_in_parts: Exchange, word_in_user_message: Exchange) -> None:
    """In a chat message of two text parts, the model can use information given in the first part."""
    require_repeated(word_in_user_message, text_of(word_in_user_message), "ORCHID")
    assert says(word_in_parts, "HARBOUR"), "the model repeats code words, but not the one in the first part"


@must(
    PARTS,
    says=DOC("ChatCompletionRequestUserMessageContentPart"),
    counterexample=broken(word_in_parts, PROMPT, 1),
)
def test_all_text_parts_are_counted(
    word_in_parts: Exchange, word_in_one_part: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """The tokens of every text part of a chat message are included in `usage.prompt_tokens`."""
    require_counting(hello, hello_many_times)
    more, less = prompt_tokens(word_in_parts), prompt_tokens(word_in_one_part)
    assert more > less, f"`prompt_tokens` is {more} with it, {less} without"


@should(
    PARTS,
    says=DOC("ChatCompletionRequestUserMessageContentPart"),
    counterexample=broken(word_in_one_part, PROMPT, 0),
)
def test_one_text_part_equals_a_string(
    word_in_one_part: Exchange, word_question: Exchange, hello: Exchange, hello_many_times: Exchange
) -> None:
    """A string and a single text part with the same text use the same number of `prompt_tokens` (within 4)."""
    require_counting(hello, hello_many_times)
    part, string = prompt_tokens(word_in_one_part), prompt_tokens(word_question)
    assert abs(part - string) <= 4, f"`prompt_tokens` is {part} as a part, {string} as a string"


@must(
    PARALLEL,
    says=DOC("createChatCompletion"),
    counterexample=changed(parallel_words, lambda e: broken(None, CONTENT, "CEDAR and MAPLE").change(e)),
)
def test_parallel_completions_are_not_mixed(parallel_words: Exchanges) -> None:
    """Of four chat completions requested in parallel, none contains the word requested by another."""
    if not any(says(observed, PARALLEL_WORDS[observed.case]) for observed in parallel_words):
        raise Inconclusive("no response contains its own word either")
    for observed in parallel_words:
        foreign = [word for case, word in PARALLEL_WORDS.items() if case != observed.case and says(observed, word)]
        assert not foreign, f"the response for `{observed.case}` contains the word of another request: {foreign[0]}"


@must(PARALLEL, says=SDK("ChatCompletion.id"), counterexample=broken(parallel_words, "id", "chatcmpl-same"))
def test_parallel_completions_have_distinct_ids(parallel_words: Exchanges) -> None:
    """Chat completions requested in parallel have distinct `id`s."""
    ids = [observed.at("id", str) for observed in parallel_words]
    assert len(set(ids)) == len(ids), f"{len(ids)} responses share {len(set(ids))} ids"
