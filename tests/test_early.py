"""A signal while pytest imports the plugin or collects ends with one line, exit code 2, and no traceback."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SAID = "interrupted before anything was sent"

INTERRUPTING = """
import os, sys
import pytest

def interrupt():
    os.kill(os.getpid(), int(sys.argv[2]))

class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == sys.argv[1]:
            interrupt()

    def pytest_collectstart(self, collector):
        if type(collector).__name__ == sys.argv[1]:
            interrupt()

sys.meta_path.insert(0, Interrupting())
suite = ["-p", "conformance.plugin", "--noconftest", "--pyargs", "conformance.checks", "-q"]
sys.exit(pytest.main(suite, plugins=[Interrupting()]))
"""


EARLIEST = """
import os, sys

class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "signal":
            os.kill(os.getpid(), 2)

sys.meta_path.insert(0, Interrupting())
exec(compile(open(sys.argv[1], encoding="utf-8").read(), sys.argv[1], "exec"))
"""


def test_a_signal_while_the_command_imports_its_first_module_is_one_line(tmp_path: Path) -> None:
    command = (sys.executable, "-c", EARLIEST, str(ROOT / "conformance" / "__main__.py"))
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, f"{SAID}\n", "")


def interrupted(folder: Path, at: str, number: signal.Signals) -> subprocess.CompletedProcess[str]:
    """Run pytest on the suite; a signal comes when a module is about to be imported, or a sort of node collected."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        (sys.executable, "-c", INTERRUPTING, at, str(int(number))),
        env=kept | {"PYTHONPATH": str(ROOT)},
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("module", ["conformance.cli", "conformance.run.session"])
def test_a_signal_while_the_plugin_is_imported_is_one_line(tmp_path: Path, module: str, number: signal.Signals) -> None:
    done = interrupted(tmp_path, module, number)
    assert (done.returncode, done.stdout, done.stderr) == (2, f"{SAID}\n", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_the_suite_is_collected_leaves_no_traceback(tmp_path: Path, number: signal.Signals) -> None:
    done = interrupted(tmp_path, "Module", number)
    assert (done.returncode, done.stdout.splitlines()[-1], done.stderr) == (2, SAID, "")
    assert "Traceback" not in done.stdout
    assert not (tmp_path / "reports" / "runs").exists()
