"""What a target's file says of its server: what is wrong with it is told, and what it names is there."""

import json
import re
from pathlib import Path

import pytest

from conformance.servers import pins
from conformance.targets.load import load, load_file, names, parse
from conformance.targets.server import Server, placeholders
from conformance.wire.verdict import HarnessError, UsageError

COMMAND = 'title = "X"\n[server]\ncommand = ["run", "{port}"]\nready = "/"\n'
SERVED = [name for name in names() if (server := load(name, {}).server) and server.command]


def refused(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        parse(text, "x", "x.toml")
    return str(caught.value)


@pytest.mark.parametrize("name", SERVED)
def test_all_that_a_server_of_the_suites_needs_is_there(name: str) -> None:
    found = load(name, {}).server
    assert found is not None
    if found.python:
        assert "--hash=sha256:" in pins.python_pins(found).read_text(encoding="utf-8")
        assert pins.python_pins(found).with_suffix(".in").is_file()
    if found.node:
        lock = json.loads((pins.node_pins(found) / "package-lock.json").read_text(encoding="utf-8"))
        assert {entry.get("integrity", "")[:7] for path, entry in lock["packages"].items() if path} == {"sha512-"}
    assert pins.version(found)
    assert found.folder.is_dir()
    assert found.cannot
    for word in found.command:
        if word.startswith("{files}/"):
            assert (found.folder / word.removeprefix("{files}/")).is_file()


@pytest.mark.parametrize("name", SERVED)
def test_no_server_of_the_suites_is_called_by_two_requests_that_could_be_confused(name: str) -> None:
    found = load(name, {})
    assert found.server is not None
    assert found.server.upstream is None or found.limits.in_flight == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('title = "X"\n[server]\nready = "/"\n', "name either a `module` of the suite's or a `command`"),
        (f'{COMMAND}module = "m"\n', "name either a `module`"),
        ('title = "X"\n[server]\nmodule = "m"\npython = "p"\n', "`python` goes with a `command`"),
        (f'{COMMAND}arguments = ["x"]\n', "go with a `module`"),
        (COMMAND.replace('ready = "/"', ""), "say by `ready`"),
        (COMMAND.replace('"{port}"', '"80"'), "say `{port}`"),
        (COMMAND.replace("{port}", "{prot}"), "unknown placeholder `prot`: did you mean `port`?"),
        (COMMAND.replace("run", "{bin}/run"), "`{bin}` needs `python = ...`"),
        (COMMAND.replace("run", "{node}"), "`{node}` needs `node = ...`"),
        (COMMAND.replace("run", "{files}/run"), "`{files}` needs `files = ...`"),
        (f'{COMMAND}env = {{ A = "{{upstream}}" }}\n', "`{upstream}` needs `upstream = ...`"),
        (f'{COMMAND}upstream = "claude"\n', "input should be 'gemini' or 'openai'"),
        (f'{COMMAND}upstream = "gemini"\n', "one request at a time: `[limits] in_flight = 1`"),
        (f'{COMMAND}readyy = "/"\n', "did you mean `ready`?"),
        (f'{COMMAND}python = "../p"\n', "`server.python`"),
        (f'{COMMAND}path = "v1/"\n', "`server.path`"),
        (f'{COMMAND}[headers]\nx-a = "{{files}}"\n', "`{files}` cannot stand in `headers`"),
    ],
)
def test_a_mistake_is_explained(text: str, message: str) -> None:
    assert message.lower() in refused(text).lower()


def test_braces_that_name_nothing_are_left_alone() -> None:
    assert [*placeholders('{"a": 1}', "{}", "{A}", "${port}")] == ["port"]


def test_the_pins_of_a_users_own_server_stand_beside_its_file(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(COMMAND.replace("run", "{bin}/run") + 'python = "mine"\n')
    found = load_file("mine.toml", tmp_path, {}).server
    assert found is not None
    with pytest.raises(HarnessError, match=re.escape(f"its pins, `mine.txt`, are missing; looked in {tmp_path} and ")):
        pins.python_pins(found)
    (tmp_path / "mine.txt").write_text("mine==1.2.3 --hash=sha256:0\n")
    assert pins.python_pins(found) == tmp_path / "mine.txt"
    assert pins.version(found) == "mine 1.2.3"


def test_a_server_without_pins_has_no_version() -> None:
    assert pins.version(Server(command=("run", "{port}"), ready="/")) == ""
