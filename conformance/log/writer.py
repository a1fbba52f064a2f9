"""
The log of a run while it is written. Results are written as they come, so that a cut run keeps them.

What was received holds no secret any more when it comes here. Every line is searched all the same: it is the last place
before the disk, and all reports are made from it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pydantic import BaseModel

from conformance.files import new_text
from conformance.log import records
from conformance.log.command import without_header_values
from conformance.log.exit_code import exit_code
from conformance.log.known import stale_findings
from conformance.log.records import ExchangeLine, Footer, Header, NotRun, Result, TargetFacts
from conformance.targets.redact import clean
from conformance.targets.secrets import Secrets
from conformance.targets.target import Target


class Log:
    """
    Writes the log into a run's folder. `command` is the command line, with which the run began.

    `secrets` are blanked out in every line.
    """

    def __init__(
        self, folder: Path, facts: Sequence[TargetFacts], command: Sequence[str], secrets: Secrets | None = None
    ) -> None:
        self.folder = folder
        self._secrets = secrets or Secrets()
        self.results: list[Result] = []
        self.exchanges: dict[tuple[str, str, str], ExchangeLine] = {}
        self.not_run: list[NotRun] = []
        self.requests = 0
        header = Header(
            run=folder.name,
            suite=version("conformance"),
            client=version("openai"),
            started=datetime.now(UTC),
            command=without_header_values(command),
            targets=list(facts),
        )
        self._file = new_text(folder / records.LOG)
        self._write(header)

    def _write(self, line: BaseModel) -> None:
        self._file.write(clean(records.dump(line), self._secrets))
        self._file.flush()

    def add(self, result: Result) -> None:
        """Write a result."""
        result = without_secrets(result, self._secrets)
        self.results.append(result)
        self._write(result)

    def add_exchanges(self, lines: Sequence[ExchangeLine], requests: int) -> None:
        """Take the exchanges of one process; of those that several processes looked at, one line is kept."""
        for line in lines:
            self.exchanges.setdefault((line.target, line.id, line.case), line)
        self.requests += requests

    def close(self, *, status: int, targets: Sequence[Target], must_left_out: bool, whole: bool) -> int:
        """Write exchanges and footer; return the exit code. `status` is pytest's own."""
        for line in [*self.exchanges.values(), *self.not_run]:
            self._write(line)
        stale = whole and any(stale_findings(target, self.results) for target in targets)
        own = exit_code(self.results, self.not_run, must_left_out=must_left_out, stale=stale)
        code = status if status in {2, 3, 4} else own
        footer = Footer(
            finished=datetime.now(UTC),
            exit_code=code,
            requests=self.requests,
            verdicts=records.counts(self.results),
            interrupted=status == 2,
        )
        self._write(footer)
        self._file.close()
        return code


def without_secrets(result: Result, secrets: Secrets) -> Result:
    """Return a result in whose texts every secret is blanked out. Whoever shows a result takes it from here."""
    text = result.model_dump_json()
    done = clean(text, secrets)
    return result if done is text else Result.model_validate_json(done)
