"""What a drift is written as: a page, Markdown, and texts of issues; nothing that an endpoint said becomes markup."""

import json
import re
from pathlib import Path

import pytest

from conformance.contract.derive import derive
from conformance.drift.advice import advice
from conformance.drift.drift import Drift, drift
from conformance.drift.issues import issue
from conformance.drift.page import drift_markdown
from conformance.drift.web import drift_html
from conformance.log.records import Run
from conformance.report.markdown import code, quoting, words
from conformance.wire.verdict import Verdict
from tests.compared import COMPLETION, DONE, faithful, gateway, judged, made, side, streamed
from tests.runs import HOSTILE, json_answer

EVIL = "@octocat ` <img src=x> [l](javascript:0)"


def drifted(now: Run, before: Run) -> Drift:
    return drift(derive([side(before, "alpha")]), side(now, "alpha"))


def hostile(folder: Path) -> Run:
    """A run whose response has a key that is markup, of which a check repeats hostile text."""
    body = json.dumps({**COMPLETION, EVIL: 1}).encode()
    answers = {"hello": json_answer(body), "streamed": streamed(done=True)}
    return made(folder, {}, answers, [judged(DONE, Verdict.DEVIATES, reason=HOSTILE)])


def outside_of_code(markdown: str) -> str:
    return re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", markdown, flags=re.DOTALL)


def test_the_first_words_of_the_page_are_what_changed_who_moved_and_what_to_do(tmp_path: Path) -> None:
    text = drift_html(drifted(gateway(tmp_path / "b"), faithful(tmp_path / "a")))
    places = [text.index(part) for part in ("breaking", "What changed, and who moved", "What to do", "Breaking: ")]
    assert places == sorted(places)
    assert "Moved: the vendor" in text


def test_what_is_the_same_is_said_in_a_line(tmp_path: Path) -> None:
    assert "Nothing changed." in drift_html(drifted(faithful(tmp_path / "b"), faithful(tmp_path / "a")))


def test_what_was_not_measured_stands_first(tmp_path: Path) -> None:
    text = drift_html(drifted(gateway(tmp_path / "b", mode="rehearse"), faithful(tmp_path / "a")))
    assert text.index("Not measured") < text.index("<h1>")


def test_what_to_do_is_said_of_what_breaks_and_names_the_commands(tmp_path: Path) -> None:
    found = drifted(gateway(tmp_path / "b"), faithful(tmp_path / "a"))
    told = list(advice(found))
    assert len(told) == len({finding.moved.who for finding in found.breaking})
    assert any("python -m conformance contract --target alpha --from" in line for line in told)


def test_an_issue_has_all_that_a_vendor_needs_to_act(tmp_path: Path) -> None:
    found = drifted(gateway(tmp_path / "b"), faithful(tmp_path / "a"))
    finding = next(one for one in found.breaking if one.parts and DONE in one.parts[0])
    text = issue(found, finding)
    assert "- **Required:** The last event of a chat completion stream is `data: [DONE]`." in text
    assert "- **Before:** `conforms`" in text
    assert "- **Now:** `deviates" in text
    gone = next(one for one in found.breaking if one.id.endswith("$.id:gone"))
    text = issue(found, gone)
    assert "| `r-1` |" in text
    assert "2026-11-21 03:12:00" in text
    assert "\n```sh\ncurl " in text


def test_nothing_that_an_endpoint_said_is_markup_a_mention_or_a_link(tmp_path: Path) -> None:
    found = drifted(hostile(tmp_path / "b"), faithful(tmp_path / "a"))
    assert any("octocat" in finding.says for finding in found.findings)
    for text in [drift_markdown(found), *(issue(found, finding) for finding in found.findings)]:
        rest = outside_of_code(text)
        assert not re.search(r"@\w|<img|<script|\[l\]\(|evil\.example", rest)
    assert "<img" not in drift_html(found)


@pytest.mark.parametrize("text", ["mail @octocat", "a@b.example", "@octocat/team"])
def test_words_make_no_mention(text: str) -> None:
    assert not re.search(r"@\w", words(text))


def test_what_stands_between_backticks_is_code_and_a_lone_backtick_is_none() -> None:
    assert quoting("model `a_b`: gone, now `c`") == "model `a_b`: gone, now `c`"
    assert quoting("one ` alone_") == r"one  alone\_"
    assert quoting("`x`") == code("x")
