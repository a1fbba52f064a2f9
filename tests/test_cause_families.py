"""Causes that are one only side by side: each family, and a planted second bug that stays a line of its own."""

import inspect
from typing import Any

from conformance.causes.cause import Class, Damage
from conformance.causes.gather import gather
from conformance.causes.world import of_unknown_model
from conformance.log.records import Shown
from conformance.plan.loader import load
from conformance.wire.capability import Level
from conformance.wire.request import Key
from conformance.wire.verdict import Verdict
from tests import runs
from tests.test_causes import deviates, ids, line, wrong

USAGE = "chat.stream.usage.include"
UNASKED = "unasked:chat/completions chunk/usage"
REFUSAL, CONTENT = "missing:ChatCompletionMessage/refusal", "missing:ChatCompletionMessage/content"


def usage_results() -> list[Any]:
    return [
        deviates("chat.stream.usage.not_unrequested/a", "usage_is_not_sent_unrequested", UNASKED),
        deviates(f"{USAGE}/b", "declined_usage_is_not_sent"),
        deviates(f"{USAGE}/c", "usage_chunk_has_no_choice"),
        deviates(f"{USAGE}/c", "usage_is_null_on_the_other_chunks"),
    ]


def streams(**forms: str) -> list[Any]:
    return [line(f"chat.stream.x/{name}", streamed=True, usage=form) for name, form in forms.items()]


def test_a_usage_on_the_same_chunk_whatever_is_asked_is_one_cause() -> None:
    (cause,) = gather(usage_results(), streams(a="last, beside a choice", b="last, beside a choice"))
    assert (cause.id, cause.checks) == ("ignored:stream_options.include_usage", 4)
    assert cause.proof


def test_another_form_of_the_usage_when_it_is_asked_for_is_another_bug() -> None:
    found = gather(usage_results(), streams(a="last, beside a choice", b="last, alone"))
    assert f"{USAGE}/usage_is_null_on_the_other_chunks" in ids(found)


def shown(statement: str, **places: list[str]) -> Any:
    """Return one result with a finding for each pair, by the places that show it."""
    names = {"prompt": "out-of-range:Usage/prompt_tokens", "total": "out-of-range:Usage/total_tokens"}
    told = [Shown(finding=names[name], reason="r", places=own) for name, own in places.items()]
    every = sorted({label for own in places.values() for label in own})
    return deviates("a/b", statement, findings=[one.finding for one in told], shown=told, places=every)


def test_keys_of_one_object_that_are_wrong_in_the_same_responses_are_one_cause() -> None:
    (cause,) = gather([shown("in_range", prompt=["a/b", "a/c"], total=["a/b", "a/c"])])
    assert cause.id == "out-of-range:Usage/prompt_tokens,total_tokens"
    assert "`prompt_tokens`" in cause.sentence
    assert "`total_tokens`" in cause.sentence


def test_a_key_that_is_wrong_in_another_response_is_another_cause() -> None:
    assert len(gather([shown("in_range", prompt=["a/b", "a/c"], total=["a/b"])])) == 2


def missing(*findings: str) -> list[Any]:
    return [deviates(f"chat.schema.strict/{n}", "keys", finding) for n, finding in enumerate(findings)]


def test_keys_that_would_be_null_are_one_cause_where_no_response_holds_a_null() -> None:
    lines = [line(f"chat.schema.strict/{n}", nulls=False) for n in range(3)]
    found = gather(missing(REFUSAL, CONTENT, "missing:ChatCompletion/created"), lines)
    assert ids(found) == {"missing:null-keys", "missing:ChatCompletion/created"}
    assert all(name in next(c for c in found if "null" in c.id).sentence for name in ("refusal", "content"))


def test_keys_are_missing_one_by_one_where_other_keys_are_null() -> None:
    lines = [line("chat.schema.strict/0", nulls=False), line("chat.schema.strict/1", nulls=True)]
    assert ids(gather(missing(REFUSAL, CONTENT), lines)) == {REFUSAL, CONTENT}
    older = [line("chat.schema.strict/0", nulls=False), line("chat.schema.strict/1")]
    assert ids(gather(missing(REFUSAL, CONTENT), older)) == {REFUSAL, CONTENT}


