"""What the README says must be what the suite does: tables that stand in code are held against it."""

import re
from pathlib import Path

from conformance.log.exit_code import MEANINGS
from conformance.plan import loader
from conformance.wire.verdict import Verdict

README = Path(__file__).parents[1] / "README.md"


def rows(head: str) -> dict[str, str]:
    """Return the rows of the table of two columns below a head."""
    text = README.read_text(encoding="utf-8")
    _, found, rest = text.partition(f"| {head} | meaning |\n|---|---|\n")
    assert found, f"the README has no table with the head `{head}`"
    return dict(re.findall(r"^\| `?(.*?)`? \| (.*) \|$", rest.partition("\n\n")[0], re.MULTILINE))


def test_the_readme_explains_every_exit_code() -> None:
    assert rows("code") == {str(code): meaning for code, meaning in MEANINGS.items()}


def test_the_readme_explains_every_verdict() -> None:
    assert rows("verdict") == {verdict.value: verdict.meaning for verdict in Verdict}


def test_the_readme_tells_how_many_checks_there_are() -> None:
    """In hundreds: a new check is one function, and no line of the README."""
    own = [check for check in loader.load().checks if not check.builtin]
    of_kinds = sum(1 for check in own if check.kind is not None)
    text = " ".join(README.read_text(encoding="utf-8").split())
    assert f"against more than {(len(own) - 1) // 100 * 100} checks" in text
    assert 0.4 < of_kinds / len(own) < 0.5
    assert "Nearly half of the checks are checks of a kind" in text
