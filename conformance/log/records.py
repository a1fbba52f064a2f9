"""
The log: JSON lines with a header and a footer. Every report is a pure function of logs and recordings.

A log without a footer is a run that was cut, and says so wherever it appears. The JSON Schema of a line is
published as `log.schema.json`, which `python -m conformance.log.records` prints.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from conformance.log.account import Account
from conformance.log.asked import Asked
from conformance.log.confirmation import Confirmation
from conformance.log.documents import Rehearsed, Stated
from conformance.log.fields import Count, Dollars, Inside, Milliseconds
from conformance.log.harm import Client, Similar
from conformance.log.strangers import content_of, mistake, refuse_strangers
from conformance.samples.counted import MOST as MOST_SAMPLES
from conformance.samples.counted import Samples
from conformance.targets.model import Models
from conformance.targets.name import Name
from conformance.targets.shutdown import Shutdown
from conformance.wire.capability import Level
from conformance.wire.exchange import label_of
from conformance.wire.rehearsal import SUFFIX
from conformance.wire.request import Key
from conformance.wire.response import Ending
from conformance.wire.verdict import UsageError, Verdict

LOG = "log.ndjson"

LARGEST = 128 * 1024 * 1024
LONGEST_LINE = 4 * 1024 * 1024
"""How many bytes a log and one line of it may have. A run of the whole suite writes about 4 MB for each target."""


class _Line(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TargetFacts(_Line):
    """What the log says about a target: enough to read the run without its file. Never a key."""

    name: Name
    title: str
    base_url: str
    models: Models = Field(description="the models that were asked, by role; `also` get results of their own")
    mode: Literal["live", "record", "replay", "rehearse", "foreign"]
    recorded: datetime | None = Field(default=None, description="replay, foreign: the day of the oldest recording")
    source: str = Field(default="", description="foreign: the files that others recorded, and how many exchanges")
    server: str = Field(default="", description="the version of the server that answered, where it is known")
    rehearsed: Rehearsed | None = Field(default=None, description="rehearse: the target that it stands for")
    variable: str = Field(default="", description="the environment variable that holds its key; empty in older logs")
    shutdowns: list[Shutdown] = Field(default=[], description="when those models are shut down, as documents state it")

    @property
    def plain(self) -> str:
        """Return the name of the target, or of the one that is rehearsed."""
        return self.name.removesuffix(SUFFIX) if self.mode == "rehearse" else self.name

    @property
    def column(self) -> str:
        """Return the name of the target's column: what was not measured by this run is not under the plain name."""
        if self.mode == "foreign":
            return f"{self.name} (foreign)"
        return f"{self.plain} (rehearsal)" if self.mode == "rehearse" else self.name

    @property
    def grade(self) -> str:
        """Return the grade of the evidence, in words."""
        if self.mode == "replay":
            day = f"recorded on {self.recorded:%Y-%m-%d}" if self.recorded else "recorded"
            return f"{day} from {self.server}" if self.server else day
        if self.mode == "foreign":
            since = f"since {self.recorded:%Y-%m-%d}" if self.recorded else "of unknown date"
            return f"foreign: {self.source}, {since}"
        return "rehearsal: nothing was measured" if self.mode == "rehearse" else "live"


class Header(_Line):
    """The first line: what was run, when and with what."""

    type: Literal["header"] = "header"
    log_version: Literal[1] = 1
    run: str
    suite: str
    client: str = Field(description="version of the official client whose machinery sent the requests")
    schemas: str = Field(default="", description="digest of the schemas; empty in older logs")
    started: datetime
    command: list[str]
    targets: list[TargetFacts]
    options: Asked | None = Field(default=None, description="the options, as --resume repeats them")
    shards: list[str] = Field(default_factory=list, description="the runs of the shards that were merged into this one")


