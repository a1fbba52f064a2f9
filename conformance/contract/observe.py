"""What one run observed of a target: for each exchange its status, headers, events and shape, and the models listed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce

from conformance.compare.side import Side, recording_of
from conformance.contract.document import Listed
from conformance.contract.models import catalogue_of
from conformance.log.records import ExchangeLine
from conformance.record.recording import Recording
from conformance.schemas.differ import Kind
from conformance.shapes.against import disagreements
from conformance.shapes.answer import Answer, Form, compared, operation_of
from conformance.shapes.shape import Shape, merge, shape_of
from conformance.wire.exchange import without_sample

TRANSIENT = frozenset({408, 409, 425, 429})
"""Statuses that say when one asked and not what is offered; so does every status from 500 on."""

_MOST_EXTENSIONS = 50
_WORD = 160


@dataclass(frozen=True, slots=True)
class Sample:
    """
    One recorded response to one request.

    `form`, `shape` and `events` are those of a response that says something about the shape of a good one. `events`
    are the sorts of events in the order of their first arrival: how often each comes depends on the text. `request_id`
    and `recorded` are for whoever looks the response up; they never stand in a contract.
    """

    label: str
    operation: str
    fields: tuple[str, ...]
    status: int
    headers: frozenset[str]
    form: Form | None
    shape: Shape | None
    events: tuple[str, ...]
    extensions: tuple[str, ...]
    models: Mapping[str, Listed] | None
    request_id: str
    recorded: datetime
    evidence: str


def is_transient(status: int) -> bool:
    """Tell whether a status is that of an outage or of a limit."""
    return status in TRANSIENT or status >= 500


def samples(side: Side) -> dict[str, tuple[Sample, ...]]:
    """
    Return what was observed in each sample of the run, by the label of the exchange.

    Recordings that cannot be read are passed over.
    """
    found: dict[str, list[Sample]] = {}
    for sample in _samples(side):
        found.setdefault(sample.label, []).append(sample)
    return {label: tuple(every) for label, every in found.items()}


def together(found: Sequence[Sample]) -> Sample:
    """Return the first of some samples of one exchange, with the shape of all that have its form."""
    first = found[0]
    shapes = [one.shape for one in found if one.shape is not None and one.form is first.form]
    return replace(first, shape=reduce(merge, shapes)) if first.shape is not None else first


def listed(found: Iterable[Sample]) -> dict[str, Listed] | None:
    """Return the models that a run was told, by id; None where it did not ask."""
    told = [sample.models for sample in found if sample.models is not None]
    return dict(sorted({name: one for models in told for name, one in models.items()}.items())) if told else None


def _samples(side: Side) -> Iterator[Sample]:
    for line in side.every_exchange:
        if line.status is None or is_transient(line.status):
            continue
        if recording := recording_of(side, line):
            yield _sample(without_sample(line.label), line, recording)


def _sample(label: str, line: ExchangeLine, recording: Recording) -> Sample:
    answer, response = compared(line, recording), recording.response
    names = {name.lower(): value for name, value in response.headers}
    return Sample(
        label=label,
        operation=operation_of(recording),
        fields=tuple(sorted(line.facts.fields)) if line.facts else (),
        status=response.status,
        headers=frozenset(name[:_WORD] for name in names),
        form=answer.form if answer else None,
        shape=shape_of(answer.joined) if answer else None,
        events=tuple(dict.fromkeys(answer.events)) if answer else (),
        extensions=_extensions(answer) if answer else (),
        models=catalogue_of(recording),
        request_id=names.get("x-request-id", ""),
        recorded=recording.provenance.recorded,
        evidence=line.evidence,
    )


def _extensions(answer: Answer) -> tuple[str, ...]:
    extra = [one for one in disagreements(answer) if one.kind is Kind.EXTRA_FIELD]
    return tuple(sorted({f"{one.owner}.{one.key}"[:_WORD] for one in extra})[:_MOST_EXTENSIONS])
