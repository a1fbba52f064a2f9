"""What users of several clients get from named responses, and what becomes of clients that misbehave."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from conformance.causes.survivors import is_proof, seen, told_of, who_breaks
from conformance.lens import cuts, driver
from conformance.lens.cuts import unnoticed
from conformance.lens.driver import Command, Driver, read_commands
from conformance.lens.lens import views_of
from conformance.lens.survey import Told, survey
from conformance.lens.view import Outcome, View
from conformance.log.harm import Client
from conformance.log.records import Footer, read
from conformance.run import lens
from conformance.wire.exchange import Exchange
from conformance.wire.response import Ending
from conformance.wire.verdict import UsageError, Verdict
from tests import runs
from tests.fakes import answer, asking, observed

ROOT = Path(__file__).parents[1]
INSTALLED = Path(os.environ.get("LENS_CLIENTS", ROOT / ".nox" / ".cache" / "lens" / "clients.json"))
installed = pytest.mark.skipif(not INSTALLED.is_file(), reason="`nox -s lens` has not installed the clients")

USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
SCHEMA = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
PARSED = {"response_format": {"type": "json_schema", "json_schema": {"name": "person", "schema": SCHEMA}}}
TOOL = {"type": "function", "function": {"name": "clock", "parameters": {"type": "object"}}}


def completion(content: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": content, "refusal": None}
    choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice], "usage": USAGE}


def chunks(*deltas: dict[str, Any], finish: str | None = "stop") -> bytes:
    ended: list[tuple[dict[str, Any], str | None]] = [(delta, None) for delta in deltas]
    lines = []
    for delta, reason in [*ended, ({}, finish)]:
        choice = {"index": 0, "delta": delta, "finish_reason": reason}
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}
        lines.append(f"data: {json.dumps(chunk)}\n\n")
    return "".join([*lines, "data: [DONE]\n\n"]).encode()


def calls(*indexes: int | None) -> bytes:
    """Return a stream of calls with these indexes; None: without one."""
    made = [
        {
            **({} if index is None else {"index": index}),
            "id": f"call_{number}",
            "type": "function",
            "function": {"name": "clock", "arguments": '{"city": "Paris"}'},
        }
        for number, index in enumerate(indexes)
    ]
    return chunks(
        {"role": "assistant", "content": None}, *({"tool_calls": [call]} for call in made), finish="tool_calls"
    )


def streamed(body: bytes, **changes: Any) -> Exchange:
    return observed(
        request=asking(stream=True, tools=[TOOL]), response=answer(body, 200, "text/event-stream"), **changes
    )


PLAIN = observed(completion("Hello."))
GOOD_CALLS = streamed(calls(0, 1))


def view(text: str = "Hello.", calls: Any = (), **changes: Any) -> View:
    return View({"text": text, "tool calls": list(calls), "finish reason": ["stop"], "usage": [3, 2], **changes})


CALL = [True, "clock", '{"city": "Paris"}']
BOTH = {"one": {"loop": view(calls=[CALL, CALL])}, "other": {"stream": view(calls=[CALL, CALL])}}
SURVEYS: dict[str, tuple[Mapping[str, Mapping[str, View]], Mapping[str, Mapping[str, View]], str, str]] = {
    "alike": (BOTH, BOTH, "survives: ", "survives: "),
    "one-loses-a-call": (
        {**BOTH, "one": {"loop": view(calls=[CALL])}},
        BOTH,
        "loses data silently: loop: 1 of 2 tool calls",
        "survives: ",
    ),
    "one-makes-two-calls-of-one": (
        {**BOTH, "one": {"loop": view(calls=[CALL, CALL])}, "other": {"stream": view(calls=[CALL])}},
        {"one": {"loop": view(calls=[CALL])}, "other": {"stream": view(calls=[CALL])}},
        "loses data silently: loop: 2 tool calls where others give 1",
        "survives: ",
    ),
    "one-joins-arguments": (
        {**BOTH, "one": {"loop": view(calls=[CALL, [True, "clock", "{}{}"]])}},
        BOTH,
        "loses data silently: loop: 1 of 2 tool calls with arguments that can be read",
        "survives: ",
    ),
    "one-loses-text": (
        {"one": {"loop": view("Hel")}, "other": {"stream": view("Hello.")}},
        {"one": {"loop": view("Good day.")}, "other": {"stream": view("Good day.")}},
        "loses data silently: loop: 3 of 6 characters of text",
        "survives: ",
    ),
    "one-never-gives-usage": (
        {"one": {"loop": view(usage=[])}, "other": {"stream": view()}},
        {"one": {"loop": view(usage=[])}, "other": {"stream": view()}},
        "survives: ",
        "survives: ",
    ),
    "one-raises": (
        {**BOTH, "one": {"loop": View({}, "TypeError", "no")}},
        BOTH,
        "raises: loop: no",
        "survives: ",
    ),
    "one-raises-on-the-faithful-one-too": (
        {**BOTH, "one": {"loop": View({}, "TypeError", "no")}},
        {**BOTH, "one": {"loop": View({}, "TypeError", "no")}},
        "not looked at: ",
        "survives: ",
    ),
    "one-raises-by-design": (
        {**BOTH, "one": {"loop": View({}, "LengthFinishReasonError", "cut")}},
        BOTH,
        "survives: ",
        "survives: ",
    ),
    "fewer-vectors-than-requested": (
        {"one": {"create": View({"vectors": [[0, 2, []]]})}, "other": {"create": View({"vectors": [[0, 2, []]]})}},
        {name: {"create": View({"vectors": [[0, 2, []], [1, 2, []]]})} for name in ("one", "other")},
        "loses data silently: create: 1 of 2 vectors",
        "loses data silently: create: 1 of 2 vectors",
    ),
}


@pytest.mark.parametrize(("found", "control", "one", "other"), SURVEYS.values(), ids=SURVEYS)
def test_each_client_is_held_to_what_its_call_gives_of_the_faithful_response_and_to_the_others(
    found: Mapping[str, Mapping[str, View]], control: Mapping[str, Mapping[str, View]], one: str, other: str
) -> None:
    told = survey(found, control)
    assert (said(told["one"]), said(told["other"])) == (one, other)


def said(told: Told) -> str:
    return f"{told.outcome}: {told.reason}"


def test_without_a_faithful_response_nothing_is_told() -> None:
    told = survey(BOTH, {})["one"]
    assert (told.outcome, told.why) == (Outcome.UNSEEN, "there is no faithful response")


def test_parse_is_called_where_the_request_has_a_schema() -> None:
    good = observed(completion('{"name": "Ada"}'), request=asking(**PARSED))
    assert views_of(good)["parse"].got["parsed"] == [{"name": "Ada"}]
    prose = observed(completion("Ada"), request=asking(**PARSED))
    assert views_of(prose)["create"].raised == ""
    assert views_of(prose)["parse"].raised == "ValidationError"
    assert "parse" not in views_of(PLAIN)


@pytest.mark.parametrize("exchange", [PLAIN, GOOD_CALLS])
def test_rare_ways_to_call_give_the_same_of_a_good_response(exchange: Exchange) -> None:
    views = views_of(exchange, deep=True)
    assert len(views) == 4
    assert {name for name, view in views.items() if view.raised} == set()
    assert len({json.dumps([view.got["text"], view.got["tool calls"]]) for view in views.values()}) <= 2


def test_a_status_after_which_the_client_asks_again_is_told() -> None:
    error = {"error": {"message": "No."}}
    assert [views_of(observed(error, status))["create"].again for status in (400, 404, 429, 500)] == [
        False,
        False,
        True,
        True,
    ]


# What a driver may do; each reads its lines from `sys.stdin`.
HELLO = "import json, sys, time\nsay = lambda x: print(json.dumps(x), flush=True)\nsay({'versions': {'fake': '1'}})\n"
EACH = "for line in sys.stdin:\n    given = json.loads(line)\n    "
ECHO = "say({'number': given['number'], 'views': {'call': {'got': {'place': given['place']}}}})\n"
MISBEHAVIORS = {
    "ends": (HELLO + EACH + "sys.exit()\n", "ended"),
    "never-starts": ("import sys\nsys.exit(1)\n", "ended"),
    "is-silent": (HELLO + EACH + "time.sleep(60)\n", "says nothing for 2 s"),
    "says-prose": (HELLO + EACH + "print('hello', flush=True)\n", "says what is not a JSON object"),
    "says-too-much": (HELLO + EACH + "print('x' * 100_000, flush=True)\n", "says too much"),
}


def fake(folder: Path, code: str) -> Driver:
    return Driver("fake", Command(title="a fake", command=[sys.executable, "-c", code]), folder)


def test_a_driver_is_started_once_and_answers_every_exchange(tmp_path: Path) -> None:
    with fake(tmp_path, HELLO + EACH + ECHO) as one:
        assert one.versions == {"fake": "1"}
        places = [one.views(exchange)["call"].got["place"] for exchange in (PLAIN, GOOD_CALLS, PLAIN)]
    assert places == ["POST chat/completions", "POST chat/completions streamed", "POST chat/completions"]
    assert one.lost == ""


@pytest.mark.parametrize(("code", "lost"), MISBEHAVIORS.values(), ids=MISBEHAVIORS)
def test_a_driver_that_misbehaves_tells_nothing_and_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, lost: str
) -> None:
    monkeypatch.setattr(driver, "EACH_S", 2.0)
    monkeypatch.setattr(driver, "STARTS", 2)
    monkeypatch.setattr(driver, "LONGEST_LINE", 10_000)
    with fake(tmp_path, code) as one:
        assert [one.views(PLAIN) for _ in range(3)] == [{}, {}, {}]
        assert one.lost == lost


def test_a_driver_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    with Driver("x", Command(title="x", command=["no-such-program-here"]), tmp_path) as one:
        assert one.views(PLAIN) == {}
    assert one.lost == "cannot be started: No such file or directory"


@pytest.mark.parametrize("views", ["[]", "{'call': 7}", "{'call': {'got': []}}"])
def test_what_is_not_a_view_is_left_out(tmp_path: Path, views: str) -> None:
    with fake(tmp_path, f"{HELLO}{EACH}say({{'number': given['number'], 'views': {views}}})\n") as one:
        assert one.views(PLAIN) == {}


def test_a_list_of_clients_that_is_wrong_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "clients.json"
    with pytest.raises(UsageError, match="cannot be read"):
        read_commands(path)
    path.write_text('{"x": {"title": "X", "command": []}}', encoding="utf-8")
    with pytest.raises(UsageError, match=r"x\.command"):
        read_commands(path)


def client(name: str, outcome: Any, reason: str = "", **changes: Any) -> Client:
    return Client(target="a", exchange="x/y", client=name, title=name, outcome=outcome, reason=reason, **changes)


def test_who_breaks_names_each_client_the_worst_first() -> None:
    told = [
        client("A", "survives"),
        client("B", "raises", "stream helper: no index", raised="TypeError"),
        client("C", "loses", "loop: 1 of 2 tool calls", calls={"loop": "loses data silently"}),
    ]
    assert who_breaks(["x/y"], told) == (
        "C loses data silently in `loop` (1 of 2 tool calls); B raises TypeError in `stream helper` (no index); "
        "A survives"
    )
    assert who_breaks(["x/y"], told[:1]) == ""
    alike = [told[2].model_copy(update={"client": name, "title": name}) for name in ("C", "D")]
    assert who_breaks(["x/y"], [client("E", "survives"), *told, alike[1]]) == (
        "C and D lose data silently in `loop` (1 of 2 tool calls); B raises TypeError in `stream helper` (no index); "
        "E and A survive"
    )


def test_a_client_that_does_one_thing_here_and_another_there_is_not_named() -> None:
    here = client("B", "raises", "loop: no", raised="TypeError", calls={"loop": "raises TypeError"})
    there = client("B", "survives", calls={"loop": "survives"})
    assert who_breaks(["x/y", "x/z"], [here, there.model_copy(update={"exchange": "x/z"})]) == ""
    # Where the call that raises could not be told, that is no proof against it.
    untold = there.model_copy(update={"exchange": "x/z", "calls": {"stream helper": "survives"}})
    assert who_breaks(["x/y", "x/z"], [here, untold]) == "B raises TypeError in `loop` (no)"


def test_what_is_lost_is_not_blamed_on_a_key_that_does_not_hold_it() -> None:
    lost = client("C", "loses", "loop: no text")
    assert [one.outcome for one in told_of(frozenset({"service_tier"}), [lost], {})] == ["survives"]
    assert [one.outcome for one in told_of(frozenset({"content"}), [lost], {})] == ["loses"]


def test_where_other_keys_are_wrong_too_a_client_that_names_none_breaks_perhaps_by_them() -> None:
    raising = client("B", "raises", "streamText: invalid chunk", raised="Invalid")
    wrong = {"x/y": frozenset({"index", "id"})}
    (told,) = told_of(frozenset({"index"}), [raising], wrong)
    assert who_breaks(["x/y"], [told]) == (
        "B raises Invalid in `streamText` (invalid chunk), perhaps by another cause in the same responses"
    )
    assert not is_proof(told)
    (alone,) = told_of(frozenset({"index", "id"}), [raising], wrong)
    assert is_proof(alone)


def test_what_is_lost_is_said_only_beside_a_faithful_response_and_where_it_is_lost_nowhere_else() -> None:
    lost = client("C", "loses", "loop: 1 of 2 tool calls", calls={"loop": "loses data silently"})
    elsewhere = lost.model_copy(update={"exchange": "x/z", "reason": "loop: 2 of 3 tool calls"})
    assert who_breaks(["x/y"], [lost]) == "C loses data silently in `loop` (1 of 2 tool calls)"
    assert who_breaks(["x/y"], [lost, elsewhere]) == ""
    assert who_breaks(["x/y"], [lost.model_copy(update={"calls": {}})]) == ""


def test_a_client_that_breaks_for_another_reason_is_not_said_to_survive() -> None:
    raising = client("B", "raises", "stream helper: no `index`", raised="TypeError")
    told = told_of(frozenset({"id"}), [raising, client("C", "loses", "loop: no text")], {"x/y": frozenset({"index"})})
    assert (who_breaks(["x/y"], told), seen(["x/y"], told)) == ("", [])


def kept(folder: Path, body: bytes) -> Path:
    """Return a run's folder whose one result deviates in a chat completion."""
    line = runs.recorded(folder, runs.json_answer(body), id="chat.basic/hello")
    before = Client(target="alpha", exchange=line.label, outcome="survives")
    result = runs.result(Verdict.DEVIATES, exchanges=[line.label], places=[line.label])
    runs.write_log(runs.run(folder, [runs.target()], [line, result, before]))
    return folder


