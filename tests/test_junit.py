"""The JUnit report counts the causes that every report counts."""

from pathlib import Path
from xml.etree import ElementTree as ET

from conformance.cli.junit import add_causes
from conformance.wire.verdict import Verdict
from tests import runs

WRITTEN = (
    '<?xml version="1.0"?><testsuites><testsuite name="pytest" tests="1"><testcase name="a"/></testsuite></testsuites>'
)


def test_each_cause_is_a_property_of_the_suite(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    path.write_text(WRITTEN, encoding="utf-8")
    lines = [runs.result(Verdict.DEVIATES, check=f"a/b/s{n}", findings=["missing:A/x"]) for n in range(3)]
    lines.append(runs.result(Verdict.DEVIATES, requirement=runs.HOSTILE + "\x00\x1b", gating=False))
    add_causes(path, runs.run(tmp_path, [runs.target()], lines))
    found = list(ET.parse(path).iter("property"))
    assert [one.get("name") for one in found] == ["cause 1 of alpha", "cause 2 of alpha"]
    assert "missing:A/x: `A/x` is missing. (gating, MUST, cosmetic)" in [one.get("value") for one in found]
    assert len(list(ET.parse(path).iter("testcase"))) == 1
