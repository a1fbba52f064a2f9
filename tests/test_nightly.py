"""The nightly workflow: its commands exist, no key is in a command, and it tells 6 from 1 and tries it once more."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from conformance.__main__ import COMMANDS
from conformance.cli.arguments import help_text
from conformance.targets.load import load, names

WORKFLOW = Path(__file__).parents[1] / ".github" / "workflows" / "nightly.yml"
BASH = shutil.which("bash")

FAKE_PYTHON = """#!/bin/sh
echo "$*" >> asked.txt
case "$*" in
  *" drift "*)
    mkdir -p "reports/drift/$TARGET" kept/issues
    echo "the drift" > "reports/drift/$TARGET/drift.md"
    echo '{"findings": []}' > "reports/drift/$TARGET/drift.json"
    if [ "$FAKE_DRIFT" = 1 ]; then
      echo '{"findings": [1]}' > "reports/drift/$TARGET/drift.json"
      echo "the text for the vendor" > kept/issues/one.md
      echo "Issue  kept/issues/one.md"
    fi
    exit "$FAKE_DRIFT";;
  *" contract "*) mkdir -p reports/candidate; touch "reports/candidate/$TARGET.json"; exit 0;;
  *" history "*) mkdir -p reports/history; echo "the history" > reports/history/history.md; exit 0;;
  *" merge "*)
    mkdir -p reports/runs/one; touch reports/runs/one/log.ndjson; echo reports/runs/one > run.txt
    echo "3 requests sent. Exit code $FAKE_JUDGE: the key was refused"; exit "$FAKE_JUDGE";;