def test_a_crash_of_a_valid_request_to_a_served_route_is_a_refusal_whoever_owes_the_parameter() -> None:
    lines = [line("params.seed/a", 500, said="boom"), line("chat.basic/hello")]
    (cause,) = gather([deviates("params.seed/a", level=Level.MAY, gating=False)], lines)
    assert (cause.id, cause.damage) == ("crashed:chat/completions", Damage.REFUSES)


def test_a_request_that_may_be_rejected_is_not_called_valid() -> None:
    lines = [line("files.x/a", 500, said="boom", expects=[200, 400]), line("chat.basic/hello")]
    (cause,) = gather([deviates("files.x/a")], lines)
    assert cause.sentence.startswith("A request to chat/completions that may be rejected")
    assert cause.damage is Damage.COSMETIC


def keys(wrong_status: int, none_status: int) -> tuple[list[Any], list[Any]]:
    common: dict[str, Any] = {"invalid": True, "expects": [401]}
    lines = [
        line("errors.sdk_mapping/invalid_key[wrong-key]", wrong_status, key=Key.WRONG, **common),
        line("errors.sdk_mapping/invalid_key[no-key]", none_status, key=Key.NONE, **common),
    ]
    return [deviates(one.label) for one in lines], lines


def test_a_wrong_and_a_missing_key_with_one_status_are_one_cause() -> None:
    assert ids(gather(*keys(400, 400))) == {"authentication:key-400"}
    assert ids(gather(*keys(200, 200))) == {"authentication:key-accepted"}


def test_a_wrong_key_that_is_accepted_stays_apart_from_a_missing_one_that_is_refused_wrongly() -> None:
    assert ids(gather(*keys(200, 400))) == {"authentication:wrong-key-accepted", "authentication:missing-key-400"}


def test_parts_that_one_operation_drops_are_one_cause_and_those_of_another_are_not() -> None:
    labels = {
        "vision.base64/png": "chat/completions",
        "files.pdf/pdf": "chat/completions",
        "responses.x/y": "responses",
    }
    parts = ("image_url", "file", "input_image")
    lines = [line(label, operation=operation) for label, operation in labels.items()]
    results = [deviates(label, "is_seen", f"ignored:{part}") for label, part in zip(labels, parts, strict=True)]
    found = gather(results, lines)
    assert ids(found) == {"ignored:content-parts/chat/completions", "ignored:input_image"}
    assert any("`file`, `image_url`" in cause.sentence for cause in found)


def test_routes_that_serve_nothing_and_fail_with_one_body_are_one_cause() -> None:
    lines = [
        line("models.list/listed", 500, operation="models", digest="d"),
        line("files.api/uploaded", 500, operation="files", digest="d"),
        line("audio.x/heard", 500, operation="audio/transcriptions", digest="another", said="no ears"),
    ]
    found = gather([deviates(one.label) for one in lines], lines)
    assert ids(found) == {"route:failing-500", "crashed:audio/transcriptions"}


def test_a_route_that_serves_others_has_a_crash_of_its_own() -> None:
    lines = [
        line("models.list/listed", 500, operation="models", digest="d"),
        line("files.api/uploaded", 500, operation="files", digest="d"),
        line("files.api/listed", 200, operation="files", digest="e"),
    ]
    assert ids(gather([deviates(one.label) for one in lines[:2]], lines)) == {"crashed:models", "crashed:files"}


KINDS = ("structured.edge/a", "params.out_of_range/b", "params.penalties/c", "params.logprobs/d")


def test_an_operation_that_rejects_nothing_is_one_cause() -> None:
    lines = [wrong(label, 200) for label in KINDS]
    (cause,) = gather([deviates(one.label) for one in lines], lines)
    assert (cause.id, cause.sort, cause.places) == ("accepted:chat/completions", Class.ACCEPTED, 4)


