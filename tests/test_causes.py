"""Results gathered into causes: one edit is one line, and a planted second bug stays visible."""

import re
from pathlib import Path
from typing import Any

import pytest

from conformance import causes
from conformance.causes.cause import Cause, Class, Damage, Weight
from conformance.causes.gather import gather
from conformance.causes.naming import canonical
from conformance.causes.world import UNKNOWN_PATH
from conformance.log.facts import without_ids
from conformance.log.harm import Client, Similar, SimilarDeviation
from conformance.log.records import ExchangeLine, Facts, Result, Shown
from conformance.plan.loader import load
from conformance.wire.capability import Level
from conformance.wire.operation import template
from conformance.wire.request import Key
from conformance.wire.response import Ending
from conformance.wire.verdict import Verdict
from tests import runs

GREETED, MADE_UP = "responses.basic/greeted", f"{UNKNOWN_PATH}[post]"


def line(label: str, status: int | None = 200, *, key: Key = Key.VALID, invalid: bool = False, **facts: Any) -> Any:
    id_, _, case = label.removesuffix("]").partition("[")
    given: dict[str, Any] = {"method": "POST", "operation": "chat/completions", "expects": [200], **facts}
    common: dict[str, Any] = {"target": "alpha", "id": id_, "case": case, "key": key, "invalid": invalid}
    ending = Ending.COMPLETE if status else Ending.UNSENT
    return ExchangeLine(**common, status=status, ending=ending, facts=Facts(**given))


def wrong(label: str, status: int, **facts: Any) -> Any:
    return line(label, status, invalid=True, **{"expects": [400], **facts})


def deviates(label: str, statement: str = "status", finding: str = "", **changes: Any) -> Result:
    capability = label.partition("/")[0]
    facts: dict[str, Any] = {
        "check": f"{label}/{statement}",
        "capability": capability,
        "statement": statement,
        "exchanges": [label],
        "findings": [finding or f"{capability}/{statement}"],
        "level": Level.SHOULD,
        **changes,
    }
    return runs.result(Verdict.DEVIATES, **facts)


def ids(found: tuple[Cause, ...]) -> set[str]:
    return {cause.id for cause in found}


def test_what_is_answered_like_a_made_up_path_is_one_cause() -> None:
    lines = [wrong(MADE_UP, 200, digest="d"), line(GREETED, digest="d"), line("moderations/moderated", digest="d")]
    results = [
        deviates(MADE_UP),
        deviates(GREETED, "has_output", "missing:responses/output"),
        deviates("moderations/moderated", "has_results", "missing:moderations/results"),
    ]
    (cause,) = gather(results, lines)
    assert (cause.sort, cause.checks, cause.places) == (Class.ROUTE, 3, 3)
    assert cause.proof


def test_another_bug_beside_a_missing_route_stays_a_line() -> None:
    lines = [wrong(MADE_UP, 200, digest="d"), line(GREETED, digest="another")]
    results = [deviates(MADE_UP), deviates(GREETED, "has_output", "missing:responses/output")]
    assert ids(gather(results, lines)) == {"route:unknown-path-200", "missing:Response/output"}


def test_accepted_and_crashed_are_two_causes() -> None:
    lines = [wrong(f"errors.field/wrong[{case}]", status) for case, status in zip("abc", (200, 500, 500), strict=True)]
    found = gather([deviates(one.label) for one in lines], lines)
    assert ids(found) == {"accepted:chat/completions/errors.field", "crashed:chat/completions/errors.field"}
    assert {cause.sort: cause.places for cause in found} == {Class.ACCEPTED: 1, Class.CRASHED: 2}


def test_rejections_of_several_kinds_that_become_one_gateway_status_are_one_cause() -> None:
    lines = [wrong("errors.field/wrong[a]", 502), wrong("params.range/wrong[b]", 502)]
    assert ids(gather([deviates(one.label) for one in lines], lines)) == {"status:upstream-502"}


