"""Checks of a kind: which responses they read, and what the verdicts on many responses come to."""

from typing import Any

import pytest

from conformance.definition.assertions import conforms
from conformance.definition.kind import Condition, Kind
from conformance.judge.judge import Judgement, judge
from conformance.plan.expand import expand, taken
from conformance.wire.capability import Level
from conformance.wire.exchange import Exchange, Exchanges, Facet
from conformance.wire.request import Request, get, post, user
from conformance.wire.response import Ending
from conformance.wire.verdict import Inconclusive, Verdict
from tests.fakes import EXTRA, GOOD, asking, check, error, key, observed, silent, spec, target, unsent

witness = spec("asked")
other = spec("another")
chat_completion = Kind("chat_completion", "chat completion", "POST", "chat/completions", streamed=False)
rejection = Kind("rejection", "error response", success=False)

OFFERS_TOOLS = Condition("a tool is offered", lambda request: bool(request.json.get("tools")))

CHAT = asking()
WITH_TOOLS = post("/chat/completions", {"model": "m-1", "messages": [user("Hi")], "tools": [{}]})
BAD = {**GOOD, "usage": {"total_tokens": 4}}


def adds_up(chat_completion: Exchange) -> None:
    """`usage.total_tokens` is 3."""
    if not chat_completion.has("usage"):
        raise Inconclusive("there is no usage")
    assert chat_completion.at("usage.total_tokens", int) == 3


def ids_differ(chat_completion: Exchanges) -> None:
    """`id` is distinct."""
    assert len({one.get("id") for one in chat_completion}) == len(chat_completion)


def says_why(rejection: Exchange) -> None:
    """`error.message` is a string."""
    rejection.at("error.message", str)


def judged(*exchanges: Exchange, function: Any = adds_up, claimed: bool = True, **options: Any) -> Judgement:
    made = check(function, EXTRA, witness=(witness,), **options)
    return judge(made, {next(iter(made._named)): exchanges}, claimed=claimed)


def plain(**changes: Any) -> Exchange:
    return observed(**{"request": CHAT, **changes})


def test_any_response_of_the_kind_that_deviates_makes_the_check_deviate() -> None:
    found = judged(plain(), plain(body=BAD, id="fake.owed/another"), plain(body=BAD, case="x"), plain())
    assert found.verdict is Verdict.DEVIATES
    assert found.places == ("fake.owed/another", "fake.owed/asked[x]")
    assert found.judged == 4
    assert found.reason.endswith("(2 of 4 responses, the first: fake.owed/another)")


def test_each_finding_says_its_own_part_of_what_is_wrong() -> None:
    def whole(chat_completion: Exchange) -> None:
        """The body is a model."""
        conforms(chat_completion, "Model", Level.MUST)

    found = judged(plain(body={"id": "m-1", "object": "model"}), function=whole)
    said = {one.finding: one.reason for one in found.shown}
    assert set(said) == {f"missing:Model/{name}" for name in ("created", "owned_by")}
    for finding, reason in said.items():
        own, other = sorted(("created", "owned_by"), key=lambda name: name not in finding)
        assert own in reason
        assert other not in reason


def test_it_conforms_only_if_one_response_met_the_condition() -> None:
    asks = post("/chat/completions", {"model": "m-1", "messages": [user("Hi")]})
    assert judged(plain(request=asks), when=(OFFERS_TOOLS,)).verdict is Verdict.INCONCLUSIVE
    assert "in which a tool is offered" in judged(plain(request=asks), when=(OFFERS_TOOLS,)).reason
    assert judged(plain(request=asks), plain(request=WITH_TOOLS), when=(OFFERS_TOOLS,)).verdict is Verdict.CONFORMS


def test_a_response_that_proves_nothing_is_not_counted() -> None:
    found = judged(plain(), plain(body={}))
    assert (found.verdict, found.judged, found.note) == (Verdict.CONFORMS, 1, "over 1 of 2 responses")
    alone = judged(plain(body={}))
    assert (alone.verdict, alone.reason) == (Verdict.INCONCLUSIVE, "there is no usage")