class Facts(_Line):
    """What was asked and what came, as far as it tells which exchanges have one cause. No id of an object in it."""

    method: str
    operation: str = Field(description="the path, `{...}` for ids and models: `responses/{response_id}`")
    streamed: bool = False
    media_type: str = ""
    expects: list[Count] = Field(default_factory=list, description="the statuses of a conforming answer")
    roles: list[str] = Field(default_factory=list, description="the roles of the models that it needs")
    error: str = Field(default="", description="the shape of the body of a refusal: `error object`, `detail`, `text`")
    said: str = Field(default="", description="what a refusal says, without ids, numbers and paths")
    digest: str = Field(default="", description="of the body without ids, numbers, times and its own path")
    fields: list[str] = Field(default_factory=list, description="the keys of the JSON object that was sent")
    nulls: bool | None = Field(default=None, description="whether the body seems to hold a null; null: not known")
    usage: str = Field(default="", description="the counts, `12 + 3`; of a stream: on which chunk, `last, alone`")


class ExchangeLine(_Line):
    """One exchange: what became of it, and what it cost."""

    type: Literal["exchange"] = "exchange"
    target: str
    id: str
    case: str = ""
    sample: Annotated[int, Field(ge=1, le=MOST_SAMPLES)] = Field(default=1, description="which sample of it, from 1")
    about: str = Field(default="", description="what is special about the request")
    key: Key = Field(default=Key.VALID, description="which key it carried: recordings hold none")
    status: Count | None = None
    ending: Ending
    reason: str = ""
    attempts: list[str] = Field(default_factory=list, description="what came of each try, in order")
    beside: int = Field(default=0, description="how many other requests of ours were in flight meanwhile, at most")
    total_ms: Milliseconds | None = None
    tokens: Count | None = Field(default=None, description="the usage that the endpoint itself reported")
    dollars: Dollars | None = Field(default=None, description="by that usage and the prices of the target's file")
    resumed: bool = Field(default=False, description="taken from the folder of an earlier run")
    ours: bool = Field(default=False, description="there is no response, for our fault or the network's")
    evidence: Inside = ""
    invalid: bool = Field(default=False, description="the request is invalid on purpose")
    facts: Facts | None = Field(default=None, description="what tells causes apart; null in older logs")

    @property
    def label(self) -> str:
        """Return the label of the exchange as results name it."""
        return label_of(self.id, self.case, self.sample)


class Known(_Line):
    """Why a deviation does not fail the run, or why a stale entry does."""

    reason: str
    since: str
    stale: bool = False


class Shown(_Line):
    """Where one of several findings of a check of a kind shows."""

    finding: str
    reason: str = Field(description="what the check says of the first response that shows it")
    places: list[str] = Field(description="the responses that show it")


class Result(_Line):
    """One check for one target."""

    type: Literal["result"] = "result"
    target: str
    check: str
    capability: str
    title: str = Field(description="the capability in a few words")
    case: str = ""
    statement: str
    requirement: str
    source: str
    source_url: str = Field(default="", description="where the source can be read")
    level: Level = Field(description="who owes it: the weaker of the check's and the capability's level")
    gating: bool = Field(description="whether a new deviation fails the run")
    verdict: Verdict
    reason: str = ""
    note: str = ""
    findings: list[str] = Field(default_factory=list)
    places: list[str] = Field(default_factory=list, description="the responses that deviate, if known")
    shown: list[Shown] = Field(default_factory=list, description="of a check of a kind with several findings: each")
    judged: Count = Field(default=0, description="of a check of a kind: how many responses were judged")
    exchanges: list[str] = Field(default_factory=list, description="labels of the exchanges looked at")
    evidence: list[Inside] = Field(default_factory=list, description="paths of recordings below the run's folder")
    known: Known | None = None
    unmeasured: bool = Field(
        default=False,
        description="of one that is inconclusive or unrecorded: for want of a response, not of skill or of a condition",
    )
    edition: str = Field(description="digest of the check's and its exchanges' code")
    duration_ms: Milliseconds = 0.0
    parameter: str = Field(default="", description="what this check decides, `<endpoint>: <parameter>, ...`")
    effect_seen: bool = Field(default=True, description="whether the effect of the parameter can be seen from outside")
    samples: Samples | None = Field(default=None, description="what came of each sample, where several were taken")
    confirmed: Samples | None = Field(default=None, description="what came of asking again what deviates (--confirm)")
    flaky: bool = Field(default=False, description="it deviates in some samples and conforms in others: never gating")

    def places_of(self, finding: str) -> list[str]:
        """Return the labels of the exchanges that show one of its findings."""
        own = next((one.places for one in self.shown if one.finding == finding), None)
        return own or self.places or self.exchanges

    def asked_again(self, samples: Samples) -> "Result":
        """Return the result with what came of asking again: where that conforms, it is flaky, and never gates."""
        flaky = self.flaky or samples.conforming > 0
        note = "; ".join(filter(None, [self.note, f"asked again alone: {samples.words}"]))
        changes = {"confirmed": samples, "flaky": flaky, "gating": self.gating and not flaky, "note": note}
        return self.model_copy(update=changes)

    @property
    def without_case(self) -> str:
        """Return the check's id without its case, the same for all cases."""
        return self.check.replace(f"[{self.case}]", "", 1) if self.case else self.check