esac
echo reports/runs/part > run.txt
code=$(head -n 1 codes.txt); sed -i 1d codes.txt; exit "$code"
"""
FAKE_GIT = """#!/bin/sh
echo "git $*" >> asked.txt
[ "$1" = diff ] || exit 0
[ -n "$(ls reports/published/contracts)" ] && exit 1 || exit 0
"""
FAKE_GH = """#!/bin/sh
echo "gh $*" >> asked.txt
[ "$2" = list ] && printf "$FAKE_OPEN"
exit 0
"""
JUDGING = ("Judge", "Hold the run against the contract", "Tell what moved since the nights before")


@pytest.fixture(scope="module")
def jobs() -> dict[str, Any]:
    jobs: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]
    return jobs


def scripts(jobs: dict[str, Any], job: str = "") -> dict[str, str]:
    steps = [step for name, one in jobs.items() for step in one["steps"] if job in {"", name}]
    return {step.get("name", "unnamed"): step["run"] for step in steps if "run" in step}


def commands(jobs: dict[str, Any]) -> list[list[str]]:
    """The words of each call of the suite in some script."""
    calls = [
        call for script in scripts(jobs).values() for call in re.findall(r"python -m conformance ([^;|\n]*)", script)
    ]
    return [call.split() for call in calls]


def test_each_command_of_the_workflow_exists_with_its_options(jobs: dict[str, Any]) -> None:
    told = commands(jobs)
    assert {words[0] for words in told} == {"-q", "contract", "drift", "history", "merge"}
    for words in told:
        options = [word for word in words if word.startswith("--")]
        help_of = help_text() if words[0] in {"-q", "merge"} else helped(words[0])
        unknown = [option for option in options if option not in help_of and option != "--run-pointer"]
        assert unknown == []
    given = re.findall(r"measure (--.*) \|\|", scripts(jobs)["Measure"])
    options = re.findall(r"--[\w-]+", " ".join([*given, jobs["measure"]["env"]["OPTIONS"]]))
    assert {"--target", "--shard", "--resume", "--mode"} <= set(options)
    assert [option for option in options if option not in help_text()] == []


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
    assert jobs["judge"]["strategy"]["matrix"]["target"] == targets
    assert job["strategy"]["matrix"]["shard"] == ["1/1"]
    assert set(targets) <= set(names())
    assert given == {name: load(name, {}).key_env for name in targets}
    others = [step for job in jobs.values() for step in [*job["steps"], job] if step.get("id") != "measure"]
    assert not any("secrets." in str(one.get("env", "")) for one in others)


def test_the_workflow_is_what_github_reads() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    workflow["on"] = workflow.pop(True)  # YAML 1.1, which GitHub does not read it by, takes `on` for a truth value
    schema = json.loads((Path(__file__).parent / "github" / "workflow.schema.json").read_text(encoding="utf-8"))
    assert [str(error) for error in jsonschema_rs.validator_for(schema).iter_errors(workflow)] == []


def test_a_step_reads_what_an_earlier_one_has_said(jobs: dict[str, Any]) -> None:
    for job in jobs.values():
        said = set()
        for step in job["steps"]:
            for name in re.findall(r"steps\.(\w+)\.outputs\.\w+", str(step)):
                assert name in said, step
            said.add(step.get("id"))


def test_what_is_kept_is_kept_after_a_red_night_too(jobs: dict[str, Any]) -> None:
    """`actions/cache` alone saves nothing when a job fails: each red night would forget which issues were written."""
    kept = [step for job in jobs.values() for step in job["steps"] if "upload-artifact" in step.get("uses", "")]
    kept += [step for job in jobs.values() for step in job["steps"] if "cache/save" in step.get("uses", "")]
    assert len(kept) == 5
    assert {step["if"] for step in kept} == {"always()"}
    assert "uses: actions/cache@" not in WORKFLOW.read_text(encoding="utf-8")


def test_what_one_job_keeps_another_fetches(jobs: dict[str, Any]) -> None:
    steps = [step for job in jobs.values() for step in job["steps"]]
    names = [step["with"]["name"] for step in steps if "upload-artifact" in step.get("uses", "")]
    patterns = [step["with"]["pattern"] for step in steps if "download-artifact" in step.get("uses", "")]
    assert len(patterns) == 3
    for pattern in patterns:
        assert [name for name in names if name.startswith(pattern.removesuffix("*"))]


def fakes(folder: Path, **programs: str) -> dict[str, str]:
    """Put programs into a folder, and return the environment in which they are found."""
    (folder / "bin").mkdir()
    for name, script in programs.items():
        (folder / "bin" / name).write_text(script, encoding="utf-8")
        (folder / "bin" / name).chmod(0o755)
    return {**os.environ, "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}", "TARGET": "google"}


def measured(jobs: dict[str, Any], folder: Path, codes: list[int]) -> tuple[int, str, list[str]]:
    """Run the scripts that measure with a suite that ends as it is told; return code, words and calls."""
    (folder / "codes.txt").write_text("".join(f"{code}\n" for code in codes), encoding="utf-8")
    environ = {**fakes(folder, python=FAKE_PYTHON), "PAUSE_S": "0", "SHARD": "1/2", "OPTIONS": "--mode live"}
    first = shell(scripts(jobs)["Measure"], folder, {**environ, "GITHUB_OUTPUT": "out.txt"})
    assert first.returncode == 0, first.stderr
    last = shell(scripts(jobs)["End as the measuring ended"], folder, {**environ, "CODE": outputs(folder)["code"]})
    return last.returncode, first.stdout + last.stdout, asked(folder)


def judged(jobs: dict[str, Any], folder: Path, judge: int, *, drift: int | None) -> tuple[int, str, list[str]]:
    """Run the scripts that judge, likewise."""
    if drift is not None:
        (folder / "reports/published/contracts").mkdir(parents=True)
        (folder / "reports/published/contracts/google.json").touch()
    environ = fakes(folder, python=FAKE_PYTHON)
    environ |= {"FAKE_JUDGE": str(judge), "FAKE_DRIFT": str(drift), "GITHUB_STEP_SUMMARY": "summary.md"}
    said = ""
    found: dict[str, str] = {}
    for name in JUDGING:
        if name == JUDGING[0] or found["JUDGED"] in {"0", "1", "6"}:
            done = shell(scripts(jobs)[name], folder, {**environ, **found, "GITHUB_OUTPUT": "out.txt"})
            assert done.returncode == 0, done.stderr
            said += done.stdout
            told = outputs(folder)
            found |= {"WHY": told["why"], "JUDGED": told["code"]} if name == JUDGING[0] else {"DRIFTED": told["code"]}
    done = shell(scripts(jobs)["End as the night ended"], folder, {**environ, **found})
    return done.returncode, said + done.stdout, asked(folder)


def outputs(folder: Path) -> dict[str, str]:
    """Return what steps have said to others, the last word on each."""
    lines = (folder / "out.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("=", maxsplit=1) for line in lines)


def asked(folder: Path) -> list[str]:
    return (folder / "asked.txt").read_text(encoding="utf-8").splitlines()


def shell(script: str, folder: Path, environ: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    command = [str(BASH), "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def test_the_steps_run_in_the_shell_that_is_tested_here() -> None:
    """Only when it is named, a step of GitHub's runs with `pipefail`."""
    assert yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["defaults"] == {"run": {"shell": "bash"}}