def test_a_wrong_key_that_is_accepted_is_found_under_authentication() -> None:
    one = line("errors.sdk_mapping/invalid_key[wrong-key]", 200, key=Key.WRONG, invalid=True, expects=[401])
    assert ids(gather([deviates(one.label)], [one])) == {"authentication:wrong-key-accepted"}


def test_a_check_of_another_name_that_is_about_a_status_has_the_cause_of_the_status() -> None:
    label = "errors.sdk_mapping/invalid_key[no-key]"
    lines = [line(label, 500, key=Key.NONE, invalid=True, expects=[401])]
    other = deviates("auth.missing/invalid_key", "missing_key_is_rejected", "errors.sdk_mapping/status", places=[label])
    (cause,) = gather([deviates(label), other], lines)
    assert (cause.id, cause.checks) == ("authentication:missing-key-500", 2)
    beside = deviates("auth.missing/invalid_key", "missing_key_is_rejected", "missing:Response/status", places=[label])
    assert len(gather([deviates(label), beside], lines)) == 2


def test_streams_without_a_media_type_hide_no_missing_finish_reason() -> None:
    lines = [line(f"chat.stream.{name}/s", streamed=True) for name in "ab"]
    results = [deviates(one.label, "media_type") for one in lines]
    results.append(deviates("chat.stream.a/s", "ends", "missing:chat/completions chunk/choices.[].finish_reason"))
    found = gather(results, lines)
    assert len(found) == 2
    assert "media-type:chat/completions (stream)" in ids(found)


def test_a_finding_has_only_the_places_that_show_it() -> None:
    shown = [
        Shown(finding="missing:ErrorResponse/error", reason="no `error`", places=["files.api/listed"]),
        Shown(finding="missing:ErrorObject/type", reason="no `type`", places=["batch.api/listed"]),
    ]
    both = ["files.api/listed", "batch.api/listed"]
    lines = [
        line("files.api/listed", 400, error="a message alone", expects=[400]),
        line("batch.api/listed", 400, error="error object", expects=[400]),
    ]
    one = deviates("errors.envelope/error_response", "exception_has_a_type", places=both, shown=shown)
    one = one.model_copy(update={"findings": [each.finding for each in shown]})
    found = {cause.id: (cause.labels, cause.message) for cause in gather([one], lines)}
    assert found == {
        "envelope:a-message-alone": (("files.api/listed",), "no `error`"),
        "missing:ErrorObject/type": (("batch.api/listed",), "no `type`"),
    }


def test_an_ignored_format_hides_no_cut_json() -> None:
    results = [
        deviates("structured.schema/person", "holds", "ignored:response_format"),
        deviates("structured.edge/person_truncated", "truncated_json_ends_with_length"),
    ]
    assert ids(gather(results, [])) == {"ignored:response_format", "wrong-value:finish_reason/length"}


def test_who_ignores_the_good_picture_cannot_reject_the_bad_one() -> None:
    bad = wrong("vision.errors/invalid_image[cut]", 200)
    good = deviates("vision.base64/png", "picture_is_seen", "ignored:image_url")
    (cause,) = gather([good, deviates(bad.label)], [bad])
    assert (cause.id, cause.checks) == ("ignored:image_url", 2)


def test_who_ignores_the_name_of_an_offered_function_cannot_reject_another_name() -> None:
    other = "tools.choice.named/invalid_tool_choice"
    served = [wrong(f"{other}[function-not-offered]", 200), wrong(f"{other}[unknown-word]", 200)]
    results = [deviates(one.label) for one in served]
    forced = deviates("tools.choice.named/time_forced", "no_other_is_called", "ignored:tool_choice.function.name")
    accepted = "accepted:chat/completions/tools.choice.named"
    found = {cause.id: cause for cause in gather([*results, forced], served)}
    assert {name: cause.places for name, cause in found.items()} == {
        "ignored:tool_choice.function.name": 2,
        accepted: 1,
    }
    assert "has no effect" in found["ignored:tool_choice.function.name"].sentence
    assert ids(gather(results, served)) == {accepted}


