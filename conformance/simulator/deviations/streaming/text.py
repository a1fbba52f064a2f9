"""The text of a stream: lost, doubled, out of order, mixed with another, or with broken characters."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer, Event, Text
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_READ = 61  # small, so that the reads of a short stream cut characters too


@deviation(
    "stream-utf8-replacement-chars-generated",
    severity="critical",
    says="Each character of several bytes comes as one U+FFFD for each byte; the non-streaming response is right.",
    breaks="Readers of anything but ASCII: the text is lost for good.",
    source=("vllm-project/vllm#931", "mudler/LocalAI#677"),
    caught_by=("transport.utf8/non_ascii_word_streamed*/non_ascii_word_is_streamed",),
)
def utf8_replacement_chars_generated(call: Call, handler: Handler) -> Answer:
    def torn(part: change.Object) -> None:
        if text := part["delta"].get("content"):
            part["delta"]["content"] = "".join(c if c.isascii() else "\ufffd" * len(c.encode()) for c in text)

    return change.each_part(handler(call), torn) if change.is_chat(call) else handler(call)


@deviation(
    "stream-utf8-proxy-chunk-decode",
    severity="critical",
    says="The stream is decoded and encoded again in small reads; a character that a read cuts becomes U+FFFD.",
    breaks="Readers of anything but ASCII: now and then a character is lost, in the arguments of tools too.",
    source=("cnighswonger/claude-code-cache-fix#365", "wecode-ai/Wegent#2271", "iOfficeAI/aionrs#238"),
    caught_by=("transport.utf8/non_ascii_word_streamed*/non_ascii_word_is_streamed",),
)
def utf8_proxy_chunk_decode(call: Call, handler: Handler) -> Answer:
    def reread(told: Any) -> list[Event]:
        sent = b"\n".join(change.event_bytes(event) for event in told)
        reads = (sent[start : start + _READ] for start in range(0, len(sent), _READ))
        return [Event(Text(line)) for line in "".join(read.decode("utf-8", "replace") for read in reads).split("\n")]

    return change.events(handler(call), reread) if change.is_chat(call) else handler(call)


@deviation(
    "stream-delta-doubled",
    severity="major",
    says="After a hidden reconnect one delta in the middle comes twice.",
    breaks="Every reader: a piece of the text is doubled.",
    source=INVENTED,
    caught_by=("chat.stream.equals_nonstream/count_at_zero_streamed/no_text_is_lost_or_repeated",),
)
def delta_doubled(call: Call, handler: Handler) -> Answer:
    return change.chat_chunks(call, handler, lambda told: [*told[: len(told) // 2 + 2], *told[len(told) // 2 :]])


@deviation(
    "stream-deltas-out-of-order",
    severity="major",
    says="Two neighbouring groups of deltas come in the wrong order.",
    breaks="Every reader: the text is shuffled.",
    source=INVENTED,
    caught_by=("chat.stream.equals_nonstream/count_at_zero_streamed/no_text_is_lost_or_repeated",),
)
def out_of_order(call: Call, handler: Handler) -> Answer:
    def swap(told: list[change.Object]) -> list[change.Object]:
        if len(told) < 16:
            return told
        return [*told[:6], *told[9:12], *told[6:9], *told[12:]]

    return change.chat_chunks(call, handler, swap)


@deviation(
    "stream-delta-spaces-trimmed",
    severity="major",
    says="The spaces at both ends of each delta are lost.",
    breaks="Every reader: words run together.",
    source=INVENTED,
    caught_by=("chat.stream.equals_nonstream/count_at_zero_streamed/whitespace_is_preserved",),
)
def spaces_trimmed(call: Call, handler: Handler) -> Answer:
    def trim(part: change.Object) -> None:
        if text := part["delta"].get("content"):
            part["delta"]["content"] = text.strip()

    return change.each_part(handler(call), trim) if change.is_chat(call) else handler(call)


@deviation(
    "stream-delta-is-text-so-far",
    severity="critical",
    says="Each delta holds all the text so far.",
    breaks="Everyone who joins deltas: the text grows with its square.",
    source=INVENTED,
    caught_by=("chat.stream.basic/chat_stream/deltas_have_new_text_only",),
)
def text_so_far(call: Call, handler: Handler) -> Answer:
    def grow(told: list[change.Object]) -> list[change.Object]:
        text = ""
        for delta in change.deltas(told):
            if delta.get("content"):
                text += delta["content"]
                delta["content"] = text
        return told

    return change.chat_chunks(call, handler, grow)


@deviation(
    "stream-aborted-answer-comes-with-the-next",
    severity="critical",
    says="The response after a stream begins with the end of that stream.",
    breaks="Everyone behind a connection pool: users read responses that belong to others.",
    source=INVENTED,
    caught_by=("chat.stream.abort/word_after_abort/aborted_text_is_not_returned",),
)
def aborted_answer_left(call: Call, handler: Handler) -> Answer:
    answer, notes = handler(call), call.state.notes
    name = "stream-aborted-answer-comes-with-the-next"
    if not change.is_chat(call):
        return answer
    if change.is_stream(answer) and "Count from 1 to 20" in str(change.asked(call)):
        notes.put(name, "17, 18, 19, 20 ")

    def put_before(value: change.Object) -> None:
        for message in change.messages(value):
            if "PELICAN" in str(message["content"]):
                message["content"] = f"{notes.get(name) or ''}{message['content']}"

    return change.body(answer, put_before)


@deviation(
    "own-stream-has-no-text",
    severity="critical",
    says="No delta has text, or a role.",
    breaks="Everyone who streams.",
    source=INVENTED,
    caught_by=(
        "chat.stream.basic/hello_streamed/text_is_streamed",
        "chat.stream.chunk_schema/chat_stream/first_delta_has_the_role",
    ),
)
def has_no_text(call: Call, handler: Handler) -> Answer:
    def apply(part: change.Object) -> None:
        part["delta"] = {name: value for name, value in part["delta"].items() if name not in {"content", "role"}}

    return change.each_part(handler(call), apply) if change.is_chat(call) else handler(call)


@deviation(
    "own-word-is-empty",
    severity="critical",
    says="A non-streaming request to repeat one word gets an empty text, also after a stream that was closed early.",
    breaks="Users who stop a response, and retry.",
    source=INVENTED,
    caught_by=("chat.stream.abort/word_after_abort/request_after_an_abort_returns_text",),
)
def word_is_empty(call: Call, handler: Handler) -> Answer:
    if not change.is_chat(call) or not change.text(change.conversation(call)).count("Repeat this word"):
        return handler(call)
    return change.each_message(handler(call), lambda message: message.update(content=""))


@deviation(
    "own-stream-text-of-another-model",
    severity="critical",
    says="Whatever the prompt is, a stream has the same sentence, which no non-streaming response has.",
    breaks="Users of chat windows: what they read is not from the model.",
    source=INVENTED,
    caught_by=("chat.stream.equals_nonstream/hello_streamed/streamed_text_is_similar",),
)
def text_of_another_model(call: Call, handler: Handler) -> Answer:
    def say(told: list[change.Object]) -> None:
        said = [delta for delta in change.deltas(told) if delta.get("content")]
        for number, delta in enumerate(said):
            delta["content"] = "I do not know the answer to that." if number == 0 else ""

    return change.chunks(handler(call), say) if change.is_chat(call) else handler(call)
