"""
The log of a run while it is written. Results are written as they come, so that a cut run keeps them.

What was received holds no secret any more when it comes here. Every line is searched all the same: it is the last place
before the disk, and all reports are made from it.
"""

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel

from conformance.files import new_text
from conformance.log import records
from conformance.log.account import Account, contradictions
from conformance.log.asked import Asked
from conformance.log.command import without_header_values
from conformance.log.confirmation import Confirmation
from conformance.log.documents import Stated
from conformance.log.exit_code import MEANINGS, Outcome, outcome, sent
from conformance.log.known import stale_findings
from conformance.log.records import ExchangeLine, Footer, Header, NotRun, Offered, Result, Run, TargetFacts
from conformance.log.sums import counts, dollars_of
from conformance.schemas.digest import digest
from conformance.targets.redact import clean
from conformance.targets.secrets import Secrets
from conformance.targets.target import Target

if TYPE_CHECKING:
    from conformance.log.harm import Client, Similar


class Log:
    """
    Writes the log into a run's folder. `command` is the command line, with which the run began.

    `secrets` are blanked out in every line. `shards` are those that are merged into this run.
    Raises `OSError` when it cannot be begun. Later `trouble` says why it could
    not be written on, for example because the disk is full; nothing more is written then.
    """

    def __init__(  # noqa: PLR0913  what the header says, and what no line may hold
        self,
        folder: Path,
        facts: Sequence[TargetFacts],
        command: Sequence[str],
        options: Asked | None = None,
        *,
        secrets: Secrets | None = None,
        shards: Sequence[Run] = (),
    ) -> None:
        self.folder = folder
        self._secrets = secrets or Secrets()
        self.results: list[Result] = []
        self.exchanges: dict[tuple[str, str], ExchangeLine] = {}
        self.not_run: list[NotRun] = []
        self.damage: list[Client | Similar] = []
        self.accounts: Sequence[Account] = ()
        self.causes: Sequence[str] = ()
        self.requests = sum(shard.footer.requests for shard in shards if shard.footer)
        self.started = min((shard.header.started for shard in shards), default=datetime.now(UTC))
        self.trouble = ""
        self._facts, self._named = tuple(facts), options.capability if options else ()
        header = Header(
            run=folder.name,
            suite=version("conformance"),
            client=version("openai"),
            schemas=digest(),
            started=self.started,
            command=without_header_values(command),
            targets=list(facts),
            options=options,
            shards=[shard.folder.name for shard in shards],
        )
        # The log of a run that is gone on with stays as it is until the new one has begun.
        begun = folder / f"{records.LOG}.new"
        self._file = new_text(begun)
        try:
            self._file.write(clean(records.dump(header), self._secrets))
            self._file.flush()
            begun.replace(folder / records.LOG)
        except OSError:
            self._close()
            begun.unlink(missing_ok=True)
            raise

    @property
    def minutes(self) -> float:
        """Return how long the run has taken so far."""
        return (datetime.now(UTC) - self.started).total_seconds() / 60

    def _write(self, line: BaseModel) -> None:
        self._put(clean(records.dump(line), self._secrets))

    def _put(self, line: str) -> None:
        if self.trouble:
            return
        try:
            self._file.write(line)
            self._file.flush()
        except OSError as error:
            self.trouble = f"the log could not be written: {error.strerror or error}: {self.folder / records.LOG}"

    def _close(self) -> None:
        with contextlib.suppress(OSError):  # it tries once more to write what is left
            self._file.close()

    def add(self, result: Result) -> None:
        """Write a result."""
        line, clean_result = _clean(result, self._secrets)
        self.results.append(clean_result)
        self._put(line)

    def add_claims(self, claims: Sequence[Stated]) -> None:
        """Write what documents state about targets."""
        for line in claims:
            self._write(line)

    def add_offers(self, offers: Sequence[Offered]) -> None:
        """Write what targets offer."""
        for line in offers:
            self._write(line)

    def confirm(self, lines: Sequence[Confirmation]) -> None:
        """Write what came of asking again, and take it into the results."""
        for line in lines:
            self._write(line)
        self.results = list(records.confirmed(self.results, lines))

    def add_exchanges(self, lines: Sequence[ExchangeLine], requests: int) -> None:
        """Take the exchanges of one process; of those that several processes looked at, one line is kept."""
        for line in lines:
            self.exchanges.setdefault((line.target, line.label), line)
        self.requests += requests

    def close(  # noqa: PLR0913  what decides the exit code
        self,
        *,
        status: int,
        targets: Sequence[Target],
        whole: bool,
        named: Sequence[str] = (),
        absent: Sequence[str] = (),
        asked_to_rehearse: bool = False,
        plan: str = "",
    ) -> Outcome:
        """
        Write exchanges and footer; return the exit code, 3 with `trouble`, and what decided it.

        `status` is pytest's own code; `self.causes` say what is new and gating. `named` are the capabilities that the
        user asked for, `absent` says why targets were left out, `asked_to_rehearse` that nothing was to be measured.
        `plan` is the digest of the plan of which a shard has sent its part, and judged nothing.
        """
        for line in [*self.exchanges.values(), *self.not_run, *self.damage, *self.accounts]:
            self._write(line)
        entries = [entry for target in targets for entry in stale_findings(target, self.results)] if whole else []
        stale = [f"the known deviation {entry.finding} is stale: it was not seen any more" for entry in entries]
        end = outcome(
            self.results,
            self.not_run,
            named=named,
            stale=stale,
            causes=self.causes,
            billed=contradictions(self.accounts, targets),
            absent=absent,
            rehearsed=[target.name for target in targets if target.rehearsed],
            asked_to_rehearse=asked_to_rehearse,
        )
        end = sent(list(self.exchanges.values()), absent) if plan else end
        end = Outcome(status, MEANINGS[status]) if status in {2, 3, 4} else end
        fresh = [line for line in self.exchanges.values() if not line.resumed]
        footer = Footer(
            finished=datetime.now(UTC),
            exit_code=end.code,
            why=end.why,
            requests=self.requests,
            tokens=sum(line.tokens or 0 for line in fresh),
            dollars=dollars_of(fresh),
            verdicts=counts(self.results),
            interrupted=status == 2,
            plan=plan,
        )
        self._write(footer)
        self._close()
        return Outcome(3, MEANINGS[3]) if self.trouble else end


def without_secrets(result: Result, secrets: Secrets) -> Result:
    """Return a result in whose texts every secret is blanked out. Whoever shows a result takes it from here."""
    return _clean(result, secrets)[1]


def _clean(result: Result, secrets: Secrets) -> tuple[str, Result]:
    """Return the line of a result without secrets, and the result that it says."""
    text = records.dump(result)
    line = clean(text, secrets)
    return line, result if line is text else Result.model_validate_json(line)
