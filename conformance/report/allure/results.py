"""
Allure results, written from the log. The only module that imports `allure_commons`.

`allure-pytest` makes one test case of all cases of a check and mixes the histories of targets; here a check is a test
case, and a check with a target is a history.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from hashlib import md5
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import allure_commons
from allure_commons.logger import AllureFileLogger
from allure_commons.model2 import Attachment, Label, Link, Parameter, Status, StatusDetails, TestResult
from allure_commons.types import LabelType, LinkType, Severity

from conformance.causes.cause import Weight, weigh
from conformance.claims.observed import claims, documented
from conformance.files import FILE_MODE, private_folder, write_text
from conformance.log.records import Result, Run, TargetFacts
from conformance.report.allure.categories import categories, causes_of
from conformance.report.evidence.source import Proof, view
from conformance.report.paths import proof_page
from conformance.targets.model import shown as shown_models
from conformance.wire.capability import Level
from conformance.wire.text import visible
from conformance.wire.verdict import Verdict

_LARGEST = 20_000
_STATUSES = {Verdict.CONFORMS: Status.PASSED, Verdict.DEVIATES: Status.FAILED, Verdict.ERROR: Status.BROKEN}
_SEVERITIES = {Level.MUST: Severity.CRITICAL, Level.SHOULD: Severity.NORMAL, Level.MAY: Severity.MINOR}
_URL = re.compile(r"https?://[^\s<>\"]+")


def case_id(check: str) -> str:
    """Return what identifies a check, the same for every target and run."""
    return md5(check.encode(), usedforsecurity=False).hexdigest()


def history_id(check: str, column: str) -> str:
    """Return what identifies a check's history with one target. A rehearsal has a history of its own."""
    return md5(f"{check}|{column}".encode(), usedforsecurity=False).hexdigest()


class Identity:
    """
    Gives the results of `pytest --alluredir` the identities that our own have.

    `judged` is the result of the test that allure-pytest reports next, and the name of its target's column.
    """

    def __init__(self) -> None:
        self.judged: tuple[Result, str] | None = None

    @allure_commons.hookimpl(tryfirst=True)
    def report_result(self, result: TestResult) -> None:
        """Rewrite what identifies a result, once."""
        if self.judged is None:
            return
        (judged, column), self.judged = self.judged, None
        result.name, result.fullName = visible(judged.requirement), judged.check
        result.testCaseId, result.historyId = case_id(judged.check), history_id(judged.check, column)
        result.parameters = [Parameter(name="target", value=column)]
        result.labels = [Label(name=name, value=visible(value)) for name, value in _labels(judged, column, None)]


def register_identity() -> Identity:
    """Make allure-pytest use our identities; return what is told the result of each test."""
    identity = Identity()
    allure_commons.plugin_manager.register(identity)
    return identity


def write_results(run: Run, folder: Path, proved: Sequence[Proof]) -> None:
    """Write one result for each check and target, and what Allure is to know about the run, into a folder."""
    untyped: Any = AllureFileLogger
    private_folder(folder)
    logger = untyped(str(folder))
    proof_of = {(proof.target, proof.label): proof for proof in proved}
    shown = {place: _texts(proof) for place, proof in proof_of.items()}
    clock = {facts.name: round(run.header.started.timestamp() * 1000) for facts in run.header.targets}
    told = causes_of(run)
    stated = documented(claims(run))
    for result in run.results:
        start = clock[result.target]
        clock[result.target] = stop = start + max(1, round(result.duration_ms))
        made = _result(run, result, (start, stop), told.number_of(result))
        about = stated.get((result.target, result.capability), ())
        made.labels += [Label(name="documented", value=visible(words)) for words in about]
        labels = dict.fromkeys(result.exchanges)
        if asked := _models(
            proof for proof in map(proof_of.get, ((result.target, label) for label in labels)) if proof
        ):
            made.parameters.append(Parameter(name="model", value=visible(asked)))
        texts = {name: text for label in labels for name, text in shown.get((result.target, label), {}).items()}
        made.attachments = [_attach(logger, made.uuid, name, text) for name, text in texts.items()]
        logger.report_result(made)
    _write_json(folder / "categories.json", categories(told))
    _write_json(folder / "environments.json", {facts.column: environment(facts) for facts in run.header.targets})
    header = run.header
    made_by = {"suite": header.suite, "client": header.client, "run": header.run, "started": header.started.isoformat()}
    write_text(folder / "environment.properties", _properties(made_by))
    for path in folder.iterdir():
        path.chmod(FILE_MODE)


_REHEARSAL = "**REHEARSAL: nothing was measured. The suite's own simulator answered.**"


def _result(run: Run, result: Result, times: tuple[int, int], cause: int) -> TestResult:
    column = run.target(result.target).column
    weight = weigh(result)
    made = TestResult(
        uuid=_uuid(run, column, result.check),
        name=visible(result.requirement),
        fullName=result.check,
        testCaseId=case_id(result.check),
        historyId=history_id(result.check, column),
        titlePath=[result.capability.partition(".")[0], result.capability],
        status=Status.BROKEN if weight is Weight.STALE else _STATUSES.get(result.verdict, Status.SKIPPED),
        description=_description(run, result),
        start=times[0],
        stop=times[1],
        stage="finished",
    )
    made.labels = [Label(name=name, value=visible(value)) for name, value in _labels(result, column, weight)]
    if run.target(result.target).mode == "rehearse":
        made.description = f"{_REHEARSAL}\n\n{made.description}"
        made.labels.append(Label(name=LabelType.TAG, value="rehearsal"))
    made.parameters = [Parameter(name="target", value=column)]
    if result.case:
        made.parameters.append(Parameter(name="case", value=visible(result.case)))
    made.links = [Link(type=LinkType.LINK, url=url, name=result.source) for url in _address(result)]
    made.statusDetails = _details(result, weight, cause)
    return made


