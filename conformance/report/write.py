"""Writing every report of a run into its folder. What an earlier writing left there is taken away first."""

import shutil
from pathlib import Path

from conformance.log.records import Result, Run
from conformance.report.allure.results import RESULTS, write_results
from conformance.report.evidence.page import body_file, evidence_html
from conformance.report.evidence.source import Proof, proofs
from conformance.report.matrix.json_file import matrix_json
from conformance.report.matrix.markdown import matrix_markdown
from conformance.report.matrix.model import matrix
from conformance.report.matrix.page import matrix_html
from conformance.report.paths import EVIDENCE, evidence_page
from conformance.report.tables.document import tables_json
from conformance.report.tables.facts import tables
from conformance.report.tables.html import tables_html
from conformance.report.tables.markdown import tables_markdown


def write(run: Run) -> Path:
    """Write the matrix, the evidence pages and the Allure results; return the path of `matrix.html`."""
    run.folder.mkdir(parents=True, exist_ok=True)
    found, proved = matrix(run), proofs(run)
    beside = tables(run, proved)
    (run.folder / "matrix.json").write_text(matrix_json(found, tables_json(beside)), encoding="utf-8")
    (run.folder / "matrix.md").write_text(matrix_markdown(found, tables_markdown(beside)), encoding="utf-8")
    page = run.folder / "matrix.html"
    page.write_text(matrix_html(found, tables_html(beside)), encoding="utf-8")
    shutil.rmtree(run.folder / EVIDENCE, ignore_errors=True)
    shutil.rmtree(run.folder / RESULTS, ignore_errors=True)
    _write_evidence(run, proved)
    write_results(run, proved)
    return page


def _write_evidence(run: Run, proved: list[Proof]) -> None:
    judged: dict[tuple[str, str], list[Result]] = {}
    for result in run.results:
        for label in dict.fromkeys(result.exchanges):
            judged.setdefault((result.target, label), []).append(result)
    for proof in proved:
        path = run.folder / evidence_page(proof.target, proof.label)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(evidence_html(run, proof, judged.get((proof.target, proof.label), [])), encoding="utf-8")
        name = body_file(proof)
        if name and proof.recording:
            (path.parent / name).write_bytes(proof.recording.sent.body)
