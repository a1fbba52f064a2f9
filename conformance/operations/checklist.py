"""
The steps before traffic goes over a new route, and which of them a run has done. Pure: a log in, steps out.

`checklist.toml` holds the steps. What a run cannot tell is to be done by a person, and a rehearsal has done nothing.
"""

import shlex
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from conformance.call import SUITE, call
from conformance.log.account import Account
from conformance.log.records import Result, Run, TargetFacts
from conformance.wire.verdict import MEASURED, Verdict

FILE = Path(__file__).parent / "checklist.toml"

SHOWN = 3
"""So many checks and differences are named at a step."""


class Ticked(StrEnum):
    """What came of a step."""

    DONE = "done"
    FAILED = "failed"
    PERSON = "to be done by a person"


class Step(BaseModel):
    """One step, as the file has it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    capabilities: tuple[str, ...] = ()
    any: bool = False
    account: Literal["", "log", "quota"] = ""
    person: str
    command: str


@dataclass(frozen=True, slots=True)
class StepOfRun:
    """A step, what came of it in a run, in words, and the command that does it."""

    step: Step
    ticked: Ticked
    says: str
    command: str


@cache
def steps() -> tuple[Step, ...]:
    """Return the steps in order."""
    return tuple(Step.model_validate(row) for row in tomllib.loads(FILE.read_text(encoding="utf-8"))["steps"])


def checklist(run: Run, facts: TargetFacts) -> list[StepOfRun]:
    """Return what a run has done of each step at one of its targets."""
    results = [result for result in run.results if result.target == facts.name] if facts.mode != "rehearse" else []
    told = run.account(facts.name)
    return [StepOfRun(step, *_ticked(step, results, told), _command(step, run, facts)) for step in steps()]


def _ticked(step: Step, results: Sequence[Result], told: Account | None) -> tuple[Ticked, str]:
    if step.account == "log":
        return _log(step, told)
    if step.account == "quota":
        return _quota(step, told)
    return _measured(step, [result for result in results if result.capability in step.capabilities])


def _measured(step: Step, results: Sequence[Result]) -> tuple[Ticked, str]:
    told = [result for result in results if result.verdict in MEASURED]
    wrong = [result for result in told if result.verdict is Verdict.DEVIATES]
    if wrong:
        return Ticked.FAILED, f"{len(wrong)} of {len(told)} checks deviate: {_names(wrong)}"
    good = {result.capability for result in told if result.verdict is Verdict.CONFORMS}
    missing = [name for name in step.capabilities if name not in good]
    if not good or (missing and not step.any):
        return Ticked.PERSON, step.person
    rest = f"; not measured, or not offered: {', '.join(missing)}" if missing else ""
    conform = sum(result.verdict is Verdict.CONFORMS for result in told)
    return Ticked.DONE, f"{conform} of {len(told)} checks conform{rest}"


def _names(results: Sequence[Result]) -> str:
    more = ", ..." if len(results) > SHOWN else ""
    return ", ".join(result.check for result in results[:SHOWN]) + more


def _log(step: Step, told: Account | None) -> tuple[Ticked, str]:
    if told is None or told.log:
        return Ticked.PERSON, f"{step.person} ({told.log})" if told else step.person
    differing, served = told.differing, [one for one in told.held if one.spent.status < 400]
    if differing:
        more = f", and {len(differing) - SHOWN} more" if len(differing) > SHOWN else ""
        return Ticked.FAILED, "; ".join(differing[:SHOWN]) + more
    open_ = [one for one in served if one.standing in {"missing", "untold"}]
    if not served or open_:
        return Ticked.PERSON, f"{step.person} ({len(served) - len(open_)} of {len(served)} entries agree)"
    return Ticked.DONE, f"{len(served)} of {len(served)} entries agree with `usage`"


def _quota(step: Step, told: Account | None) -> tuple[Ticked, str]:
    quota = told.quota if told else None
    if quota is None or quota.unlimited is not False or quota.available is None:
        why = "the key has no limit" if quota and quota.unlimited else told.quota_trouble if told else ""
        return Ticked.PERSON, f"{step.person} ({why})" if why else step.person
    return (
        Ticked.DONE,
        f"the key has a limit: {quota.available:,.10g} of {quota.granted or 0:,.10g} left, in the vendor's unit",
    )


def _command(step: Step, run: Run, facts: TargetFacts) -> str:
    asked = run.header.options
    chosen = next((given for given in asked.target if Path(given).stem == facts.plain), None) if asked else None
    key = facts.rehearsed.variable if facts.rehearsed else facts.variable
    started = call(SUITE, " ".join(_chosen(chosen, facts, key)))
    words = {
        "{run}": started,
        "{key}": shlex.quote(key or "KEY"),
        "{name}": shlex.quote(facts.plain),
    }
    command = step.command
    for word, value in words.items():
        command = command.replace(word, value)
    return command


def _chosen(given: str | None, facts: TargetFacts, key: str) -> Iterator[str]:
    """Yield the options that choose a target: its file, or its address, models and the variable of its key."""
    if given is not None:
        yield f"--target {shlex.quote(given)}"
        return
    yield f"--base-url {shlex.quote(facts.base_url)} --name {shlex.quote(facts.plain)}"
    yield from (f"--model {shlex.quote(f'{role}={model.id}')}" for role, model in facts.models.items())
    if key:
        yield f"--api-key-env {shlex.quote(key)}"
