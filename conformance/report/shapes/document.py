"""
`shapes.json`: the shapes of a run against OpenAI's schemas, for other programs.

The JSON Schema is published as `shapes.schema.json`, which `python -m conformance.report.shapes.document` prints.
`evidence` is the path of a page below the run's folder. A target without the difference has no key in `cells`.
"""

import json
import sys
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from conformance.report.paths import proof_page
from conformance.report.shapes.model import Line, Shapes, Table
from conformance.shapes.gathered import Group
from conformance.wire.capability import Level


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Cell(_Model):
    """What one target has of a difference."""

    count: int = Field(description="responses that have it")
    of: int = Field(description="all responses of the operation")
    pointer: str = Field(description="where it is in the first of them (RFC 6901); of a stream the event first")
    observed: str
    exchanges: list[str] = Field(description="labels of those that have it, 200 at most")
    evidence: str = Field(description="the page of the first one")


class Difference(_Model):
    """One difference between responses and the schema of their operation."""

    kind: Group
    level: Level = Field(description="must: the client's type; should: OpenAI's reference; may: an extension")
    field: str = Field(description="the definition and its key")
    expected: str
    cells: dict[str, Cell] = Field(description="by column")


class Operation(_Model):
    """One operation in one form."""

    operation: str
    schema_name: str
    answers: dict[str, int] = Field(description="by column: how many responses were held against the schema")
    left_out: dict[str, int] = Field(description="by column: differences beyond the first 200")
    differences: list[Difference] = Field(description="the worst first")


class ShapesDocument(_Model):
    """The whole file. A change that breaks readers raises its version."""

    model_config = ConfigDict(title="Shapes of responses")

    model_version: Literal[1] = 1
    run: str
    client: str = Field(description="version of the official client whose types are the schemas")
    targets: list[str] = Field(description="the columns")
    warnings: list[str] = Field(description="what must be known before anything else is read")
    operations: list[Operation]


def shapes_json(found: Shapes) -> str:
    """Return the file."""
    header = found.run.header
    written = ShapesDocument(
        run=header.run,
        client=header.client,
        targets=[facts.column for facts in found.targets],
        warnings=list(found.warnings),
        operations=[_operation(found, table) for table in found.tables],
    )
    return written.model_dump_json(indent=1) + "\n"


def _operation(found: Shapes, table: Table) -> Operation:
    measured = {facts.column: one for facts, one in zip(found.targets, table.measured, strict=True) if one}
    return Operation(
        operation=table.title,
        schema_name=table.schema,
        answers={name: one.answers for name, one in measured.items()},
        left_out={name: one.left_out for name, one in measured.items() if one.left_out},
        differences=[_difference(found, line) for line in table.lines],
    )


def _difference(found: Shapes, line: Line) -> Difference:
    cells = {
        facts.column: Cell(
            count=cell.count,
            of=cell.of,
            pointer=cell.pointer,
            observed=cell.observed,
            exchanges=list(cell.labels),
            evidence=proof_page(found.run, facts.name, cell.labels[0]),
        )
        for facts, cell in zip(found.targets, line.cells, strict=True)
        if cell
    }
    return Difference(kind=line.group, level=line.level, field=line.name, expected=line.expected, cells=cells)


def schema() -> str:
    """Return the JSON Schema of the file, as it is published in `shapes.schema.json`."""
    return json.dumps(ShapesDocument.model_json_schema(mode="serialization"), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema())
