"""The tables of `matrix.json`, and how they are made. Empty ones stay empty."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from conformance.log.records import Run
from conformance.report.paths import proof_page
from conformance.report.tables import atlas, parameters
from conformance.report.tables.facts import Facts
from conformance.report.tables.parameters import Fate


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ParameterCell(_Model):
    """What one target did with a parameter."""

    fate: Fate
    reason: str
    exchange: str


class Parameter(_Model):
    """One parameter of an endpoint."""

    endpoint: str
    parameter: str
    cells: dict[str, ParameterCell]


class Refusal(_Model):
    """What came of one invalid request."""

    request: str
    status: int | None
    envelope: str
    type: str
    code: str
    param: str
    retryable: bool | None
    leak: str
    raises: str = Field(description="the exception of the official client")
    evidence: str


class Tables(_Model):
    """The tables beside the matrix."""

    parameters: list[Parameter] = []
    errors: dict[str, list[Refusal]] = Field(default={}, description="by column")


def tables_json(found: Facts) -> Tables:
    """Return the tables as they stand in the file, by the name of the column."""
    names = [facts.column for facts in found.targets]
    return Tables(
        parameters=[_parameter(row, names) for row in found.parameters],
        errors={one.column: [_refusal(found.run, one.target, row) for row in one.refusals] for one in found.atlases},
    )


def _parameter(row: parameters.Parameter, names: Sequence[str]) -> Parameter:
    cells = {
        name: ParameterCell(fate=told.fate, reason=told.reason, exchange=told.exchange)
        for name, told in zip(names, row.told, strict=True)
    }
    return Parameter(endpoint=row.endpoint, parameter=row.name, cells=cells)


def _refusal(run: Run, target: str, row: atlas.Refusal) -> Refusal:
    return Refusal(
        request=row.request,
        status=row.status,
        envelope=row.envelope,
        type=row.type,
        code=row.code,
        param=row.param,
        retryable=row.again,
        leak=row.leak,
        raises=row.raises,
        evidence=proof_page(run, target, row.request),
    )