def test_each_shape_of_an_error_body_is_a_cause() -> None:
    lines = [wrong("errors.a/x", 400, error="detail"), wrong("errors.b/x", 400, error="list around error")]
    both = [one.label for one in lines]
    one = deviates("errors.a/x", "error_is_an_object", "missing:ErrorResponse/error", places=both)
    assert ids(gather([one], lines)) == {"envelope:detail", "envelope:list-around-error"}


def test_what_was_not_measured_stands_below_what_prevented_it() -> None:
    failed = line("chat.basic/hello", 500, said="boom")
    behind = runs.result(Verdict.INCONCLUSIVE, unmeasured=True, reason="chat.basic/hello returned 500, expected 200")
    (cause,) = gather([behind, deviates("chat.basic/hello")], [failed])
    assert (cause.weight, cause.checks) == (Weight.GATING, 2)
    assert [c.weight for c in gather([behind], [failed])] == [Weight.UNMEASURED]


def test_what_is_known_in_one_place_and_new_in_another_is_two_lines() -> None:
    old = deviates("a/b", "s", "f", known={"reason": "r", "since": "2026-01-01"})
    assert [cause.weight for cause in gather([old, deviates("a/c", "s", "f")], [])] == [Weight.GATING, Weight.KNOWN]


def test_a_cause_has_the_highest_level_of_its_results() -> None:
    found = gather([deviates("a/b", "s", "f", level=Level.MAY), deviates("c/d", "t", "f", level=Level.MUST)], [])
    assert [cause.level for cause in found] == [Level.MUST]


def test_what_breaks_the_client_on_these_bytes_comes_first_and_says_so() -> None:
    results = [deviates("errors.x/a", "one", "f1", level=Level.MUST), deviates("embeddings/b", "two", "f2")]
    told = [Client(target="alpha", exchange="embeddings/b", outcome="raises", raised="TypeError", reason="no len()")]
    first, second = gather(results, [], clients=told)
    assert (first.id, first.damage) == ("f2", Damage.BREAKS)
    assert first.breaks == "the official Python client raises TypeError (no len())"
    assert second.breaks == ""


def test_a_client_that_survives_one_place_is_not_broken_by_the_cause() -> None:
    one = deviates("embeddings/b", "two", "f", places=["embeddings/b", "embeddings/c"])
    told = [
        Client(target="alpha", exchange="embeddings/b", outcome="raises", raised="TypeError"),
        Client(target="alpha", exchange="embeddings/c", outcome="survives"),
    ]
    (cause,) = gather([one], [], clients=told)
    assert cause.breaks == ""
    assert cause.damage is not Damage.BREAKS


def test_of_the_keys_that_a_response_lacks_the_one_that_the_client_reads_where_it_raises_is_to_blame() -> None:
    """A real server leaves out `annotations` and `content_index`: `output.content[None]` is what breaks."""
    events = deviates(
        "responses.stream/greeted_streamed",
        "events_have_the_documented_shape",
        findings=["missing:ResponseOutputText/annotations", "missing:ResponseTextDeltaEvent/content_index"],
    )
    said = "stream helper: list indices must be integers or slices, not NoneType"
    at = "content = output.content[event.content_index]"
    told = Client(target="alpha", exchange=events.exchanges[0], outcome="raises", raised="TypeError", reason=said)
    named = {
        cause.id: cause.damage
        for cause in gather([events], [], clients=[told.model_copy(update={"reason": f"{said}, at `{at}`"})])
    }
    assert named == {
        "missing:ResponseTextDeltaEvent/content_index": Damage.BREAKS,
        "missing:ResponseOutputText/annotations": Damage.COSMETIC,
    }
    assert {cause.damage for cause in gather([events], [], clients=[told])} == {Damage.BREAKS}
    padded = deviates(events.exchanges[0], "deltas_are_padded", "ignored:stream_options.include_obfuscation")
    told_at = told.model_copy(update={"reason": f"{said}, at `{at}`"})
    found = {cause.id: cause.breaks for cause in gather([events, padded], [], clients=[told_at])}
    assert [name for name, breaks in found.items() if breaks] == ["missing:ResponseTextDeltaEvent/content_index"]
    # Where another stream loses data for a reason of its own, that is no proof for what the first one survives.
    other = told.model_copy(
        update={"exchange": "responses.stream/weather_streamed", "outcome": "loses", "reason": "call"}
    )
    both = events.model_copy(update={"places": [told.exchange, other.exchange]})
    raising = told.model_copy(update={"reason": f"{said}, at `{at}`"})
    assert all(cause.damage is not Damage.FALSIFIES for cause in gather([both], [], clients=[raising, other]))


