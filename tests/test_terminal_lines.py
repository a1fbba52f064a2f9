"""What the suite says while pytest writes its dots stands on lines of its own."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

SAYING = """
import pytest
from conformance.cli.terminal import say

class Saying:
    def pytest_sessionfinish(self, session):
        say(session.config, ["said amid the dots", "and once more"])

suite = ["-p", "no:cacheprovider", "--noconftest", "-c", "none.ini", "test_dots.py"]
pytest.main([*suite, *__import__("sys").argv[1:]], plugins=[Saying()])
"""


@pytest.mark.parametrize("options", [(), ("-q",), ("-v",)])
def test_what_is_said_amid_the_dots_stands_on_its_own_lines(tmp_path: Path, options: tuple[str, ...]) -> None:
    (tmp_path / "test_dots.py").write_text("def test_one(): pass\ndef test_two(): pass\n", encoding="utf-8")
    (tmp_path / "none.ini").write_text("[pytest]\n", encoding="utf-8")
    command = (sys.executable, "-c", SAYING, *options)
    done = subprocess.run(
        command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, encoding="utf-8", check=False
    )
    lines = done.stdout.splitlines()
    said = lines.index("said amid the dots")
    assert lines[said + 1] == "and once more"
    assert lines[said - 1].endswith("[100%]")
