"""The lines of an event stream: comments, data that is not JSON, or no event at all."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation, excluded
from conformance.simulator.http.answer import Answer, Event, Events, Text, frame
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

METADATA_COMMENTS_BEFORE_DONE = excluded(
    "stream-gateway-metadata-comments-before-done",
    severity="minor",
    says="Comments with a gateway's notes stand directly before `data: [DONE]`.",
    source=("diegosouzapw/OmniRoute#7031",),
    why="legal: a comment may stand on any line of an event stream",
)


DATA_NO_SPACE = excluded(
    "sse-data-no-space",
    severity="minor",
    says="No space follows the colon of `data:`.",
    source=(
        "openai/openai-python#498",
        "openclaw/openclaw#129905",
        "dataelement/Clawith#106",
        "odysseus-dev/odysseus#1701",
    ),
    why="legal: the space after the colon is optional",
)


CRLF_LINE_ENDS = excluded(
    "sse-crlf-line-ends",
    severity="minor",
    says="Lines and events end with CRLF.",
    source=("farion1231/cc-switch#1787", "miruamel/xuan#194"),
    why="legal: lines of an event stream may end with CRLF, and those of many frameworks do",
)


def _inserted(call: Call, handler: Handler, place: int, event: Event) -> Answer:
    if not change.is_chat(call):
        return handler(call)
    return change.events(handler(call), lambda told: [*told[:place], event, *told[place:]])


@deviation(
    "stream-sse-data-not-json",
    severity="major",
    says="In the middle of the stream one event's data is the plain text of an error.",
    breaks="The official client raises a JSON error that hides what went wrong.",
    source=("EricLBuehler/mistral.rs#1874",),
    caught_by=("chat.stream.*/body_is_whole",),
)
def sse_data_not_json(call: Call, handler: Handler) -> Answer:
    return _inserted(call, handler, 3, Event(Text("Internal error: channel closed")))


@deviation(
    "stream-comment-rewrapped-as-data",
    severity="critical",
    says="A keep-alive comment is sent as the data of an event.",
    breaks="The official clients end at it: the data is not JSON.",
    source=("mnfst/llm-gateway#2053",),
    caught_by=("chat.stream.*/body_is_whole",),
)
def comment_rewrapped_as_data(call: Call, handler: Handler) -> Answer:
    return _inserted(call, handler, 0, Event(Text(": OPENROUTER PROCESSING")))


@deviation(
    "stream-ignored-plain-json",
    severity="critical",
    says="`stream` is ignored: one JSON body is returned.",
    breaks="Iterators of the official clients yield nothing, and raise nothing.",
    source=("tinyhumansai/tinyagents#56",),
    caught_by=("chat.stream.*/media_type",),
)
def ignored_plain_json(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "stream", "stream_options") if change.is_chat(call) else call)


@deviation(
    "stream-plain-text-body",
    severity="critical",
    says="The text is returned as plain text, without any event.",
    breaks="The official clients see no event at all.",
    source=("8monkey-ai/hebo-platform#56",),
    caught_by=("chat.stream.*/media_type", "chat.stream.*/body_is_whole"),
)
def plain_text_body(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or not isinstance(answer.body, Events):
        return answer
    told = [event.data for event in answer.body.events if isinstance(event.data, dict)]
    text = "".join(delta.get("content") or "" for delta in change.deltas(told))
    return change.instead(answer, text.encode(), media="text/plain; charset=utf-8")


@deviation(
    "stream-200-zero-bytes",
    severity="critical",
    says="The stream has status 200, the right media type, and not one byte.",
    breaks="The official client ends at once: an empty answer, and no error.",
    source=("preloop/preloop#109", "preloop/preloop#121"),
    caught_by=("chat.stream.*/body_is_whole",),
)
def zero_bytes(call: Call, handler: Handler) -> Answer:
    return change.events(handler(call), lambda _: ()) if change.is_chat(call) else handler(call)


@deviation(
    "stream-comment-only-body",
    severity="critical",
    says="The stream has only keep-alive comments, and no event.",
    breaks="Clients that expect at least one event: an unexpected end, or an empty answer.",
    source=("coder/coder#26005",),
    caught_by=("chat.stream.*/body_is_whole",),
)
def comment_only_body(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.framed(answer, lambda _: b": OPENROUTER PROCESSING\n\n") if change.is_chat(call) else answer


@deviation(
    "stream-last-event-without-blank-line",
    severity="minor",
    says="No blank line ends the last event.",
    breaks="Readers that follow the standard: they drop `[DONE]` and wait for it.",
    source=INVENTED,
    caught_by=("chat.stream.sse_framing/chat_stream/last_event_ends_with_a_blank_line",),
)
def last_event_unended(call: Call, handler: Handler) -> Answer:
    def encode(event: Event) -> bytes:
        return frame(event)[:-2] if isinstance(event.data, Text) else frame(event)

    return change.framed(handler(call), encode) if change.is_chat(call) else handler(call)


@deviation(
    "own-stream-in-latin-1",
    severity="major",
    says="A stream is announced in `iso-8859-1`, and each event holds a byte that is not UTF-8.",
    breaks="Clients that decode strictly.",
    source=INVENTED,
    caught_by=(
        "chat.stream.sse_framing/chat_stream/events_are_utf_8",
        "chat.stream.sse_framing/chat_stream/charset_is_utf_8",
    ),
)
def in_latin_1(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or not change.is_stream(answer):
        return answer
    answer = answer.with_header("content-type", "text/event-stream; charset=iso-8859-1")
    return change.framed(answer, lambda event: frame(event).replace(b'"assistant"', b'"assistant\xe9"'))


@deviation(
    "own-stream-has-strange-lines",
    severity="major",
    says="Before each event stands a line of a log.",
    breaks="Parsers of the kind that give up; all others never show it.",
    source=INVENTED,
    caught_by=("chat.stream.sse_framing/chat_stream/every_line_is_an_sse_field",),
)
def has_strange_lines(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return change.framed(answer, lambda event: b"INFO token\n" + frame(event)) if change.is_chat(call) else answer