def test_a_key_that_is_new_and_missing_is_said_to_be_so_and_falsifies_nothing() -> None:
    finding = "new-key:ResponseUsageInputTokensDetails/cache_write_tokens"
    (cause,) = gather([deviates("responses.basic/greeted", "body_has_every_documented_key", finding)])
    assert (cause.damage, cause.sort) == (Damage.COSMETIC, Class.MISSING)
    assert "`ResponseUsageInputTokensDetails/cache_write_tokens` is missing" in cause.sentence


def test_a_client_that_raises_for_the_status_of_a_refusal_is_not_broken() -> None:
    refused = wrong("errors.a/x", 400, error="detail")
    one = deviates("errors.a/x", "error_is_an_object", "missing:ErrorResponse/error")
    told = [Client(target="alpha", exchange="errors.a/x", outcome="raises", raised="BadRequestError")]
    (cause,) = gather([one], [refused], clients=told)
    assert (cause.breaks, cause.damage) == ("", Damage.COSMETIC)


def test_similar_is_said_only_of_the_one_entry_that_all_results_share() -> None:
    results = [deviates("a/b", "one", "f"), deviates("a/c", "two", "f")]
    x, y = SimilarDeviation(id="x", breaks="LangChain"), SimilarDeviation(id="y", breaks="others")
    told = [
        Similar(target="alpha", check="a/b/one", deviations=[x, y]),
        Similar(target="alpha", check="a/c/two", deviations=[x]),
    ]
    assert gather(results, [], alike=told)[0].similar == x
    assert gather(results[:1], [], alike=told[:1])[0].similar is None


def test_a_valid_request_that_crashes_hides_no_crash_of_an_invalid_one() -> None:
    """One handler says the same of both, and each is a bug of its own where others are served."""
    wrong_json, seeded, hello = "errors.invalid_json/invalid_json[cut]", "params.seed/counted", "chat.basic/hello"
    lines = [wrong(wrong_json, 500, digest="d"), line(seeded, 500, digest="d"), line(hello)]
    found = gather([deviates(wrong_json, level=Level.MUST), deviates(seeded)], lines)
    assert ids(found) == {"crashed:chat/completions/errors.invalid_json", "crashed:chat/completions"}


def test_a_parameter_that_others_obey_is_not_said_to_have_no_effect() -> None:
    facts: dict[str, Any] = {"finding": "ignored:response_format", "places": ["structured.edge/person"]}
    (some,) = gather([deviates("structured.edge/chat_completion", "text_matches", judged=19, **facts)], [])
    assert some.sentence == "`response_format` has no effect in 1 of 19 responses."
    (alone,) = gather([deviates("structured.edge/chat_completion", "text_matches", judged=1, **facts)], [])
    assert alone.sentence == "`response_format` has no effect."


def test_what_no_stream_obeys_has_an_effect_where_most_other_responses_obey() -> None:
    finding = "ignored:response_format"
    streamed = deviates("structured.stream/s", "streamed_text_matches", finding, judged=1)
    plain = deviates("structured.edge/p", "text_matches", finding, judged=9, places=["structured.edge/p", "s/q", "s/r"])
    (cause,) = gather([streamed, plain])
    assert cause.sentence == "`response_format` has no effect in 4 of 10 responses."
    named = deviates("clients.chat/chat_structured", "structured_chat_parses", finding, places=["s/q"])
    assert [one.sentence for one in gather([streamed, plain, named])] == [cause.sentence]


