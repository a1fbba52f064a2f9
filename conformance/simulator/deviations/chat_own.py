"""Plausible deviations of chat completions that nobody reported yet: what is heard, and who gets which answer."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "chat-answers-swapped-between-parallel-requests",
    severity="critical",
    says="A request to repeat something is answered with what the request before it was to repeat.",
    breaks="Everybody: users read answers that belong to others.",
    source=("own",),
    caught_by=("chat.stateless_parallel/parallel_words/parallel_answers_are_not_mixed",),
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
    source=("own",),
    caught_by=("chat.role.*/*_is_heard", "chat.role.*/*_is_counted", "chat.multi_turn/*"),
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
    source=("own",),
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
    breaks="Whoever pays for the prompt.",
    source=("own",),
    caught_by=("chat.content_parts_text/word_in_one_part/one_text_part_equals_a_string",),
)
def parts_counted_as_json(call: Call, handler: Handler) -> Answer:
    def count(value: change.Object) -> None:
        value["usage"]["prompt_tokens"] += 12
        value["usage"]["total_tokens"] += 12

    parts = "'type': 'text'" in str(change.asked(call).get("messages"))
    return change.body(handler(call), count) if change.is_chat(call) and parts else handler(call)


@deviation(
    "chat-choice-index-from-one",
    severity="minor",
    says="The choices are numbered from 1.",
    breaks="Who puts choices in their places by `index`.",
    source=("own",),
    caught_by=(
        "chat.schema.core/hello/index_starts_at_zero",
        "chat.stream.chunk_schema/count_streamed/index_is_zero",
        "params.n/two_choices/choices_are_numbered",
    ),
)
def index_from_one(call: Call, handler: Handler) -> Answer:
    def number(choice: change.Object) -> None:
        choice["index"] += 1

    return change.each_choice(handler(call), number) if change.is_chat(call) else handler(call)


@deviation(
    "chat-second-choice-empty",
    severity="major",
    says="With `n` of 2 the second choice has no text, and only the first is counted.",
    breaks="Who draws several answers and takes the best.",
    source=("own",),
    caught_by=("params.n/two_choices/every_choice_has_text", "params.n/two_choices/tokens_of_all_choices_are_counted"),
)
def second_choice_empty(call: Call, handler: Handler) -> Answer:
    def empty(value: change.Object) -> None:
        for choice in value["choices"][1:]:
            choice["message"]["content"] = ""
            value["usage"]["completion_tokens"] = 1
            value["usage"]["total_tokens"] = value["usage"]["prompt_tokens"] + 1

    return change.body(handler(call), empty) if change.is_chat(call) else handler(call)


@deviation(
    "chat-native-role-and-fields",
    severity="major",
    says="The `role` of the answer is `model`, and `usageMetadata` stands beside `usage`.",
    breaks="Clients that send the message back as a turn: the role is unknown.",
    source=("own",),
    caught_by=("chat.schema.core/hello/role_is_assistant", "chat.schema.extras/hello/no_native_fields_leak"),
)
def native_role(call: Call, handler: Handler) -> Answer:
    def native(value: change.Object) -> None:
        value["usageMetadata"] = {"promptTokenCount": value["usage"]["prompt_tokens"]}
        for message in change.messages(value):
            message["role"] = "model"

    return change.body(handler(call), native) if change.is_chat(call) else handler(call)