def test_values_of_parameters_that_are_never_rejected_are_one_cause_beside_a_validated_rest() -> None:
    lines = [*(wrong(label, 200) for label in KINDS), wrong("structured.edge/e", 400)]
    found = gather([deviates(one.label) for one in lines[:4]], lines)
    assert ids(found) == {"accepted:chat/completions/params", "accepted:chat/completions/structured.edge"}


def test_one_rejected_value_shows_that_the_others_are_faults_of_their_own() -> None:
    lines = [*(wrong(label, 200) for label in KINDS[1:]), wrong("params.out_of_range/e", 400)]
    assert len(gather([deviates(one.label) for one in lines[:3]], lines)) == 3


PLAIN, MORE = ["messages", "model"], ["frequency_penalty", "messages", "model"]


def penalty(*, obeyed: bool = False) -> list[Any]:
    effect = deviates(
        "params.penalties/drawn",
        "penalty_holds",
        "ignored:frequency_penalty",
        parameter="chat/completions: frequency_penalty",
    )
    bad = deviates("params.penalties/out[frequency_penalty-3]")
    good = runs.result(Verdict.CONFORMS, parameter="chat/completions: frequency_penalty")
    return [effect, bad, *([good] if obeyed else [])]


def penalty_lines(*, fields: list[str]) -> list[Any]:
    return [
        line("chat.basic/hello", fields=PLAIN),
        line("params.penalties/drawn", fields=MORE),
        wrong("params.penalties/out[frequency_penalty-3]", 200, fields=fields),
    ]


def test_a_wrong_value_of_a_parameter_without_effect_cannot_be_rejected() -> None:
    (cause,) = gather(penalty(), penalty_lines(fields=MORE))
    assert (cause.id, cause.places) == ("ignored:frequency_penalty", 2)


def test_a_wrong_value_stays_apart_where_it_is_not_all_that_is_added_or_the_parameter_has_an_effect() -> None:
    assert len(gather(penalty(), penalty_lines(fields=[*MORE, "tools"]))) == 2
    assert len(gather(penalty(obeyed=True), penalty_lines(fields=MORE))) == 2


def test_a_code_of_a_wrong_type_cannot_name_a_context_that_is_too_long() -> None:
    long = deviates("errors.context_length/long", "overlong_prompt_is_rejected_with_its_code")
    same, other = (
        deviates(label, "types", "wrong-type:ErrorObject/code")
        for label in ("errors.context_length/long", "errors.other/x")
    )
    assert ids(gather([long, same])) == {"wrong-type:ErrorObject/code"}
    assert len(gather([long, other])) == 2


def test_ids_hold_no_word_of_an_endpoint_and_stay_apart() -> None:
    lines = [wrong(f"tools.edge/bad[{case}]", 500, said=f"secret words of {case}") for case in ("one", "two")]
    found = gather([deviates(one.label) for one in lines], lines)
    assert ids(found) == {f"crashed:chat/completions/tools.edge[{case}]" for case in ("one", "two")}


def test_a_key_that_all_events_lack_is_one_cause() -> None:
    kinds = ("ResponseCreatedEvent", "ResponseCompletedEvent", "ResponseFailedEvent")
    places = (["r/a", "r/b"], ["r/a"], ["r/other"])
    told = [
        Shown(finding=f"missing:{kind}/sequence_number", reason="r", places=own)
        for kind, own in zip(kinds, places, strict=True)
    ]
    one = deviates("r/a", "keys", findings=[t.finding for t in told], shown=told, places=["r/a", "r/b", "r/other"])
    assert ids(gather([one])) == {
        "missing:ResponseStreamEvent/sequence_number",
        "missing:ResponseFailedEvent/sequence_number",
    }


COUNTS = ("usage.scales/a/completion_tokens_are_not_constant", "usage.scales/b/longer_prompt_has_more_tokens")


def counted(*usages: str) -> set[str]:
    lines = [line(f"usage.scales/{name}", usage=usage) for name, usage in zip("abcdef", usages, strict=False)]
    results = [deviates(name.rpartition("/")[0], name.rpartition("/")[2]) for name in COUNTS]
    return ids(gather(results, lines))


def test_counts_that_are_the_same_for_all_inputs_are_one_cause() -> None:
    assert counted(*["10 + 20"] * 6) == {"wrong-value:usage/chat/completions"}


