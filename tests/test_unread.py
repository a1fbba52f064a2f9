"""A run goes on when nobody reads what it says any more: its measurement and its exit code are worth more."""

import subprocess
import sys
from pathlib import Path

import pytest

ASKED = ("-q", "--capability", "models.list.schema")


@pytest.mark.parametrize(("more", "code"), [((), 0), (("--there-is-none",), 4)])
def test_a_run_whose_output_is_not_read_ends_as_ever(tmp_path: Path, more: tuple[str, ...], code: int) -> None:
    command = [sys.executable, "-m", "conformance", *ASKED, *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        said = process.stderr.read()
    assert process.returncode == code, said
    assert "Traceback" not in said
    if code == 0:
        assert said.count("nobody reads stdout any more: the run goes on") == 1
        assert list(tmp_path.glob("reports/runs/*/matrix.html"))


def test_nor_need_anybody_read_its_errors(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "conformance", *ASKED]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=tmp_path) as process:
        assert process.stdout
        process.stdout.close()
    assert process.returncode == 0
    assert list(tmp_path.glob("reports/runs/*/matrix.html"))