def test_a_kept_run_says_in_its_log_and_reports_what_each_client_does(tmp_path: Path, capsys: Any) -> None:
    folder = kept(tmp_path / "run", b'{"choices": null}')
    clients = tmp_path / "clients.json"
    code = HELLO + EACH + "say({'number': given['number'], 'views': {'call': {'got': {'text': 'x'}}}})\n"
    clients.write_text(json.dumps({"fake": {"title": "a fake", "command": [sys.executable, "-c", code]}}))
    assert lens.main([str(folder), "--clients", str(clients)]) == 0
    told = {one.client: one for one in read(folder).clients}
    assert {name: one.outcome for name, one in told.items()} == {"openai-python": "raises", "fake": "survives"}
    assert set(told["openai-python"].calls) == {"create", "async create", "raw response", "streaming response"}
    assert isinstance(read(folder).footer, Footer)
    out = capsys.readouterr().out
    assert "the official Python client: raises 1" in out
    assert "the official Python client raises TypeError in `create`" in out
    causes = json.loads((folder / "matrix.json").read_text("utf-8"))["targets"][0]["causes"]
    assert [one["title"] for one in causes[0]["clients"]] == ["the official Python client", "a fake"]
    # Once more it says the same, and nothing twice.
    assert lens.main([str(folder), "--clients", str(clients)]) == 0
    assert len(read(folder).clients) == 2