def test_counts_that_differ_somewhere_are_two_faults() -> None:
    assert len(counted(*["10 + 20"] * 5, "11 + 20")) == 2


def test_what_a_parameter_without_effect_breaks_is_one_cause() -> None:
    stop = [deviates(f"params.stop/{n}", f"s{n}", parameter="chat/completions: stop") for n in range(3)]
    lines = [line(one.exchanges[0]) for one in stop]
    assert ids(gather(stop, lines)) == {"ignored:stop"}
    obeyed = runs.result(Verdict.CONFORMS, parameter="chat/completions: stop")
    assert len(gather([*stop, obeyed], lines)) == 3


def test_failures_with_the_words_of_one_handler_are_one_cause() -> None:
    said = ("APIError: no role", "APIError: no name", "Another: no role")
    lines = [wrong(f"errors.k{n}/x", 500, said=words) for n, words in enumerate(said)]
    found = gather([deviates(one.label) for one in lines], lines)
    assert ids(found) == {"crashed:chat/completions/invalid", "crashed:chat/completions/errors.k2"}
    assert any("errors.k0, errors.k1" in cause.sentence for cause in found)


def test_invalid_requests_that_get_the_refusal_of_valid_ones_are_its_places() -> None:
    lines = [
        line("tools.basic/a", 404, said="no fixture", digest="d"),
        wrong("errors.missing_field/b", 404, said="no fixture", digest="d"),
        wrong("errors.missing_field/c", 404, said="no such thing", digest="e"),
    ]
    found = gather([deviates(one.label) for one in lines], lines)
    assert {cause.id: cause.places for cause in found} == {"refused:chat/completions": 2, "status:404-for-400": 1}


def test_a_wrong_shape_of_such_a_refusal_stays_a_line() -> None:
    lines = [line("tools.basic/a", 404, digest="d"), wrong("errors.x/b", 404, digest="d", error="text")]
    found = gather(
        [deviates("tools.basic/a"), deviates("errors.x/b", "error_is_an_object", "missing:ErrorResponse/error")], lines
    )
    assert ids(found) == {"refused:chat/completions", "envelope:text"}


def test_unknown_models_that_every_route_serves_are_one_cause() -> None:
    labels = ("errors.unknown_model/unknown_model", "embeddings.errors/unknown_model_embedded")
    served = [wrong(labels[0], 200), wrong(labels[1], 200, operation="embeddings")]
    results = [deviates(one.label) for one in served]
    assert ids(gather(results, served)) == {"accepted:unknown-model"}
    one_refused = [served[0], wrong(labels[1], 404, operation="embeddings", expects=[404])]
    assert ids(gather(results[:1], one_refused)) == {"accepted:chat/completions/errors.unknown_model"}


def test_unknown_models_are_one_cause_where_they_can_neither_be_retrieved_nor_deleted() -> None:
    labels = ("errors.unknown_model/unknown_model", "embeddings.errors/unknown_model_embedded")
    served = [wrong(labels[0], 200), wrong(labels[1], 200, operation="embeddings")]
    retrieved = wrong("models.retrieve.unknown/unknown_model_retrieved", 404, operation="models", method="GET")
    results = [deviates(one.label) for one in served]
    assert ids(gather(results, [*served, retrieved])) == {"accepted:unknown-model"}


def test_each_request_for_a_model_that_does_not_exist_is_known_as_one() -> None:
    """Its exchange may be about compression by its name: it is the same edit of a server that reads no `model`."""
    sent = {spec.id: spec for check in load().checks for spec in check.sent}
    must_fail = {id_: spec for id_, spec in sent.items() if 200 not in spec.expects}
    asks = {id_ for id_, spec in must_fail.items() if "NO_MODEL" in inspect.getsource(spec.function)}
    assert len(asks) > 4
    assert {id_ for id_ in asks if not of_unknown_model(line(id_))} == set()