class NotRun(_Line):
    """An exchange that was left out because of what it costs."""

    type: Literal["not-run"] = "not-run"
    target: str
    id: str
    why: str
    tokens: Count
    checks: Count
    capabilities: list[str] = Field(default_factory=list, description="those of the checks that need it")
    owed: list[str] = Field(default_factory=list, description="of these, those whose MUST checks need it")


class Offered(_Line):
    """Whether a target offers an optional API, which makes what is core to it a SHOULD; decided before the checks."""

    type: Literal["offered"] = "offered"
    target: str
    api: str = Field(description="`responses`, `embeddings`")
    offered: bool
    why: str = Field(description="what shows it, in words")


class Footer(_Line):
    """The last line: how it ended."""

    type: Literal["footer"] = "footer"
    finished: datetime
    exit_code: Count
    why: str = Field(default="", description="what decided the exit code, in words")
    requests: Count = Field(description="requests sent in this run, retries included")
    tokens: Count = Field(default=0, description="those that the endpoints reported, of what this run has sent")
    dollars: Dollars | None = Field(default=None, description="what they cost, as far as prices are known")
    verdicts: dict[Verdict, Count]
    interrupted: bool = False
    plan: str = Field(default="", description="of a shard: the digest of the plan of which it has sent a part")


AnyLine = (
    Header | Stated | Offered | ExchangeLine | Result | Confirmation | NotRun | Client | Similar | Account | Footer
)
Line = Annotated[AnyLine, Field(discriminator="type")]
_LINE: TypeAdapter[AnyLine] = TypeAdapter(Line)


@dataclass(frozen=True)
class Run:
    """
    One log. `folder` holds the log and the recordings; `footer` is None when the run was cut.

    Where a run took several samples, `exchanges` are the first ones and those that a result names, `samples` the others
    than the first.
    """

    folder: Path
    header: Header
    results: tuple[Result, ...]
    exchanges: tuple[ExchangeLine, ...]
    not_run: tuple[NotRun, ...]
    footer: Footer | None
    clients: tuple[Client, ...] = ()
    similar: tuple[Similar, ...] = ()
    offered: tuple[Offered, ...] = ()
    claims: tuple[Stated, ...] = ()
    samples: tuple[ExchangeLine, ...] = ()
    accounts: tuple[Account, ...] = ()

    @property
    def cut(self) -> bool:
        """Tell whether the run did not come to its end."""
        return self.footer is None or self.footer.interrupted

    @cached_property
    def quiet(self) -> Mapping[tuple[str, str], str]:
        """Return the recordings of exchanges on which every verdict is `conforms`, by target and label."""
        told = {
            (result.target, label)
            for result in self.results
            if result.verdict is not Verdict.CONFORMS
            for label in result.places or result.exchanges
        }
        lines = {(line.target, line.label): line for line in self.exchanges}
        return {key: line.evidence for key, line in lines.items() if line.evidence and key not in told}

    @property
    def every_exchange(self) -> tuple[ExchangeLine, ...]:
        """Return the exchanges of all samples."""
        return (*(line for line in self.exchanges if line.sample == 1), *self.samples)

    def target(self, name: str) -> TargetFacts:
        """Return the facts about one of the run's targets."""
        return next(facts for facts in self.header.targets if facts.name == name)

    def account(self, target: str) -> Account | None:
        """Return what the account of one of the run's targets told, or None where it was not asked."""
        return next((one for one in self.accounts if one.target == target), None)