def test_a_run_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    assert lens.main([str(tmp_path / "none"), "--runs", str(tmp_path)]) == 4


NO_INDEX, ONE_INDEX = streamed(calls(None)), streamed(calls(0, 0))
CUT = replace(streamed(calls(0, 1).partition(b"data: [DONE]")[0]), ending=Ending.PEER)


@installed
@pytest.mark.parametrize(
    ("exchange", "outcomes"),
    [
        (GOOD_CALLS, {"openai-node": "survives", "ai-sdk": "survives", "langchain": "survives"}),
        (ONE_INDEX, {"openai-node": "loses data silently", "ai-sdk": "survives"}),
        (CUT, {"openai-node": "raises", "ai-sdk": "raises", "langchain": "raises"}),
    ],
)
def test_the_installed_clients_do_what_they_are_known_for(exchange: Exchange, outcomes: dict[str, str]) -> None:
    commands = read_commands(INSTALLED)
    found: dict[str, dict[str, View]] = {"openai-python": views_of(exchange)}
    control: dict[str, dict[str, View]] = {"openai-python": views_of(GOOD_CALLS)}
    for name, command in commands.items():
        with Driver(name, command, INSTALLED.parent) as one:
            control[name], found[name] = one.views(GOOD_CALLS), one.views(exchange)
    told = survey(found, control)
    assert {name: told[name].outcome.value for name in outcomes} == outcomes


