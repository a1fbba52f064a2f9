"""The run's folder of judged recordings: log, recordings as far as they are kept, and the usual reports."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from conformance.causes.gather import new_causes
from conformance.compare.app import App
from conformance.compare.app import text as app_text
from conformance.files import write_text
from conformance.foreign.judged import Column
from conformance.foreign.uses import app_of
from conformance.log.exit_code import MEANINGS, Outcome
from conformance.log.records import told
from conformance.log.writer import Log
from conformance.record import shapes
from conformance.record.recording import KeyFound, Provenance, Recording, Sent
from conformance.record.redacted import redacted
from conformance.record.spool import Spool
from conformance.run.damage import damage
from conformance.run.write_reports import matrix_of
from conformance.targets.redact import redact
from conformance.targets.secrets import Secrets
from conformance.targets.url import joined
from conformance.wire.exchange import Exchange
from conformance.wire.response import Ending

PROFILE = "app.toml"


def write(
    folder: Path, columns: Sequence[Column], command: Sequence[str], secrets: Secrets, *, bodies: bool
) -> tuple[Outcome, str, list[str]]:
    """
    Write log, recordings and reports into a folder; return the outcome, the path of the matrix, and what went wrong.

    Without `bodies` only the shapes of the recordings are left. `secrets` are blanked out everywhere.
    """
    log = Log(folder, [column.facts for column in columns], command, secrets=secrets)
    for column in columns:
        for result in column.results:
            log.add(result)
        log.add_exchanges(column.lines, 0)
        if column.facts.mode == "foreign":  # what we have sent ourselves is kept already
            _keep(folder, column, secrets)
    lines = list(log.exchanges.values())
    specs = [key.spec for column in columns for key in column.keys]
    log.damage = damage(folder, log.results, told(lines, log.results), specs)
    log.causes = new_causes(log.results, told(lines, log.results), log.damage)
    said = [] if bodies else shapes.rewrite(folder)
    outcome = log.close(status=0, targets=[column.target for column in columns], whole=False)
    matrix, trouble = matrix_of(folder, allure=False)
    return outcome, matrix, [*said, *filter(None, [log.trouble, trouble])]


def finish(  # noqa: PLR0913  what is written, where, and of what
    folder: Path,
    columns: Sequence[Column],
    command: Sequence[str],
    secrets: Secrets,
    *,
    bodies: bool,
    concurrency: int | None = None,
) -> tuple[int, App, list[str]]:
    """
    Write all that `write` does and the profile of the application.

    Return the exit code, the profile, and what is said in the end; `concurrency` as `app_of` takes it.
    """
    outcome, matrix, trouble = write(folder, columns, command, secrets, bodies=bodies)
    app = app_of([exchange for column in columns for exchange in column.exchanges], concurrency=concurrency)
    write_text(folder / PROFILE, app_text(app))
    ended = outcome.words if outcome.code else MEANINGS[0]
    return outcome.code, app, [*trouble, ended, f"Matrix   {matrix}", f"Profile  {folder / PROFILE}"]


def _keep(folder: Path, column: Column, secrets: Secrets) -> None:
    """Keep the exchanges of an endpoint as recordings of ours, without their secrets."""
    spool = Spool(folder)
    for key, exchange in zip(column.keys, column.exchanges, strict=True):
        try:
            kept = recording_of(exchange, column.facts.base_url, column.facts.name, secrets)
            spool.store(key, kept, secrets.values)
        except KeyFound:
            continue  # a form of a key that could not be blanked out: the log says the rest


def recording_of(exchange: Exchange, base_url: str, target: str, secrets: Secrets) -> Recording:
    """Return the recording of an exchange that others recorded, without its secrets."""
    sent, response = exchange.sent, redacted(exchange.received, secrets)[0]
    body = (
        json.dumps(sent.json, ensure_ascii=False).encode("utf-8", "surrogatepass")
        if sent.json is not None
        else sent.content
    )
    headers = (("content-type", "application/json"),) if sent.json is not None else ()
    provenance = Provenance(
        target=target,
        capability=exchange.capability,
        exchange=exchange.id.partition("/")[2],
        case=exchange.case,
        base_url=base_url,
        models={},
        suite=version("conformance"),
        client=version("openai"),
        recorded=exchange.recorded or datetime.now(UTC),
        ending=Ending.COMPLETE,
    )
    address = joined(base_url, sent.path)
    kept = redact(body or b"", secrets)[0]
    return Recording(Sent(sent.method, address, headers, kept), response, provenance)
