"""Content codings: labels that are not true, data that breaks off, and compressed requests."""

import gzip

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.coding import accepts_gzip, as_bytes, packed
from conformance.simulator.http.errors import ApiError
from conformance.simulator.http.registry import Handler

LABELED = (
    "transport.compression/compressed/body_is_encoded_as_labeled",
    "transport.compression.others/*/*encoded_as_labeled",
)


def _zipped(call: Call, answer: Answer) -> bytes | None:
    return packed(answer) if accepts_gzip(call) else None


@deviation(
    "coding-label-on-plain-body",
    severity="critical",
    says="`Content-Encoding: gzip` stands on a body that was unpacked on the way.",
    breaks="Every client that accepts gzip: it cannot read the body.",
    source=("agentgateway/agentgateway#1620", "agentgateway/agentgateway#3040"),
    caught_by=LABELED,
)
def label_on_plain_body(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return answer.with_header("content-encoding", "gzip") if _zipped(call, answer) else answer


@deviation(
    "coding-label-missing",
    severity="critical",
    says="A body in gzip is sent without `Content-Encoding`.",
    breaks="Every client: it parses compressed bytes as JSON.",
    source=INVENTED,
    caught_by=LABELED,
)
def label_missing(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    content = _zipped(call, answer)
    return as_bytes(answer, content) if content else answer


@deviation(
    "coding-twice",
    severity="critical",
    says="The body is compressed twice, and labeled once.",
    breaks="Every client that accepts gzip: what it unpacks is compressed again.",
    source=INVENTED,
    caught_by=LABELED,
)
def twice(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    content = _zipped(call, answer)
    if not content:
        return answer
    return as_bytes(answer, gzip.compress(content, mtime=0)).with_header("content-encoding", "gzip")


@deviation(
    "coding-breaks-off",
    severity="major",
    says="The compressed data of a body lacks its end, although the JSON in it may be whole.",
    breaks="Clients whose decoder is strict; others miss the end of the body in silence.",
    source=INVENTED,
    caught_by=LABELED,
)
def breaks_off(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    content = _zipped(call, answer)
    return as_bytes(answer, content[:-8]).with_header("content-encoding", "gzip") if content else answer


@deviation(
    "coding-brotli-unasked",
    severity="critical",
    says="The label is `br`, which the client did not accept.",
    breaks="Clients without Brotli.",
    source=("agentgateway/agentgateway#3040",),
    caught_by=LABELED,
)
def brotli_unasked(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    content = _zipped(call, answer)
    return as_bytes(answer, content[::-1]).with_header("content-encoding", "br") if content else answer


@deviation(
    "coding-request-read-as-empty",
    severity="major",
    says="A request body in gzip is taken as an empty conversation, and the response has no text.",
    breaks="Clients that compress large requests, and get empty answers.",
    source=INVENTED,
    caught_by=("transport.compression.others/chat_in_gzip/compressed_request_is_read_or_rejected",),
)
def request_read_as_empty(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    if "content-encoding" not in call.headers:
        return answer
    return change.each_message(answer, lambda message: message.update(content=""))


@deviation(
    "coding-request-crashes",
    severity="major",
    says="A request body in gzip ends in a 500.",
    breaks="Clients that compress large requests, and send them again and again.",
    source=INVENTED,
    caught_by=("transport.compression.others/chat_in_gzip/status",),
)
def request_crashes(call: Call, handler: Handler) -> Answer:
    if "content-encoding" in call.headers:
        raise ApiError(
            500, "'utf-8' codec can't decode byte 0x8b in position 1: invalid start byte", kind="server_error"
        )
    return handler(call)
