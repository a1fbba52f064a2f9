"""
The messages of a chat in the native request that a gateway makes of them.

Not checked: whether a system message behind the first turn stays at its place, as a native request has one
`systemInstruction` and no other place for it; whether the parts of a message stay apart.
"""

import json
from collections.abc import Iterator
from typing import Any

from conformance import ABSENT, DOC, Deviation, Exchange, Facet, Inconclusive, Request, should
from conformance.checks.chat.exchanges import (
    word_in_earlier_turn,
    word_in_second_system_message,
    word_in_system_message,
)
from conformance.checks.tools.rounds.exchanges import two_calls_history
from conformance.checks.upstream.edits import rewritten, sent_as, without
from conformance.checks.upstream.exchanges import MESSAGES
from conformance.checks.upstream.kinds import (
    CALLS_SENT,
    INSTRUCTED,
    INSTRUCTED_TWICE,
    RESULTS_SENT,
    is_instruction,
    messages_of,
    texts_of,
    translated_chat,
)
from conformance.checks.upstream.native import Part, either, native_of

READS = frozenset({Facet.UPSTREAM})
_ROLES = {"user": "user", "assistant": "model"}


def _plain(text: str) -> str:
    """Return a text without the blanks that may differ where texts are joined."""
    return " ".join(text.split())


def _holds(texts: list[str], text: str) -> bool:
    return _plain(text) in _plain("\n".join(texts))


def _first(request: Request) -> list[str]:
    texts = texts_of(messages_of(request)[0])
    if not texts:
        raise Inconclusive("the first message has no text")
    return texts


@should(
    MESSAGES,
    says=DOC("ChatCompletionRequestSystemMessage"),
    counterexample=without(word_in_system_message, "systemInstruction"),
    when=(INSTRUCTED,),
    reads=READS,
)
def test_first_system_message_is_the_instruction(translated_chat: Exchange) -> None:
    """A `system` or `developer` message that comes first is sent upstream in `systemInstruction`."""
    native = native_of(translated_chat)
    for text in _first(translated_chat.sent):
        if _holds(native.instructions, text):
            continue
        texts = [part.text or "" for part in native.parts]
        if _holds(texts, text):
            message = "the first system message is sent upstream as a turn of the conversation"
            raise Deviation(message, finding="upstream:system-message-as-turn")
        raise Deviation("the first system message is not sent upstream", finding="upstream:system-message-lost")


@should(
    MESSAGES,
    says=DOC("CreateChatCompletionRequest.messages"),
    counterexample=sent_as(word_in_second_system_message, "systemInstruction.parts", [{"text": "Answer shortly."}]),
    when=(INSTRUCTED_TWICE,),
    reads=READS,
)
def test_further_system_messages_are_sent(translated_chat: Exchange) -> None:
    """Each `system` or `developer` message behind the first one is sent upstream, at whatever place."""
    native = native_of(translated_chat)
    everywhere = [*native.instructions, *(part.text or "" for part in native.parts)]
    told = [message for message in messages_of(translated_chat.sent) if is_instruction(message)]
    if not any(map(texts_of, told[1:])):
        raise Inconclusive("no further message has a text")
    for number, message in enumerate(told[1:], start=2):
        if not all(_holds(everywhere, text) for text in texts_of(message)):
            raise Deviation(f"system message {number} of {len(told)} is not sent upstream")


def _spoken(request: Request) -> Iterator[tuple[int, str, str]]:
    """Yield the number, the role and the text of what users and the assistant have said."""
    for number, message in enumerate(messages_of(request)):
        for text in texts_of(message) if message.get("role") in _ROLES else ():
            yield number, str(message["role"]), text


def _found(parts: list[Part], text: str, start: int) -> int | None:
    """Return the index of the part from `start` on that holds a text."""
    return next((index for index in range(start, len(parts)) if _holds([parts[index].text or ""], text)), None)


@should(
    MESSAGES,
    says=DOC("CreateChatCompletionRequest.messages"),
    counterexample=rewritten(word_in_earlier_turn, lambda body: {**body, "contents": body["contents"][-1:]}),
    reads=READS,
)
def test_texts_are_sent_in_order(translated_chat: Exchange) -> None:
    """The texts of all `user` and `assistant` messages are sent upstream, in their order."""
    parts, place = native_of(translated_chat).parts, 0
    spoken = list(_spoken(translated_chat.sent))
    if not spoken:
        raise Inconclusive("no message has a text")
    for number, _, text in spoken:
        found = _found(parts, text, place)
        if found is None:
            moved = _found(parts, text, 0) is not None
            said = "stands upstream before what was said earlier" if moved else "is not sent upstream"
            raise Deviation(f"the text of `messages[{number}]` {said}", finding="upstream:message-lost")
        place = found


@should(
    MESSAGES,
    says=DOC("CreateChatCompletionRequest.messages"),
    counterexample=rewritten(
        word_in_earlier_turn,
        lambda body: {**body, "contents": [{**content, "role": "user"} for content in body["contents"]]},
    ),
    reads=READS,
)
def test_texts_keep_their_role(translated_chat: Exchange) -> None:
    """A `user` message is sent upstream with the role `user`, an `assistant` message with the role `model`."""
    parts = native_of(translated_chat).parts
    sent = [(number, role, _roles(parts, text)) for number, role, text in _spoken(translated_chat.sent)]
    if not any(roles for _, _, roles in sent):
        raise Inconclusive("no text of a message is sent upstream, which another check finds")
    for number, role, roles in sent:
        if roles and _ROLES[role] not in roles:
            raise Deviation(f"`messages[{number}]` of the role `{role}` is sent upstream as `{roles.pop()}`")