def test_an_end_that_no_chunk_has_explains_calls_without_an_end_in_the_same_streams_only() -> None:
    wide = deviates("chat.stream.finish_reason/a", "there_is_a_finish_reason", places=["s/a", "s/b"])
    same, other = (
        deviates("tools.stream.finish_reason/a", "stream_of_a_call_has_one_finish_reason", places=[p])
        for p in ("s/b", "s/z")
    )
    assert len(gather([wide, same])) == 1
    assert len(gather([wide, other])) == 2


def test_a_previous_response_that_is_not_counted_is_not_read() -> None:
    names = ("previous_response_is_counted", "previous_response_is_used", "previous_response_is_named")
    results = [deviates(f"responses.advanced/{n}", name) for n, name in enumerate(names)]
    assert ids(gather(results)) == {"ignored:previous_response_id"}
    assert len(gather(results[1:])) == 2


FORMAT = [*PLAIN, "response_format"]


def formats(*, rejected: bool = False) -> tuple[list[Any], list[Any]]:
    decides = {"parameter": "chat/completions: response_format"}
    results = [
        deviates("structured.json_object/a", "text_is_json", "ignored:response_format", **decides),
        deviates("structured.stream/b", "streamed_text_is_json", "ignored:response_format"),
        deviates("structured.edge/wrong[unknown-type]"),
    ]
    held = runs.result(Verdict.CONFORMS, **decides)
    lines = [
        line("chat.basic/hello", fields=PLAIN),
        line("structured.json_object/a", fields=FORMAT),
        line("structured.stream/b", fields=FORMAT),
        wrong("structured.edge/wrong[unknown-type]", 200, fields=FORMAT),
    ]
    return [*results, *([held] if rejected else [])], lines


def test_all_that_hangs_on_an_ignored_format_is_one_cause() -> None:
    (cause,) = gather(*formats())
    assert (cause.id, cause.checks) == ("ignored:response_format", 3)


def test_a_wrong_format_that_is_accepted_stays_apart_where_another_format_is_obeyed() -> None:
    assert ids(gather(*formats(rejected=True))) == {
        "ignored:response_format",
        "accepted:chat/completions/structured.edge",
    }


def test_what_another_exchange_was_needed_for_stands_behind_the_refusal_of_that_one() -> None:
    """As a mock without a fixture for one prompt shows it: the words are the engine's and the judge's."""
    needed = line("chat.finish_reason.stop/count_whole", 404)
    unsent = [
        f"chat.finish_reason.length/count_cut was not sent: it builds on {needed.label}, which answered 404",
        f"{needed.label} returned 404, expected 200",
    ]
    told = [
        runs.result(
            Verdict.INCONCLUSIVE,
            check=f"chat.finish_reason.length/count_cut/check_{number}",
            level=Level.MUST,
            unmeasured=True,
            reason=reason,
            exchanges=["chat.finish_reason.length/count_cut"],
        )
        for number, reason in enumerate(unsent)
    ]
    found = gather([deviates(needed.label), *told], [needed, line("chat.finish_reason.length/count_cut", None)])
    assert [cause.id for cause in found] == ["refused:chat/completions"]
    assert len(found[0].results) == 3


def crashes(probe: str, invalid: str, other: str) -> set[str]:
    probed, asked = "endpoints.absent_are_clean/probe[responses]", "responses.basic/no_input"
    lines = [
        line(probed, 500, operation="responses", said=probe, expects=[200, 400]),
        wrong(asked, 500, operation="responses", said=invalid),
        wrong("embeddings.errors/empty", 500, operation="embeddings", said=other),
        line("responses.basic/greeted", operation="responses"),
    ]
    return ids(gather([deviates(one.label) for one in lines[:3]], lines))


def test_the_probe_of_a_route_that_fails_as_an_invalid_request_does_is_the_same_cause() -> None:
    said = "req.input is not iterable"
    alone = {"crashed:responses/responses.basic", "crashed:embeddings/embeddings.errors"}
    assert crashes(said, said, "other") == alone
    name = "Internal Server Error"
    for probe, invalid, other in ((said, "x of y", "other"), (said, said, said), (name, name, "other")):
        assert crashes(probe, invalid, other) == alone | {"crashed:responses/endpoints.absent_are_clean"}