@pytest.mark.parametrize(
    "left_out",
    [
        plain(body=BAD, request=get("/chat/completions")),
        plain(body=BAD, request=post("/completions", {})),
        plain(body=BAD, request=post("/chat/completions", {"stream": True})),
        plain(body=BAD, status=400),
        plain(body=BAD, ending=Ending.STOPPED),
        plain(body=BAD, ending=Ending.PEER),
        plain(body=BAD, invalid=True),
        silent(),
        unsent(),
    ],
    ids=["method", "operation", "streamed", "status", "left by us", "broke off", "invalid", "silent", "unsent"],
)
def test_what_is_not_of_the_kind_is_left_out(left_out: Exchange) -> None:
    assert judged(plain(), left_out).verdict is Verdict.CONFORMS
    assert judged(plain(), left_out).judged == 1


def test_a_template_stands_for_one_segment() -> None:
    stored = Kind("stored", "stored response", "GET", "responses/{id}")
    assert stored.includes(plain(request=get("/responses/resp_1?include=x")))
    assert not stored.includes(plain(request=get("/responses/resp_1/input_items")))
    assert not stored.includes(plain(request=get("/responses")))


def test_errors_are_a_kind_whatever_was_asked() -> None:
    refused = [plain(body=error("no"), status=400), plain(body=error("gone"), status=404, request=get("/models/x"))]
    assert judged(*refused, function=says_why).verdict is Verdict.CONFORMS
    assert judged(*refused, plain(body={}, status=500), function=says_why).places == ("fake.owed/asked",)


def test_each_of_several_findings_has_only_the_places_that_show_it() -> None:
    rejections = [
        plain(body=body, status=400, case=case)
        for case, body in (("a", {}), ("b", {"error": {"message": 1}}), ("c", {}))
    ]
    first, second = judged(*rejections, function=says_why).shown
    assert first.places == ("fake.owed/asked[a]", "fake.owed/asked[c]")
    assert second.places == ("fake.owed/asked[b]",)
    assert second.reason.endswith("(1 of 3 responses, the first: fake.owed/asked[b])")
    assert judged(rejections[0], function=says_why).shown == ()


@pytest.mark.parametrize(
    ("asked", "claimed", "verdict"),
    [
        (plain(status=404, request=post("/x", {}), body=error("no")), False, Verdict.UNSUPPORTED),
        (plain(status=404, request=post("/x", {}), body=error("no")), True, Verdict.INCONCLUSIVE),
        (silent(), True, Verdict.ERROR),
        (plain(ending=Ending.UNRECORDED), True, Verdict.UNRECORDED),
    ],
)
def test_without_any_response_the_witness_says_why(asked: Exchange, *, claimed: bool, verdict: Verdict) -> None:
    assert judged(asked, claimed=claimed).verdict is verdict


def test_a_check_that_takes_all_is_called_once_with_all() -> None:
    same = judged(plain(), plain(), function=ids_differ)
    assert same.verdict is Verdict.DEVIATES
    assert judged(plain(), plain(body={**GOOD, "id": "other"}), function=ids_differ).note == "over 2 responses"


def test_what_a_recording_does_not_hold_is_inconclusive() -> None:
    lacking = plain(lacks=frozenset({Facet.HEADERS}))
    assert judged(lacking).verdict is Verdict.CONFORMS
    found = judged(lacking, reads=frozenset({Facet.HEADERS}))
    assert found.verdict is Verdict.INCONCLUSIVE
    assert "lacks what the check reads: headers" in found.reason
    assert judged(lacking, plain(), reads=frozenset({Facet.HEADERS})).judged == 1


def test_a_bug_in_the_check_is_an_error_even_beside_good_responses() -> None:
    def broken(chat_completion: Exchange) -> None:
        """`x` is there."""
        del chat_completion
        raise KeyError("x")

    broken.__globals__["chat_completion"] = chat_completion
    assert judged(plain(), function=broken).verdict is Verdict.ERROR


def test_a_check_of_a_kind_is_one_item_that_takes_the_whole_run_of_its_target() -> None:
    made = check(adds_up, EXTRA, witness=(witness,))
    (item,) = expand(made, target(), ())
    assert item.id == "fake.extra/chat_completion/adds_up"
    assert item.keys == (key(witness),)
    run = [key(other), key(witness), key(other, target="elsewhere")]
    assert taken(item, run) == {"chat_completion": (key(witness), key(other))}


def test_a_check_of_a_kind_without_a_witness_is_refused() -> None:
    with pytest.raises(TypeError, match="needs `witness=`"):
        expand(check(adds_up, EXTRA), target(), ())


def test_a_request_alone_decides_a_condition() -> None:
    assert OFFERS_TOOLS.holds(Request("POST", "/x", json={"tools": [1]}))