def _roles(parts: list[Part], text: str) -> set[str]:
    """Return the roles under which a text is sent upstream."""
    return {part.role for part in parts if _holds([part.text or ""], text)}


def _calls(request: Request) -> list[tuple[str, Any]]:
    """Return the name and the arguments of each call of a function in the conversation, in order."""
    found = []
    for message in messages_of(request):
        for call in message.get("tool_calls") or ():
            function = call.get("function") if isinstance(call, dict) else None
            if isinstance(function, dict):
                found.append((str(function.get("name")), _object(function.get("arguments"))))
    return found


def _object(arguments: Any) -> Any:
    try:
        return json.loads(arguments or "{}")
    except (ValueError, TypeError):
        return ABSENT


@should(
    MESSAGES,
    says=DOC("ChatCompletionRequestAssistantMessage.tool_calls"),
    counterexample=sent_as(two_calls_history, "contents.1.parts.0.functionCall.args", {}),
    when=(CALLS_SENT,),
    reads=READS,
)
def test_earlier_calls_are_sent_whole(translated_chat: Exchange) -> None:
    """Each earlier call is sent upstream as a `functionCall`, with its name and arguments, in order."""
    native = native_of(translated_chat)
    sent = [(either(call, "name"), either(call, "args")) for call in native.all("functionCall")]
    wanted = [(name, arguments) for name, arguments in _calls(translated_chat.sent) if arguments is not ABSENT]
    if not wanted:
        raise Inconclusive("no call has arguments that are JSON")
    place = 0
    for name, arguments in wanted:
        same = [
            i for i in range(place, len(sent)) if sent[i][0] == name and sent[i][1] in (arguments, arguments or ABSENT)
        ]
        if not same:
            raise Deviation(f"the call of `{name[:80]}` is not sent upstream with its arguments")
        place = same[0] + 1


def _results(request: Request) -> list[tuple[str, list[str]]]:
    """Return the function's name and the texts of each result whose call is in the conversation, in order."""
    names: dict[str, str] = {}
    found = []
    for message in messages_of(request):
        for call in message.get("tool_calls") or ():
            if isinstance(call, dict) and isinstance(call.get("function"), dict):
                names[str(call.get("id"))] = str(call["function"].get("name"))
        if message.get("role") == "tool" and str(message.get("tool_call_id")) in names:
            found.append((names[str(message["tool_call_id"])], texts_of(message)))
    return found


def _responses(exchange: Exchange) -> list[tuple[Any, str]]:
    """Return the name and the content of each `functionResponse`, as it was sent upstream."""
    told = native_of(exchange).all("functionResponse")
    return [(either(one, "name"), json.dumps(either(one, "response"), default=str)) for one in told]


def _named(responses: list[tuple[Any, str]], texts: list[str]) -> list[Any]:
    """Return the names under which some texts are sent upstream."""
    return [name for name, content in responses if all(_contains(content, text) for text in texts)]


def _contains(content: str, text: str) -> bool:
    """Tell whether a result holds a text, as a string or, where the text is JSON, as the value that it stands for."""
    if json.dumps(text)[1:-1] in content or json.dumps(text, ensure_ascii=False)[1:-1] in content:
        return True
    try:
        return json.dumps(json.loads(text)) in content
    except ValueError:
        return False


@should(
    MESSAGES,
    says=DOC("ChatCompletionRequestToolMessage"),
    counterexample=sent_as(two_calls_history, "contents.2.parts.0.functionResponse.response", {}),
    when=(RESULTS_SENT,),
    reads=READS,
)
def test_results_are_sent_whole(translated_chat: Exchange) -> None:
    """The content of each `tool` message is sent upstream in a `functionResponse`."""
    responses = _responses(translated_chat)
    results = _results(translated_chat.sent)
    if not results:
        raise Inconclusive("no result belongs to a call of a function")
    for number, (_, texts) in enumerate(results, start=1):
        if not any(all(_contains(content, text) for text in texts) for _, content in responses):
            raise Deviation(f"the content of result {number} of {len(results)} is not sent upstream")


@should(
    MESSAGES,
    says=DOC("ChatCompletionRequestToolMessage"),
    counterexample=sent_as(two_calls_history, "contents.2.parts.0.functionResponse.name", "tool"),
    when=(RESULTS_SENT,),
    reads=READS,
)
def test_results_name_their_function(translated_chat: Exchange) -> None:
    """A result is sent upstream under the name of the function that its call names, each behind its own call."""
    responses = _responses(translated_chat)
    results = [(name, texts) for name, texts in _results(translated_chat.sent) if texts]
    if not results:
        raise Inconclusive("no result belongs to a call of a function")
    sent = [(name, _named(responses, texts)) for name, texts in results]
    if not any(named for _, named in sent):
        raise Inconclusive("no result is sent upstream with its content, which another check finds")
    for name, named in sent:
        if named and name not in named:
            raise Deviation(f"a result of `{name[:80]}` is sent upstream as one of `{str(named[0])[:80]}`")