def test_every_statement_that_a_rule_names_is_one_of_a_check() -> None:
    """A rule whose statement was renamed gathers nothing any more, and nobody sees that."""
    ids = (Path(__file__).parent / "ids" / "current.txt").read_text(encoding="utf-8").split()
    code = [path.read_text(encoding="utf-8") for path in Path(causes.__file__).parent.glob("*.py")]
    named = {name for text in code for name in re.findall(r'"(?:[a-z_.]+/)?([a-z0-9]+(?:_[a-z0-9]+){2,})"', text)}
    assert len(named) > 20
    sent = {spec.id.rpartition("/")[2] for check in load().checks if not check.builtin for spec in check.sent}
    assert named <= {one.rpartition("/")[2] for one in ids} | sent


def test_a_function_that_is_taken_away_is_no_choice_without_effect() -> None:
    named = "native.search_and_code/same_name_forced[googleSearch]"
    taken = deviates(
        named, "function_with_that_name_is_called", "taken-away:tools", exchanges=[named, "tools.basic/forced"]
    )
    chosen = deviates("tools.basic/chat_completion", "named_function_is_called", "ignored:tool_choice", places=[named])
    lines = [line(named), line("tools.basic/forced"), line("tools.basic/other_forced")]
    (cause,) = gather([taken, chosen], lines)
    assert (cause.id, cause.checks) == ("taken-away:tools", 2)
    everywhere = chosen.model_copy(update={"places": [named, "tools.basic/other_forced"]})
    assert ids(gather([taken, everywhere], lines)) == {"taken-away:tools", "ignored:tool_choice"}


def test_a_null_where_a_key_may_be_absent_is_cosmetic() -> None:
    (cause,) = gather([deviates("chat/one", "body_has_every_key", "null:ChatCompletionMessage/annotations")])
    assert cause.damage is Damage.COSMETIC


@pytest.mark.parametrize(
    ("finding", "name"),
    [
        ("missing:chat/completions/created", "missing:ChatCompletion/created"),
        ("missing:responses/output", "missing:Response/output"),
        ("missing:chat/completions chunk/usage/total_tokens", "missing:CompletionUsage/total_tokens"),
        ("missing:somewhere/else", "missing:somewhere/else"),
        ("ignored:stop", "ignored:stop"),
    ],
)
def test_a_key_has_one_name_whoever_found_it(finding: str, name: str) -> None:
    assert canonical(finding) == name


@pytest.mark.parametrize(
    ("path", "operation"),
    [
        ("/responses/resp_E1HdMJGS", "responses/{response_id}"),
        ("/models/no-such-model-4f1c", "models/{model}"),
        ("/files/file-0000/content", "files/{file_id}/content"),
        ("/chat/completions", "chat/completions"),
        ("/responses/input_tokens?x=1", "responses/input_tokens"),
    ],
)
def test_an_operation_holds_no_id(path: str, operation: str) -> None:
    assert template(path) == operation


def test_bodies_are_the_same_without_ids_times_and_their_own_path() -> None:
    one = without_ids('{"id": "req_0a1b2c3d4e", "at": 1795758119, "path": "/v1/responses"}', "/responses")
    assert one == without_ids('{"id": "req_ffee0011aa", "at": 1795758120, "path": "/v1/nope"}', "/nope")


def test_a_route_that_serves_others_is_there_whatever_it_says_of_one_request() -> None:
    refused = line("vision.base64/picture", 500, said="image input is not supported", digest="d")
    served = line("chat.basic/hello", digest="e")
    (without,) = gather([deviates("vision.base64/picture")], [refused])
    (beside,) = gather([deviates("vision.base64/picture")], [refused, served])
    assert (without.sort, beside.sort) == (Class.ROUTE, Class.CRASHED)


def test_what_the_client_survives_in_a_stream_is_not_said_to_break_it() -> None:
    one = deviates("chat.stream.chunk_schema/x", "role_is_sent_once", places=["a/b"])
    (cause,) = gather([one], [], clients=[Client(target="alpha", exchange="a/b", outcome="survives")])
    assert (cause.damage, cause.agents) == (Damage.FALSIFIES, True)