def dump(line: BaseModel) -> str:
    """Return a line of the log, with its line feed."""
    return line.model_dump_json(exclude_defaults=False) + "\n"


def line_of(text: bytes) -> BaseModel | None:
    """Return one line of a log, or None for one that cannot be read."""
    try:
        return _LINE.validate_json(text)
    except ValidationError:
        return None


def read(folder: Path, name: str = LOG) -> Run:
    """Return the run whose log lies in a folder, by that name. Raises `UsageError` that says what is wrong with it."""
    path = folder / name
    content = content_of(path, LARGEST)
    lines: list[AnyLine] = []
    text = content.removesuffix(b"\n").split(b"\n")  # bytes: a cut line may end within a character
    for number, line in enumerate(text, start=1):
        if len(line) > LONGEST_LINE:
            raise UsageError(f"{path}, line {number}: more than {LONGEST_LINE:,} bytes, so no line of a log")
        try:
            lines.append(_LINE.validate_json(line))
        except ValidationError as error:
            if number == len(text) > 1:
                break  # the run was cut while it wrote this line
            raise UsageError(f"{path}, line {number}: {mistake(error)}") from None
    if not lines or not isinstance(lines[0], Header):
        raise UsageError(f"{path}: the first line is no header")
    refuse_strangers(path, lines[0], [facts.name for facts in lines[0].targets], lines[1:])
    return assemble(folder, lines[0], lines[1:])


def assemble(folder: Path, header: Header, lines: Sequence[BaseModel]) -> Run:
    """Return the run that a header and the lines after it make."""
    results = confirmed((line for line in lines if isinstance(line, Result)), lines)
    exchanges = [line for line in lines if isinstance(line, ExchangeLine)]
    return Run(
        folder,
        header,
        results=results,
        exchanges=tuple(told(exchanges, results)),
        not_run=tuple(line for line in lines if isinstance(line, NotRun)),
        footer=next((line for line in lines if isinstance(line, Footer)), None),
        clients=tuple(line for line in lines if isinstance(line, Client)),
        similar=tuple(line for line in lines if isinstance(line, Similar)),
        offered=tuple(line for line in lines if isinstance(line, Offered)),
        claims=tuple(line for line in lines if isinstance(line, Stated)),
        samples=tuple(line for line in exchanges if line.sample > 1),
        accounts=tuple(line for line in lines if isinstance(line, Account)),
    )


def confirmed(results: Iterable[Result], lines: Iterable[BaseModel]) -> tuple[Result, ...]:
    """Return the results with what came of those that were asked again."""
    again = {(line.target, line.check): line.samples for line in lines if isinstance(line, Confirmation)}
    found = ((result, again.get((result.target, result.check))) for result in results)
    return tuple(result.asked_again(samples) if samples else result for result, samples in found)


def told(lines: Iterable[ExchangeLine], results: Iterable[Result]) -> list[ExchangeLine]:
    """Return the exchanges that reports are about: the first sample of each, and the others that a result names."""
    named = {(result.target, name) for result in results for name in (*result.places, *result.exchanges)}
    return [line for line in lines if line.sample == 1 or (line.target, line.label) in named]


def schema() -> str:
    """Return the JSON Schema of one line of the log, as it is published in `log.schema.json`."""
    described = {"title": "A line of a conformance log", **_LINE.json_schema(mode="serialization")}
    return json.dumps(described, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
