"""The causes of a run in pytest's JUnit report, which itself counts results: as properties of the suite."""

from contextlib import suppress
from pathlib import Path
from xml.etree import ElementTree as ET

from conformance.causes.cause import Weight
from conformance.causes.gather import causes
from conformance.log.records import Run, read
from conformance.wire.text import cut, visible
from conformance.wire.verdict import UsageError

_LONGEST = 400


def tell_causes(path: str | None, folder: Path) -> None:
    """Add the causes of the run in a folder to the report that pytest was asked for; nothing where that cannot be."""
    if path:
        with suppress(OSError, ET.ParseError, UsageError):
            add_causes(Path(path), read(folder))


def add_causes(path: Path, run: Run) -> None:
    """
    Add one property for each cause of each target to a report that pytest has written, the worst first.

    Raises `OSError` when the file cannot be read or written, and `ParseError` when it is not XML.
    """
    tree = ET.parse(path)  # noqa: S314  pytest has just written it
    suite = tree.find("testsuite")
    if suite is None:
        return
    properties = suite.find("properties")
    if properties is None:
        properties = ET.Element("properties")
        suite.insert(0, properties)
    for facts in run.header.targets:
        found = [one for one in causes(run, facts.name) if one.weight not in {Weight.ERROR, Weight.UNMEASURED}]
        for number, cause in enumerate(found, start=1):
            kind = f"{cause.weight.value}, {cause.level.value.upper()}, {cause.damage.words}"
            value = visible(cut(f"{cause.id}: {cause.sentence} ({kind})", _LONGEST))
            ET.SubElement(properties, "property", name=f"cause {number} of {facts.column}", value=value)
    tree.write(path, encoding="utf-8", xml_declaration=True)
