"""The nightly workflow: its commands exist, no key is in a command, and it tells 6 from 1 and tries it once more."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from conformance.__main__ import COMMANDS
from conformance.cli.arguments import help_text
from conformance.targets.load import load, names

WORKFLOW = Path(__file__).parents[1] / ".github" / "workflows" / "nightly.yml"
BASH = shutil.which("bash")

FAKE_PYTHON = """#!/bin/sh
echo "$*" >> asked.txt
case "$*" in
  *" drift "*)
    mkdir -p "reports/drift/$TARGET"
    echo "the drift" > "reports/drift/$TARGET/drift.md"
    exit "$FAKE_DRIFT";;
  *" contract "*) exit 0;;
esac
echo reports/runs/one > run.txt
code=$(head -n 1 codes.txt); sed -i 1d codes.txt; exit "$code"
"""


@pytest.fixture(scope="module")
def jobs() -> dict[str, Any]:
    jobs: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    return jobs


def scripts(jobs: dict[str, Any]) -> dict[str, str]:
    steps = [step for job in jobs.values() for step in job["steps"]]
    return {step.get("name", "unnamed"): step["run"] for step in steps if "run" in step}


def commands(jobs: dict[str, Any]) -> list[list[str]]:
    """The words of each call of the suite in some script."""
    calls = [
        call for script in scripts(jobs).values() for call in re.findall(r"python -m conformance ([^;|\n]*)", script)
    ]
    return [call.split() for call in calls]


def test_each_command_of_the_workflow_exists_with_its_options(jobs: dict[str, Any]) -> None:
    told = commands(jobs)
    assert {words[0] for words in told} == {"-q", "contract", "drift"}
    for words in told:
        options = [word for word in words if word.startswith("--")]
        help_of = help_text() if words[0] == "-q" else helped(words[0])
        unknown = [option for option in options if option not in help_of and option != "--run-pointer"]
        assert unknown == []


def helped(command: str) -> str:
    assert command in COMMANDS
    done = subprocess.run(
        [sys.executable, "-m", "conformance", command, "--help"], capture_output=True, text=True, check=True
    )
    return done.stdout


def test_no_key_stands_in_a_command(jobs: dict[str, Any]) -> None:
    for script in scripts(jobs).values():
        assert "secrets." not in script
        assert "_API_KEY" not in script
        assert "${{" not in script, "what is put into a script may be a command: hand it over as a variable"


def test_each_target_gets_its_own_key_and_no_other(jobs: dict[str, Any]) -> None:
    job = jobs["measure"]
    (step,) = [step for step in job["steps"] if step.get("id") == "measure"]
    given = {}
    for variable, value in step["env"].items():
        match = re.fullmatch(r"\$\{\{ matrix\.target == '([^']+)' && secrets\.(\w+) \|\| '' \}\}", value)
        assert match is not None
        assert match[2] == variable
        given[match[1]] = variable
    targets = job["strategy"]["matrix"]["target"]
    assert set(targets) <= set(names())
    assert given == {name: load(name, {}).key_env for name in targets}
    others = [step for job in jobs.values() for step in [*job["steps"], job] if step.get("id") != "measure"]
    assert not any("secrets." in str(one.get("env", "")) for one in others)


def night(jobs: dict[str, Any], folder: Path, codes: list[int], *, drift: int | None) -> tuple[int, str, list[str]]:
    """Run the scripts of a night with a suite that ends as it is told; return code, words and calls."""
    (folder / "bin").mkdir()
    fake = folder / "bin" / "python"
    fake.write_text(FAKE_PYTHON, encoding="utf-8")
    fake.chmod(0o755)
    (folder / "codes.txt").write_text("".join(f"{code}\n" for code in codes), encoding="utf-8")
    if drift is not None:
        (folder / "reports/published/contracts").mkdir(parents=True)
        (folder / "reports/published/contracts/google.json").touch()
    environ = {
        **os.environ,
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "TARGET": "google",
        "PAUSE_S": "0",
        "FAKE_DRIFT": str(drift),
        "GITHUB_STEP_SUMMARY": "summary.md",
    }
    outputs: dict[str, str] = {}
    said = ""
    for name, result in (("Measure", "MEASURED"), ("Hold the run against the contract", "DRIFTED")):
        if name != "Measure" and outputs["MEASURED"] not in {"0", "1", "6"}:
            continue
        done = shell(scripts(jobs)[name], folder, {**environ, **outputs, "GITHUB_OUTPUT": f"{result}.txt"})
        assert done.returncode == 0, done.stderr
        said += done.stdout
        outputs[result] = (folder / f"{result}.txt").read_text(encoding="utf-8").strip().removeprefix("code=")
    done = shell(scripts(jobs)["End as the night ended"], folder, {**environ, **outputs})
    calls = (folder / "asked.txt").read_text(encoding="utf-8").splitlines()
    return done.returncode, said + done.stdout, calls


def shell(script: str, folder: Path, environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [str(BASH), "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


@pytest.mark.skipif(BASH is None or os.name == "nt", reason="the workflow's scripts are for bash")
@pytest.mark.parametrize(
    ("codes", "drift", "code", "runs", "says"),
    [
        ([0], 0, 0, 1, ""),
        ([1], 0, 0, 1, ""),
        ([1], 1, 1, 1, "::error title=google::something breaks clients"),
        ([6, 0], 0, 0, 2, "one more try"),
        ([6, 6], 6, 6, 2, "::warning title=google::not measured"),
        ([6, 1], None, 1, 2, "::error title=google::something breaks"),
        ([4], None, 4, 1, "the suite ended with 4"),
    ],
)
def test_a_night_ends_as_it_went(  # noqa: PLR0917  one argument for each part of the table
    jobs: dict[str, Any], tmp_path: Path, codes: list[int], drift: int | None, code: int, runs: int, says: str
) -> None:
    ended, said, calls = night(jobs, tmp_path, codes, drift=drift)
    assert ended == code
    assert sum(" -q " in f" {call} " for call in calls) == runs
    assert says in said