@pytest.mark.skipif(BASH is None or os.name == "nt", reason="the workflow's scripts are for bash")
@pytest.mark.parametrize(
    ("codes", "code", "runs", "says"),
    [
        ([0], 0, 1, ""),
        ([6, 0], 0, 2, "is asked for once more"),
        ([6, 6], 0, 2, "::warning title=google 1/2::not measured, twice"),
        ([4], 4, 1, "::error title=google 1/2::the suite ended with 4"),
    ],
)
def test_what_was_not_measured_is_asked_for_once_more(  # noqa: PLR0917  one argument for each part of the table
    jobs: dict[str, Any], tmp_path: Path, codes: list[int], code: int, runs: int, says: str
) -> None:
    ended, said, calls = measured(jobs, tmp_path, codes)
    assert (ended, len(calls)) == (code, runs)
    assert says in said
    assert "--target google --shard 1/2 --mode live" in calls[0]
    assert all("--resume reports/runs/part" in call for call in calls[1:])


@pytest.mark.skipif(BASH is None or os.name == "nt", reason="the workflow's scripts are for bash")
@pytest.mark.parametrize(
    ("judge", "drift", "code", "says", "proposed"),
    [
        (0, 0, 0, "", False),
        (1, 0, 0, "", False),
        (1, 1, 1, "::error title=google::something breaks clients", True),
        (6, 6, 6, "nothing is said about the target. Exit code 6: the key was refused", False),
        (6, None, 6, "::warning title=google::not measured", False),
        (0, None, 0, "", True),
        (1, None, 1, "::error title=google::something breaks", True),
        (4, None, 4, "the suite ended with 4", False),
    ],
)
def test_a_night_ends_as_it_went(  # noqa: PLR0917  one argument for each part of the table
    jobs: dict[str, Any], tmp_path: Path, judge: int, drift: int | None, code: int, says: str, *, proposed: bool
) -> None:
    ended, said, calls = judged(jobs, tmp_path, judge, drift=drift)
    assert ended == code
    assert says in said
    assert any(" contract " in call for call in calls) == proposed
    if judge != 4:
        summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
        assert "the history" in summary
        assert ("the text for the vendor" in summary) == (drift == 1)
        assert (tmp_path / "kept/logs/one.ndjson").is_file()


@pytest.mark.skipif(BASH is None or os.name == "nt", reason="the workflow's scripts are for bash")
@pytest.mark.parametrize(("candidates", "already", "made"), [(0, "", 0), (1, "", 1), (1, "7", 0)])
def test_changed_contracts_are_proposed_once(
    jobs: dict[str, Any], tmp_path: Path, candidates: int, already: str, made: int
) -> None:
    if candidates:
        (tmp_path / "candidates").mkdir()
        (tmp_path / "candidates" / "google.json").touch()
    environ = {**fakes(tmp_path, git=FAKE_GIT, gh=FAKE_GH), "FAKE_OPEN": already, "NIGHT": "https://github.example/1"}
    done = shell(scripts(jobs)["Propose what changed of the contracts"], tmp_path, environ)
    assert done.returncode == 0, done.stderr
    calls = asked(tmp_path)
    assert sum("git push" in call for call in calls) == candidates
    assert sum("gh pr create" in call for call in calls) == made


REAL_PYTHON = f"""#!/bin/sh
exec "{sys.executable}" "$@"
"""


@pytest.mark.skipif(BASH is None or os.name == "nt", reason="the workflow's scripts are for bash")
def test_a_night_on_the_simulator(jobs: dict[str, Any], tmp_path: Path) -> None:
    """The scripts with the suite itself: two shards are sent, merged, held against a contract, and told."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environ |= {**fakes(tmp_path, python=REAL_PYTHON), "PYTHONPATH": str(Path(__file__).parents[1]), "CI": "true"}
    environ |= {"TARGET": "simulator", "OPTIONS": "--mode live --capability models.*", "PAUSE_S": "0"}
    environ |= {"GITHUB_OUTPUT": "out.txt", "GITHUB_STEP_SUMMARY": "summary.md"}
    for number in (1, 2):
        done = shell(scripts(jobs)["Measure"], tmp_path, {**environ, "SHARD": f"{number}/2"})
        assert (done.returncode, outputs(tmp_path)["code"]) == (0, "0"), done.stdout + done.stderr
        (tmp_path / "shards").mkdir(exist_ok=True)
        (tmp_path / "reports" / "runs").rename(tmp_path / "shards" / f"shard--simulator--{number}")
    for night in (1, 2):
        for name in JUDGING:
            told = {"JUDGED": outputs(tmp_path)["code"]}
            done = shell(scripts(jobs)[name], tmp_path, {**environ, **told})
            assert done.returncode == 0, done.stdout + done.stderr
        assert outputs(tmp_path)["code"] == "0"
        assert (tmp_path / "reports/candidate/simulator.json").is_file() == (night == 1)
        (tmp_path / "reports/published").mkdir(exist_ok=True)
        if night == 1:
            (tmp_path / "reports/candidate").rename(tmp_path / "reports/published/contracts")
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    assert "# Drift of simulator" in summary
    assert "nothing deviates, in 2 runs" in summary
