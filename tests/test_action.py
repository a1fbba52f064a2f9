"""The action for workflows of others: GitHub can read it, and its steps do here what they do there."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from conformance.cli.action import Inputs, options, ready_url
from conformance.cli.arguments import OPTIONS
from conformance.cli.ready import NotReady, wait_until_ready

ROOT = Path(__file__).parents[1]
BASH = shutil.which("bash")
KEY = "sk-of-the-gate-0123456789"

needs_bash = pytest.mark.skipif(BASH is None or os.name == "nt", reason="the action's steps are for bash")


@pytest.fixture(scope="module")
def action() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return found


def steps(action: dict[str, Any]) -> list[dict[str, Any]]:
    return list(action["runs"]["steps"])


def step(action: dict[str, Any], name: str) -> dict[str, Any]:
    return next(one for one in steps(action) if one.get("id") == name)


def test_the_action_is_what_github_reads(action: dict[str, Any]) -> None:
    schema = json.loads((Path(__file__).parent / "github" / "action.schema.json").read_text(encoding="utf-8"))
    assert [str(error) for error in jsonschema_rs.validator_for(schema).iter_errors(action)] == []


def test_nothing_that_is_handed_over_is_part_of_a_command(action: dict[str, Any]) -> None:
    assert [one["run"] for one in steps(action) if "${{" in one.get("run", "")] == []


def test_what_others_made_is_taken_at_one_commit(action: dict[str, Any]) -> None:
    used = [one["uses"] for one in steps(action) if "uses" in one]
    assert used
    assert [one for one in used if not re.fullmatch(r"actions/[\w-]+@[0-9a-f]{40}", one)] == []


def test_each_input_is_read_and_each_output_is_written(action: dict[str, Any]) -> None:
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert sorted(set(re.findall(r"inputs\.([\w-]+)", text))) == sorted(action["inputs"])
    given = step(action, "measure")["env"]
    for name, value in given.items():
        if name != "PYTHON":
            read = re.fullmatch(r"\$\{\{ inputs\.([\w-]+) \}\}", value)
            assert read is not None
            assert name == "CONFORMANCE_" + read[1].upper().replace("-", "_")
    outputs = {name: one["value"] for name, one in action["outputs"].items()}
    assert outputs == {name: f"${{{{ steps.measure.outputs.{name} }}}}" for name in outputs}


def test_an_input_that_is_an_option_is_called_like_it(action: dict[str, Any]) -> None:
    names = {name: f"{name}-1" for name in action["inputs"]}
    environ = {"CONFORMANCE_" + name.upper().replace("-", "_"): value for name, value in names.items()}
    given = [word.partition("=")[0] for word in options(Inputs(environ)) if word.startswith("--")]
    assert set(given) == {option.name for option in OPTIONS if option.name.removeprefix("--") in names} - {"--allure"}


def test_several_values_stand_on_lines_of_their_own() -> None:
    found = options(
        Inputs(
            {
                "CONFORMANCE_BASE_URL": "http://127.0.0.1:1/v1",
                "CONFORMANCE_MODEL": "m\n embedding=e \n\n",
                "CONFORMANCE_CAPABILITY": "chat.*\ntools.*",
                "CONFORMANCE_OPTIONS": "--header 'X-Team: blue'\n--deadline 9",
            }
        )
    )
    assert found[0] == "--base-url=http://127.0.0.1:1/v1"
    assert found[1:5] == ["--model=m", "--model=embedding=e", "--capability=chat.*", "--capability=tools.*"]
    assert found[5:] == ["--header", "X-Team: blue", "--deadline", "9"]


def test_without_an_endpoint_nothing_is_tested() -> None:
    """A run without options tests the simulator, which conforms."""
    with pytest.raises(ValueError, match="`base-url` is not given"):
        options(Inputs({"CONFORMANCE_MODEL": "m"}))


@pytest.mark.parametrize(
    ("base", "ready", "url"),
    [
        ("http://127.0.0.1:1/v1", "", "http://127.0.0.1:1/v1/models"),
        ("http://127.0.0.1:1/v1/?api-version=1", "", "http://127.0.0.1:1/v1/models"),
        ("http://127.0.0.1:1/v1", "/health", "http://127.0.0.1:1/health"),
        ("http://127.0.0.1:1/v1", "http://127.0.0.1:2/up", "http://127.0.0.1:2/up"),
        ("", "", ""),
    ],
)
def test_what_is_asked_until_it_answers(base: str, ready: str, url: str) -> None:
    assert ready_url(Inputs({"CONFORMANCE_BASE_URL": base, "CONFORMANCE_READY": ready})) == url


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def test_who_waits_for_nothing_gives_up() -> None:
    with pytest.raises(NotReady, match="is not ready after 0 s: nothing answers"):
        wait_until_ready(f"http://127.0.0.1:{free_port()}/v1/models", 0)
    with pytest.raises(ValueError, match="is not a URL"):
        wait_until_ready("file:///etc/passwd", 0)


def run_step(script: str, folder: Path, environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run a step as GitHub runs one with `shell: bash`."""
    command = [str(BASH), "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def measured(action: dict[str, Any], folder: Path, **inputs: str) -> "tuple[dict[str, str], str]":
    """Run the step that measures with some inputs; return its outputs, and what it has said."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "CONFORMANCE_"))}
    given = {"CONFORMANCE_" + name.upper(): value for name, value in inputs.items()}
    more = {"PYTHON": sys.executable, "PYTHONPATH": str(ROOT), "CI": "true", "GATE_KEY": KEY}
    files = {"GITHUB_OUTPUT": str(folder / "out.txt"), "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    (folder / "workspace").mkdir(exist_ok=True)
    # A folder of the repository that is called like ours.
    (folder / "workspace" / "conformance").mkdir(exist_ok=True)
    (folder / "workspace" / "conformance" / "__init__.py").write_text("raise SystemExit('not ours')", encoding="utf-8")
    done = run_step(step(action, "measure")["run"], folder / "workspace", {**kept, **more, **files, **given})
    assert done.returncode == 0, done.stdout + done.stderr
    lines = (folder / "out.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", maxsplit=1) for line in lines), done.stdout + done.stderr


def simulator(port: int) -> str:
    """The command that starts the simulator, as a user would start a server."""
    return f"cd / && '{sys.executable}' -m conformance.simulator --port {port}"


@needs_bash
@pytest.mark.parametrize(("fault", "code"), [("", "0"), ("/~models-retrieve-gives-the-first", "1")])
def test_a_server_is_started_measured_and_ended(action: dict[str, Any], tmp_path: Path, fault: str, code: str) -> None:
    port = free_port()
    outputs, said = measured(
        action,
        tmp_path,
        start=simulator(port),
        base_url=f"http://127.0.0.1:{port}{fault}/v1",
        model="sim-chat",
        name="gate",
        api_key_env="GATE_KEY",
        capability="models.list.schema\nmodels.retrieve",
        patience="60",
    )
    assert outputs["exit-code"] == code, said
    workspace = tmp_path / "workspace"
    for name in ("run", "matrix", "summary", "badge"):
        assert (workspace / outputs[name]).exists()
    badge = json.loads((workspace / outputs["badge"]).read_text(encoding="utf-8"))
    assert (badge["color"] == "brightgreen") == (code == "0")
    assert "# " in (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert KEY not in said
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port), timeout=5)
    last = run_step(steps(action)[-1]["run"], tmp_path, {**os.environ, "CODE": outputs["exit-code"]})
    assert str(last.returncode) == code


@needs_bash
def test_a_server_that_ends_at_once_is_told_with_its_last_words(action: dict[str, Any], tmp_path: Path) -> None:
    outputs, said = measured(
        action, tmp_path, start="echo '::error::no such model'; exit 7", base_url="http://127.0.0.1:9/v1", model="m"
    )
    assert outputs == {"exit-code": "6"}
    assert "::error title=conformance::not measured: the server has ended with code 7 before it answered" in said
    before, _, behind = said.partition("::error::no such model")
    assert re.search(r"::stop-commands::[0-9a-f]{32}\n$", before)
    assert re.match(r"\n::[0-9a-f]{32}::\n", behind)


@needs_bash
@pytest.mark.parametrize("value", ["$(touch hurt)", "`touch hurt`", "x; touch hurt", "'; touch hurt; '"])
def test_an_input_is_never_run_as_a_command(action: dict[str, Any], tmp_path: Path, value: str) -> None:
    port = free_port()
    outputs, _ = measured(
        action, tmp_path, base_url=f"http://127.0.0.1:{port}/{value}", model=value, name=value, patience="0"
    )
    assert outputs["exit-code"] in {"4", "6"}
    assert list(tmp_path.rglob("hurt")) == []


@needs_bash
def test_what_cannot_be_meant_is_wrong_use(action: dict[str, Any], tmp_path: Path) -> None:
    outputs, said = measured(action, tmp_path, model="m")
    assert outputs == {"exit-code": "4"}
    assert "::error title=conformance::wrong use: `base-url` is not given" in said


@needs_bash
def test_the_suite_is_installed_with_its_pins_beside_what_the_job_has(action: dict[str, Any], tmp_path: Path) -> None:
    """With a Python that only tells what it was asked for."""
    fake = tmp_path / "python"
    fake.write_text(
        '#!/bin/sh\necho "$*" >> asked.txt\n[ "$2" != venv ] || { mkdir -p "$3/bin"; cp "$0" "$3/bin/python"; }\n',
        encoding="utf-8",
    )
    fake.chmod(0o755)
    environ = {**os.environ, "PYTHON": str(fake), "RUNNER_TEMP": str(tmp_path / "temp"), "GITHUB_OUTPUT": "out.txt"}
    done = run_step(step(action, "install")["run"], tmp_path, {**environ, "GITHUB_ACTION_PATH": str(ROOT)})
    assert done.returncode == 0, done.stderr
    venv, pins, suite = (tmp_path / "asked.txt").read_text(encoding="utf-8").splitlines()
    assert venv == f"-m venv {tmp_path}/temp/conformance-suite"
    assert pins.endswith(f"install --require-hashes --requirement {ROOT}/requirements/conformance.txt")
    assert suite.endswith(f"install --no-deps --no-build-isolation {ROOT}")
    python = tmp_path / "temp/conformance-suite/bin/python"
    assert (tmp_path / "out.txt").read_text(encoding="utf-8") == f"python={python}\n"