def _address(result: Result) -> list[str]:
    return [result.source_url] if result.source_url else _URL.findall(result.source)[:1]


def _models(proved: Iterable[Proof]) -> str:
    """Return the models that were asked in some exchanges: those of their variant."""
    recordings = [proof.recording for proof in proved if proof.recording]
    return ", ".join(dict.fromkeys(name for found in recordings for name in found.provenance.asked.values()))


def _uuid(run: Run, *parts: str) -> str:
    return str(uuid5(NAMESPACE_URL, "|".join([run.header.run, *parts])))


def _labels(result: Result, column: str, weight: Weight | None) -> list[tuple[str, str]]:
    labels = [
        (LabelType.EPIC, result.capability.partition(".")[0]),
        (LabelType.FEATURE, result.capability),
        (LabelType.STORY, result.statement),
        (LabelType.SEVERITY, _SEVERITIES[result.level].value),
        ("target", column),
        (LabelType.TAG, result.verdict.value),
    ]
    if weight in {Weight.KNOWN, Weight.STALE, Weight.FLAKY}:
        labels.append((LabelType.TAG, str(weight)))
    if result.samples is not None:
        labels.append(("samples", result.samples.short))
    if result.confirmed is not None:
        labels.append(("asked again", result.confirmed.short))
    return labels


def _details(result: Result, weight: Weight | None, cause: int) -> StatusDetails | None:
    known = result.known
    message = visible(result.reason)
    if known and known.stale:
        message = f"conforms by now; listed as known since {known.since}: {visible(known.reason)}"
    if not message and weight is None and result.verdict is Verdict.CONFORMS:
        return None
    # Categories match on a text: the first line of the trace names the cause for them.
    trace = [f"cause: {cause}" if cause else f"verdict: {result.verdict.value}"]
    trace += [f"finding: {visible(finding)}" for finding in result.findings]
    if known and not known.stale:
        trace.append(f"known since {known.since}: {visible(known.reason)}")
    return StatusDetails(message=message, trace="\n".join(trace), known=weight is Weight.KNOWN or None)


def _description(run: Run, result: Result) -> str:
    """Return Markdown. It holds nothing that an endpoint sent."""
    pages = ", ".join(f"`{proof_page(run, result.target, label)}`" for label in dict.fromkeys(result.exchanges))
    gating = "gating" if result.gating else "not gating"
    lines = [
        result.requirement,
        f"**{result.level.value.upper()}**, {gating}. Source: {result.source}",
        f"Check `{result.check}`, edition `{result.edition}`",
        *([f"Evidence: {pages}"] if pages else []),
    ]
    return "\n\n".join(visible(line).replace("<", "&lt;") for line in lines)


def _texts(proof: Proof) -> dict[str, str]:
    """Return an exchange's request and response as text, or why there is no recording, by name."""
    if not proof.recording:
        return {f"no recording of {proof.label}": f"{proof.ended}: {visible(proof.why)}"}
    sent, answer = proof.recording.sent, proof.recording.response
    return {
        f"request {proof.label}": _message(f"{sent.method} {sent.url}", sent.headers, sent.body),
        f"response {proof.label}": _message(f"HTTP {answer.status}", answer.headers, answer.decoded),
    }


def _attach(logger: Any, result: str, name: str, text: str) -> Attachment:
    """Write a text as an attachment of one result: Allure shows a file only at the first result that names it."""
    source = f"{uuid5(NAMESPACE_URL, f'{result}|{name}')}-attachment.txt"
    logger.report_attached_data(text, source)
    return Attachment(name=visible(name), source=source, type="text/plain")


def _message(first: str, headers: Sequence[tuple[str, str]], body: bytes) -> str:
    head = "\n".join([visible(first), *(visible(f"{name}: {value}"[:1000]) for name, value in headers[:60])])
    text = view(body)[0] if body else ""
    cut = len(text) - _LARGEST
    return f"{head}\n\n{text[:_LARGEST]}" + (f"\n... {cut:,} more characters" if cut > 0 else "")


def environment(facts: TargetFacts) -> dict[str, Any]:
    """Return what Allure shows about a target beside its results."""
    models = ", ".join(f"{role}: {names}" for role, names in shown_models(facts.models).items())
    variables = {"base_url": facts.base_url, "models": models, "grade": facts.grade}
    return {"name": facts.column, "variables": {key: visible(value) for key, value in variables.items()}}


def _properties(values: Mapping[str, str]) -> str:
    lines = [f"{key}={' '.join(visible(value).split())}" for key, value in values.items()]
    return "\n".join(line.replace("\\", "\\\\") for line in lines) + "\n"


def _write_json(path: Path, value: Any) -> None:
    write_text(path, json.dumps(value, indent=1) + "\n")
