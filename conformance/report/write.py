"""Writing every report of a run into its folder. What an earlier writing left there is taken away first."""

from pathlib import Path

from conformance.claims.observed import claims
from conformance.files import private_folder, remove, replace_file, write_text
from conformance.log.records import Result, Run
from conformance.report.claims.dressing import dressing_html, dressing_markdown
from conformance.report.claims.section import section_html, section_markdown
from conformance.report.claims.write import REPORTS, write_claims
from conformance.report.evidence.page import evidence_html, files_of
from conformance.report.evidence.source import Proof, proofs
from conformance.report.matrix.json_file import matrix_json
from conformance.report.matrix.markdown import matrix_markdown
from conformance.report.matrix.model import matrix
from conformance.report.matrix.page import matrix_html
from conformance.report.operations.requests import REQUESTS, all_requests, requests_csv
from conformance.report.operations.section import of_run, operations_html, operations_markdown
from conformance.report.paths import ALLURE_RESULTS, EVIDENCE, MATRIX, evidence_page
from conformance.report.shapes.document import shapes_json
from conformance.report.shapes.markdown import shapes_markdown
from conformance.report.shapes.model import shapes
from conformance.report.shapes.page import shapes_html
from conformance.report.tables.document import tables_json
from conformance.report.tables.facts import tables
from conformance.report.tables.html import tables_html
from conformance.report.tables.markdown import tables_markdown

SHAPES = ("shapes.html", "shapes.md", "shapes.json")


def write(run: Run, *, allure: bool = False) -> Path:
    """
    Write the matrix, the shapes and the evidence pages; return the path of `matrix.html`.

    With `allure` the results for Allure too: thousands of small files, which only its own programs read.
    """
    private_folder(run.folder)
    found, proved = matrix(run), proofs(run)
    beside = tables(run, proved)
    remove_reports(run.folder)
    _write_evidence(run, proved)
    if allure:
        from conformance.report.allure.results import write_results  # noqa: PLC0415  seldom, and it takes time

        write_results(run, run.folder / ALLURE_RESULTS, proved)
    held = shapes(run, proved)
    for name, text in zip(SHAPES, (shapes_html(held), shapes_markdown(held), shapes_json(held)), strict=True):
        write_text(run.folder / name, text)
    documents, targets = claims(run), run.header.targets
    requests = all_requests(proved, [facts.name for facts in of_run(run)])
    if any(one.spent for one in requests.values()):
        write_text(run.folder / REQUESTS, requests_csv(requests))
    write_claims(run.folder, documents, found.warnings, run)
    write_text(run.folder / "matrix.json", matrix_json(found, tables_json(beside)))
    write_text(
        run.folder / "matrix.md",
        matrix_markdown(
            found,
            operations_markdown(run, requests)
            + section_markdown(documents)
            + dressing_markdown(targets)
            + tables_markdown(beside),
        ),
    )
    page = run.folder / MATRIX  # the last one: where it is, everything that it leads to is
    more = operations_html(run, requests) + section_html(documents) + dressing_html(targets) + tables_html(beside)
    write_text(page, matrix_html(found, more))
    return page


def remove_reports(folder: Path) -> None:
    """Take away every report of a run."""
    for name in (MATRIX, "matrix.md", "matrix.json", REQUESTS, *SHAPES, *REPORTS, EVIDENCE, ALLURE_RESULTS):
        remove(folder / name)


def _write_evidence(run: Run, proved: list[Proof]) -> None:
    """Write a page for each exchange about which there is something to say; the recordings tell of the others."""
    judged: dict[tuple[str, str], list[Result]] = {}
    for result in run.results:
        for label in dict.fromkeys(result.exchanges):
            judged.setdefault((result.target, label), []).append(result)
    for proof in proved:
        if (proof.target, proof.label) in run.quiet:
            continue
        path = run.folder / evidence_page(proof.target, proof.label)
        write_text(path, evidence_html(run, proof, judged.get((proof.target, proof.label), [])))
        for name, content in files_of(proof).items():
            replace_file(path.parent / name, content)
