"""
Whole runs of the suite, as a user starts them: in this process where that is enough, else as a process of their own.

Runs write below pytester's folder.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

import conformance.report.write
import conformance.send.live
import conformance.send.transport  # noqa: F401  pytester unloads what a run imports first, and the client is large
from conformance.log import records
from conformance.log.records import Result, Run
from conformance.plan.loader import Suite
from conformance.wire.verdict import Verdict
from tests.hostile import MODEL

KEY = "sk-run-Zq8mB2xT7LpW0123456789"
KEY_ENV = "WHOLE_RUN_KEY"

BASIC = ("--capability", "chat.basic")
CORE = ("--capability", "chat.basic", "--capability", "chat.schema.core")

_QUICK = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest")
_PLAIN = ("-p", "conformance.plugin", *_QUICK)

WHOLE = ("conformance.checks",)
PART = tuple(f"conformance.checks.{name}" for name in ("chat", "models"))


@dataclass(frozen=True, slots=True)
class Ran:
    """What a run left: its exit code, what it said, and its log."""

    code: int
    said: str
    root: Path

    @property
    def run(self) -> Run:
        """Return its log."""
        return records.read(self.folder)

    @property
    def folder(self) -> Path:
        """Return the folder of the run."""
        (folder,) = sorted(path for path in (self.root / "reports" / "runs").iterdir() if path.is_dir())[-1:]
        return folder

    @property
    def verdicts(self) -> dict[str, Verdict]:
        """Return the verdict of each check."""
        return {f"{result.target} {result.check}": result.verdict for result in self.run.results}

    @property
    def reasons(self) -> set[str]:
        """Return all reasons."""
        return {result.reason for result in self.run.results if result.reason}

    def result(self, check: str) -> Result:
        """Return the result of the only check whose id ends so."""
        (found,) = [result for result in self.run.results if result.check.endswith(check)]
        return found


@dataclass(frozen=True, slots=True)
class Runner:
    """Starts runs below one folder. The checks of every exchange are left out by `PART`: they are most of the suite."""

    pytester: pytest.Pytester
    checks: tuple[str, ...] = PART

    @property
    def whole(self) -> "Runner":
        """Return one that collects the whole suite."""
        return Runner(self.pytester, WHOLE)

    @property
    def root(self) -> Path:
        """Return the working directory of the runs."""
        return self.pytester.path

    def __call__(self, *arguments: str) -> Ran:
        """Run the suite in this process."""
        done = self.pytester.runpytest_inprocess("--pyargs", *self.checks, *_PLAIN, *arguments)
        return Ran(int(done.ret), _text(done.outlines, done.errlines), self.root)

    def at(self, base_url: str, *arguments: str) -> Ran:
        """Run the suite in this process, with our key, on an endpoint."""
        return self(*endpoint(base_url), *arguments)

    def process(self, *arguments: str, environ: Mapping[str, str] | None = None, timeout: float = 120) -> Ran:
        """Run the suite as a process of its own."""
        with self.started(*arguments, environ=environ) as process:
            output, _ = process.communicate(timeout=timeout)
        return Ran(process.returncode, output, self.root)

    def started(self, *arguments: str, environ: Mapping[str, str] | None = None) -> "subprocess.Popen[str]":
        """Start the suite as a process of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", "--pyargs", *self.checks, *_PLAIN, *arguments],
            cwd=self.root,
            env={**clean_environ(), KEY_ENV: KEY, **(environ or {})},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def target(
        self, name: str, base_url: str, more: str = "", *, models: str = f'chat = "{MODEL}"', **limits: float
    ) -> tuple[str, ...]:
        """Write a target file, and return the options that choose it."""
        numbers = "\n".join(f"{key} = {value}" for key, value in {"in_flight": 8, "per_minute": 0, **limits}.items())
        (self.root / "targets").mkdir(exist_ok=True)
        (self.root / "targets" / f"{name}.toml").write_text(
            f'title = "{name}"\nbase_url = "{base_url}"\nhosts = ["127.0.0.1"]\nkey_env = "{KEY_ENV}"\n'
            f"[models]\n{models}\n[limits]\n{numbers}\n{more}"
        )
        return ("--target", f"targets/{name}.toml")


def endpoint(base_url: str) -> tuple[str, ...]:
    """Return the options for an endpoint without a file, with our key."""
    return ("--base-url", base_url, "--model", MODEL, "--api-key-env", KEY_ENV)


def clean_environ() -> dict[str, str]:
    """Return our environment without what a run would take notice of."""
    names = re.compile(r"(OPENAI_|PYTEST_|CONFORMANCE_|CI$|.*_PROXY$|.*_proxy$)")
    return {name: value for name, value in os.environ.items() if not names.match(name)}


def log_lines(folder: Path) -> Iterator[dict[str, object]]:
    """Yield the lines of a log as they stand there."""
    for line in (folder / records.LOG).read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def _text(*lines: list[str]) -> str:
    return "\n".join(line for group in lines for line in group)


@pytest.fixture
def run(suite: Suite, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Runner:
    """Runs below a folder of its own, with a clean environment. `suite` comes first: pytester unloads what is new."""
    del suite
    for name in set(os.environ) - set(clean_environ()):
        if not name.startswith("PYTEST_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv(KEY_ENV, KEY)
    monkeypatch.syspath_prepend(pytester.path)
    return Runner(pytester)
