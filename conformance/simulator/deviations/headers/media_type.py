"""Media types and charsets that are not those of the body."""

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler


@deviation(
    "nonstream-content-type-event-stream",
    severity="critical",
    says="Without `stream`, JSON is returned as an event stream, with `data: [DONE]` after it.",
    breaks="Everyone: the body is not JSON.",
    source=("decolua/9router#3492", "decolua/9router#3301"),
    caught_by=("chat.basic/*/media_type", "chat.basic/*/body_is_whole"),
)
def plain_as_event_stream(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    plain = change.is_chat(call) and set(change.asked(call)) == {"model", "messages"}
    if not plain or answer.status != 200 or not isinstance(answer.body, dict):
        return answer
    return change.instead(answer, dump(answer.body) + b"\ndata: [DONE]\n\n", media="text/event-stream")


@deviation(
    "stream-accept-header-forces-sse",
    severity="minor",
    says="An `Accept` header with `text/event-stream` turns streaming on, against `stream: false`.",
    breaks="Clients that accept both: they get events where they expect JSON.",
    source=("diegosouzapw/OmniRoute#6740",),
    caught_by=("chat.stream.false_explicit/hello_accepting_events/*",),
)
def accept_forces_stream(call: Call, handler: Handler) -> Answer:
    forced = change.is_chat(call) and "text/event-stream" in call.headers.get("accept", "")
    return handler(change.rewrite(call, lambda value: value.update(stream=True)) if forced else call)


@deviation(
    "stream-content-type-json",
    severity="major",
    says="A stream of events comes as `application/json`.",
    breaks="Clients that look at the media type: they wait for the end, and then parse one JSON text.",
    source=("microsoft/foundry-dev-tools#195", "nearai/private-ml-sdk#20"),
    caught_by=("chat.stream.*/media_type",),
)
def stream_as_json(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    named = change.is_chat(call) and change.is_stream(answer)
    return answer.with_header("content-type", "application/json") if named else answer


@deviation(
    "error-content-type-octet-stream",
    severity="minor",
    says="A 400 comes as `application/octet-stream`.",
    breaks="Clients that parse errors by their media type: they have no message to show.",
    source=("SaladDay/cc-switch-cli#170",),
    caught_by=("errors.missing_field/invalid_field*/media_type",),
)
def error_as_octets(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    octets = change.is_chat(call) and answer.status == 400
    return answer.with_header("content-type", "application/octet-stream") if octets else answer


@deviation(
    "json-begins-with-a-mark",
    severity="major",
    says="JSON begins with a byte order mark.",
    breaks="Parsers of JSON, many of which reject it.",
    source=INVENTED,
    caught_by=("transport.json_content_type/any_response/json_has_no_byte_order_mark",),
)
def begins_with_a_mark(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if call.path != "/models" or not isinstance(answer.body, dict):
        return answer
    return change.instead(answer, b"\xef\xbb\xbf" + dump(answer.body), answer.status, "application/json")


@deviation(
    "json-in-another-charset",
    severity="minor",
    says="JSON is announced in `iso-8859-1`.",
    breaks="Clients that believe it: all that is not ASCII is garbled.",
    source=INVENTED,
    caught_by=("transport.json_content_type/any_response/charset_of_json_is_utf_8",),
)
def another_charset(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if not change.is_chat(call) or not isinstance(answer.body, dict):
        return answer
    return answer.with_header("content-type", "application/json; charset=iso-8859-1")


@deviation(
    "text-in-another-charset",
    severity="critical",
    says="The bytes of the text were decoded as latin-1 on their way.",
    breaks="Readers of anything but ASCII.",
    source=INVENTED,
    caught_by=("transport.utf8/non_ascii_word[*/non_ascii_word_is_returned",),
)
def text_in_another_charset(call: Call, handler: Handler) -> Answer:
    def misread(message: change.Object) -> None:
        if isinstance(message.get("content"), str):
            message["content"] = message["content"].encode().decode("latin-1")

    return change.each_message(handler(call), misread) if change.is_chat(call) else handler(call)
