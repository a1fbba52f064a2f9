"""What of a chat reaches the model, and who gets which answer."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler


@deviation(
    "context-overflow-silent-truncation",
    severity="critical",
    says="The first messages of a prompt that is too long are dropped silently, and only the rest is counted.",
    breaks="Agents: the model did not get the task, and no error makes them shorten their history.",
    source=("ollama/ollama#4967", "esengine/DeepSeek-Reasonix#10245", "oobabooga/textgen#5066"),
    caught_by=("errors.context_length/long_prompt/long_prompt_is_read_whole_or_rejected",),
)
def silent_truncation(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not isinstance(answer.body, dict) or "context_length_exceeded" not in str(answer.body.get("error")):
        return answer

    def count(value: change.Object) -> None:
        value["usage"]["prompt_tokens"] = 2051
        value["usage"]["total_tokens"] = 2051 + value["usage"]["completion_tokens"]

    shortened = change.rewrite(call, lambda value: {**value, "messages": value["messages"][-1:]})
    return change.body(handler(shortened), count)


@deviation(
    "stream-default-true",
    severity="critical",
    says="A request that does not name `stream` is answered with a stream.",
    breaks="All clients that leave the field out, as the official ones do.",
    source=("diegosouzapw/OmniRoute#10239",),
    caught_by=("chat.*/media_type", "params.*/media_type", "reasoning.*/media_type", "tools.*/media_type"),
)
def streamed_by_default(call: Call, handler: Handler) -> Answer:
    return handler(change.rewrite(call, lambda value: {"stream": True, **value}) if change.is_chat(call) else call)


@deviation(
    "developer-role-rejected",
    severity="critical",
    says="A message with the role `developer` is rejected with 400.",
    breaks="Agents and newer clients, which use that role for every reasoning model.",
    source=("NeuroAIHub/BrainPilot#549", "vastsa/PI-Desktop#30", "8monkey-ai/hebo-gateway#251"),
    caught_by=("chat.role.developer/word_in_developer_message/status",),
)
def developer_role_rejected(call: Call, handler: Handler) -> Answer:
    messages: Any = change.asked(call).get("messages")
    if change.is_chat(call) and isinstance(messages, list) and any("developer" in str(one) for one in messages):
        raise invalid_request("developer is not one of ['system', 'assistant', 'user', 'tool', 'function']")
    return handler(call)


@deviation(
    "chat-answers-swapped-between-parallel-requests",
    severity="critical",
    says="A request to repeat something gets the response to the request before it.",
    breaks="Everyone: users read responses that belong to others.",
    source=INVENTED,
    caught_by=("chat.stateless_parallel/parallel_words/parallel_completions_are_not_mixed",),
)
def answers_swapped(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or "Repeat this word" not in str(change.asked(call).get("messages")):
        return answer
    notes = call.state.notes
    name = "chat-answers-swapped-between-parallel-requests"

    def swap(value: change.Object) -> None:
        for message in change.messages(value):
            before = notes.get(name)
            notes.put(name, message["content"])
            message["content"] = message["content"] if before is None else before

    return change.body(answer, swap)


@deviation(
    "chat-only-last-message-forwarded",
    severity="critical",
    says="Only the last message reaches the model: no instructions, no earlier turns.",
    breaks="Every conversation of more than one message.",
    source=INVENTED,
    caught_by=("chat.role.*/*_is_used", "chat.role.*/*_is_counted", "chat.multi_turn/*"),
)
def only_last_message(call: Call, handler: Handler) -> Answer:
    def last(value: change.Object) -> None:
        value["messages"] = value["messages"][-1:]

    messages = change.asked(call).get("messages")
    good = change.is_chat(call) and isinstance(messages, list) and messages and "tool" not in str(messages)
    return handler(change.rewrite(call, last) if good else call)


@deviation(
    "chat-only-last-text-part-forwarded",
    severity="critical",
    says="Of a message of several text parts the last one alone reaches the model.",
    breaks="Clients that send what is quoted and what is asked as two parts.",
    source=INVENTED,
    caught_by=("chat.content_parts_text/word_in_parts/*",),
)
def one_part(call: Call, handler: Handler) -> Answer:
    def last(value: change.Object) -> None:
        for message in value["messages"]:
            content = message.get("content")
            if isinstance(content, list) and all(part.get("type") == "text" for part in content):
                message["content"] = content[-1:]

    valid = change.is_chat(call) and handler(call).status < 400
    return handler(change.rewrite(call, last) if valid else call)


@deviation(
    "chat-text-parts-counted-as-json",
    severity="minor",
    says="A text that comes as a part costs more than the same text as a string: its JSON is counted.",
    breaks="Anyone who pays for the prompt.",
    source=INVENTED,
    caught_by=("chat.content_parts_text/word_in_one_part/one_text_part_equals_a_string",),
)
def parts_counted_as_json(call: Call, handler: Handler) -> Answer:
    def count(value: change.Object) -> None:
        value["usage"]["prompt_tokens"] += 12
        value["usage"]["total_tokens"] += 12

    parts = "'type': 'text'" in str(change.asked(call).get("messages"))
    return change.body(handler(call), count) if change.is_chat(call) and parts else handler(call)
