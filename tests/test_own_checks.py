"""Checks and exchanges of one's own, in a folder beside those of the suite."""

import json

import pytest

from conformance.wire.verdict import Verdict
from tests import hostile
from tests.hostile import CHAT, serving
from tests.whole_run import KEY, Runner, endpoint, run

__all__ = ["run"]

EXCHANGES = '''
"""What is sent beside what the suite sends."""

from conformance import MUST, Capability, Request, Target, exchange
from conformance.requests import post, user

GREETING = Capability("acme.greeting", MUST, "a greeting")


@exchange(GREETING)
def greeting(target: Target) -> Request:
    """A greeting."""
    return post("/chat/completions", {"model": target.model("chat"), "messages": [user("Good day")]})
'''

CHECKS = '''
"""What must hold."""

from acme.exchanges import GREETING, greeting
from conformance import OBSERVED, Exchange, Kind, must

any_completion = Kind("any_completion", "chat completion", "POST", "chat/completions", streamed=False)


@must(GREETING, says=OBSERVED("our agreement", "https://example.com/agreement", "2026-11"))
def test_role_is_assistant(greeting: Exchange) -> None:
    """The role of the message is `assistant`."""
    assert greeting.at("choices.0.message.role", str) == "assistant"


@must(GREETING, says=OBSERVED("our agreement", "https://example.com/agreement", "2026-11"), witness=(greeting,))
def test_object_is_named(any_completion: Exchange) -> None:
    """`object` is `chat.completion`."""
    assert any_completion.at("object", str) == "chat.completion"
'''

OWN = {"acme.greeting/greeting/role_is_assistant", "acme.greeting/any_completion/object_is_named"}
WRONG_ROLE = hostile.on_path(CHAT, hostile.json_answer(hostile.chat(role="model")))


def acme(run: Runner, **files: str) -> Runner:
    """Write the package and return a runner beside it that collects a small part of the suite."""
    folder = run.root / "own" / "acme"
    folder.mkdir(parents=True)
    written = {"__init__": "", "exchanges": EXCHANGES, "test_greeting": CHECKS, **files}
    for name, text in written.items():
        (folder / f"{name}.py").write_text(text.lstrip("\n"), encoding="utf-8")
    return Runner(run.pytester, ("conformance.checks.models",))


@pytest.mark.parametrize("more", [("--import-mode=prepend",), ("--import-mode=importlib",), ("-n", "2")])
def test_they_are_run_beside_those_of_the_suite(run: Runner, more: tuple[str, ...]) -> None:
    named = ("--checks", "own/acme", "--capability", "acme.*", "--capability", "models.list")
    with serving(WRONG_ROLE) as server:
        ran = acme(run).process(*endpoint(server.base_url), *named, *more)
    found = {result.check: result for result in ran.run.results}
    assert set(found) > OWN, ran.said
    assert {result.capability.split(".")[0] for result in ran.run.results} == {"acme", "models"}
    assert (
        found["acme.greeting/greeting/role_is_assistant"].reason
        == "`choices.0.message.role` is 'model', expected 'assistant'"
    )
    assert found["acme.greeting/any_completion/object_is_named"].verdict is Verdict.CONFORMS
    assert sum(b"Good day" in seen.body for seen in server.seen) == 1
    assert ran.code == 1
    assert hostile.files_with(run.root / "reports", KEY) == []


def test_they_are_listed(run: Runner) -> None:
    said = acme(run)("--checks", "own/acme", "--capability", "acme.*", "--list", "--format", "json").said
    (listed,) = json.loads(said)["capabilities"]
    assert (listed["title"], listed["level"]) == ("a greeting", "must")
    assert {one["id"] for one in listed["checks"]} > OWN


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {"test_more": "import json\nimport nothing_like_it\n"},
            "test_more.py, line 2: ModuleNotFoundError: No",
        ),
        ({"exchanges": "\ndef greeting(:\n"}, "exchanges.py, line 1: invalid syntax"),
        ({"test_greeting": CHECKS.replace("(greeting: E", "(greting: E")}, "test_greeting.py, line 9: acme.test_gree"),
    ],
    ids=["import", "syntax", "name"],
)
def test_what_does_not_load_is_wrong_use_with_its_place(run: Runner, files: dict[str, str], reason: str) -> None:
    ran = acme(run, **files)("--checks", "own/acme", "--collect-only")
    assert ran.code == 4, ran.said
    assert reason in ran.said
    assert "Traceback" not in ran.said


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("own", "the folder is not a package: it has no __init__.py"),
        ("nothing.like.it", "there is no such package or folder"),
        ("json.decoder", "there is no such package or folder"),
        ("json", "another package is called `json`"),
    ],
)
def test_what_is_not_a_package_is_wrong_use(run: Runner, given: str, reason: str) -> None:
    acme(run)
    if given == "json":
        (run.root / "json").mkdir()
        (run.root / "json" / "__init__.py").touch()
    ran = run("--checks", given, "--list")
    assert ran.code == 4
    assert reason in ran.said