def test_a_stream_that_says_its_end_too_early_looks_whole_wherever_it_is_cut() -> None:
    said = [{"role": "assistant", "content": "Hel"}, {"content": "lo."}, {"content": " Bye."}]
    good = streamed(chunks(*said))
    early = streamed(chunks(*said).replace(b'"finish_reason": null', b'"finish_reason": "stop"'))
    assert unnoticed(good, views_of)["loop"] == (0, 4)
    assert unnoticed(early, views_of)["loop"] == (2, 4)
    assert cuts.said(unnoticed(early, views_of), unnoticed(good, views_of)).startswith(
        "cuts of this stream that look whole, in loop: 2 of 4"
    )
    assert cuts.said(unnoticed(good, views_of), unnoticed(good, views_of)) == ""


def test_a_long_stream_is_cut_a_few_times() -> None:
    assert len(cuts.cut(streamed(chunks(*[{"content": "a"}] * 500)))) <= cuts.MOST
    assert cuts.cut(streamed(b"")) == []


def test_deviations_of_the_zoo_are_given_to_clients_too(capsys: Any) -> None:
    assert lens.main(["--zoo", "stream-tool-delta-index-missing"]) == 0
    head, _, row = capsys.readouterr().out.splitlines()
    assert head == "| deviation | the official Python client |"
    assert row.startswith("| `stream-tool-delta-index-missing` | **raises TypeError** (stream helper: ")


def test_a_deviation_that_is_not_there_is_wrong_use(capsys: Any) -> None:
    assert lens.main(["--zoo", "no-such-deviation"]) == 4
    assert "no deviation is named `no-such-deviation`" in capsys.readouterr().err
