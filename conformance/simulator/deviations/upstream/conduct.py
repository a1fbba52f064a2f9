"""What a gateway asks, with whose key, and what it makes of the usage; and bodies that do not stay as they are."""

from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.deviations.upstream.common import each, same
from conformance.simulator.http.answer import Answer, dump
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler
from conformance.wire.upstream import Bounded, Credential, UpstreamRequest, Whose

_CHECKS = "upstream.conduct/translated_chat"
_SAME = "upstream.unchanged/forwarded"


@deviation(
    "upstream-asked-twice",
    severity="major",
    says="Each request is sent upstream twice, and one of the responses is thrown away.",
    breaks="Whoever pays: each completion costs twice.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/one_request_makes_one",),
)
def asked_twice(call: Call, handler: Handler) -> Answer:
    answer = handler(call)
    return replace(answer, sent=answer.sent * 2)


@deviation(
    "upstream-client-key-passed-on",
    severity="critical",
    says="The client's key of the gateway is sent upstream, beside the gateway's own.",
    breaks="Everyone whose key it is: another company can use it.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/key_of_the_client_stays",),
)
def key_passed_on(call: Call, handler: Handler) -> Answer:
    def add(request: UpstreamRequest) -> UpstreamRequest:
        return replace(request, credentials=(*request.credentials, Credential("authorization", Whose.CLIENT)))

    return each(handler(call), add)


@deviation(
    "upstream-unknown-fields-sent",
    severity="major",
    says="Keywords of JSON Schema are sent upstream that the native type lacks, and the endpoint behind refuses them.",
    breaks="Everyone whose schema has one: the request is rejected, and it was valid.",
    source=("theopenco/llmgateway#1763", "pizza-bot-app/pizza-bot#62"),
    caught_by=(f"{_CHECKS}/request_is_well_formed",),
)
def unknown_fields(call: Call, handler: Handler) -> Answer:
    message = "Invalid JSON payload received. Unknown name \"const\" at 'tools[0]': Cannot find field."
    details = [{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [{"field": "tools[0]"}]}]
    content = dump({"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT", "details": details}})
    returned = Bounded(content, len(content))
    return each(handler(call), lambda request: replace(request, status=400, returned=returned))


@deviation(
    "upstream-usage-differs",
    severity="major",
    says="`usage.completion_tokens` is one less than the endpoint behind reports.",
    breaks="Budgets and bills, which do not add up.",
    source=INVENTED,
    caught_by=(f"{_CHECKS}/usage_is_that_of_the_model",),
)
def usage_differs(call: Call, handler: Handler) -> Answer:
    def count(request: UpstreamRequest) -> UpstreamRequest:
        told = request.returned_json
        usage = told.get("usageMetadata")
        if not usage:
            return request
        content = dump({"usageMetadata": {**usage, "candidatesTokenCount": usage["candidatesTokenCount"] + 1}})
        return replace(request, returned=Bounded(content, len(content)))

    return each(handler(call), count)


@deviation(
    "upstream-field-lost",
    severity="major",
    says="Before an endpoint of the same API, a request loses `dimensions` on the way.",
    breaks="Indexes of vectors: the vectors have another size than the index.",
    source=INVENTED,
    caught_by=(f"{_SAME}/no_field_is_lost",),
)
def field_lost(call: Call, handler: Handler) -> Answer:
    return same(handler(call), lambda body: body.pop("dimensions", None))


@deviation(
    "upstream-input-changed",
    severity="critical",
    says="Before an endpoint of the same API, the texts to be embedded are put into lower case on the way.",
    breaks="Search: what is found differs from what was indexed elsewhere.",
    source=INVENTED,
    caught_by=(f"{_SAME}/no_field_is_changed",),
)
def input_changed(call: Call, handler: Handler) -> Answer:
    def lower(body: change.Object) -> None:
        if isinstance(body.get("input"), str):
            body["input"] = body["input"].lower()

    return same(handler(call), lower)


@deviation(
    "upstream-field-added",
    severity="minor",
    says="Before an endpoint of the same API, `encoding_format` is added on the way.",
    breaks="Servers that do not know the field, and refuse the request.",
    source=INVENTED,
    caught_by=(f"{_SAME}/no_field_is_added",),
)
def field_added(call: Call, handler: Handler) -> Answer:
    return same(handler(call), lambda body: body.setdefault("encoding_format", "float") if "input" in body else None)
