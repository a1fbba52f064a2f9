"""Faults of the machine and signals: how a run ends, what it says, what it leaves behind."""

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

import pytest

import conformance
from conformance import files
from conformance.log.writer import Log
from conformance.wire.verdict import Verdict
from tests import hostile
from tests.hostile import serving
from tests.test_plugin import until
from tests.whole_run import Ran, Runner, clean_environ, endpoint, run

__all__ = ["run"]

COMMAND = (sys.executable, "-P", str(Path(conformance.__file__).with_name("__main__.py")))
LISTED = ("--capability", "models.list.schema")


@pytest.fixture
def small(run: Runner) -> Runner:
    """Runs of the few checks of one family: processes of their own start quickly."""
    return Runner(run.pytester, ("conformance.checks.models",))


def ended(process: "subprocess.Popen[str]", root: Path) -> Ran:
    output, _ = process.communicate(timeout=60)
    assert "Traceback" not in output
    assert "INTERNALERROR" not in output
    return Ran(process.returncode, output, root)


def last_words(ran: Ran) -> list[str]:
    return [line for line in ran.said.splitlines() if line][-2:]


def goes_on(folder: Path) -> list[str]:
    return [f"Interrupted: reports/runs/{folder.name}", f"Go on with:  nox -s conformance -- --resume {folder.name}"]


# Signals.


@pytest.mark.parametrize(
    ("number", "more"),
    [(signal.SIGINT, ()), (signal.SIGTERM, ()), (signal.SIGTERM, ("-n", "2"))],
    ids=["ctrl-c", "sigterm", "workers"],
)
def test_a_signal_while_sending_ends_with_2_and_says_how_to_go_on(
    small: Runner, more: tuple[str, ...], number: signal.Signals
) -> None:
    with serving(hostile.stall()) as server:
        with small.started(*endpoint(server.base_url), *LISTED, *more) as process:
            until(server.arrived.is_set)
            process.send_signal(number)
            cut = ended(process, small.root)
        assert server.hung_up.wait(10)
    assert cut.code == 2, cut.said
    assert last_words(cut) == goes_on(cut.folder)
    assert cut.run.footer is not None
    assert (cut.run.footer.interrupted, (cut.folder / "matrix.html").is_file()) == (True, True)


PAUSE = """
import atexit, os, pathlib, sys, time

class Pause:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            pathlib.Path({here!r}).touch()
            time.sleep(60)

sys.meta_path.insert(0, Pause())
"""


@pytest.mark.parametrize(
    ("module", "number"),
    [
        ("pydantic", signal.SIGTERM),
        ("pytest", signal.SIGINT),
        ("conformance.run.session", signal.SIGTERM),
        ("conformance.checks.audio.exchanges", signal.SIGINT),
    ],
)
def test_a_signal_while_importing_ends_with_2_and_says_that_nothing_was_sent(
    run: Runner, module: str, number: signal.Signals
) -> None:
    """The modules are imported for the command itself, before pytest, by the plugin and by collecting."""
    here = run.root / "here"
    (run.root / "sitecustomize.py").write_text(PAUSE.format(module=module, here=str(here)))
    path = f"{run.root}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    process = subprocess.Popen(
        [*COMMAND, "-p", "no:cacheprovider"],
        cwd=run.root,
        env={**clean_environ(), "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        until(here.exists)
        process.send_signal(number)
        cut = ended(process, run.root)
    assert (cut.code, last_words(cut)[-1]) == (2, "interrupted before anything was sent"), cut.said
    assert not (run.root / "reports").exists()


def test_a_killed_run_leaves_no_server(small: Runner) -> None:
    server = small.root / "held_server.py"
    with serving(hostile.stall()) as holding:
        server.write_text(
            f"import os, time\nopen({str(small.root / 'pid')!r}, 'w').write(str(os.getpid()))\n"
            f"print('listening on {holding.base_url}', flush=True)\ntime.sleep(120)\n"
        )
        choice = small.target("held", "http://127.0.0.1:1", '[server]\nmodule = "held_server"')
        path = f"{small.root}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
        with small.started(*choice, *LISTED, environ={"PYTHONPATH": path}) as process:
            until(holding.arrived.is_set)
            process.kill()
            process.communicate(timeout=60)
    pid = (small.root / "pid").read_text()
    until(lambda: not is_alive(pid))


def is_alive(pid: str) -> bool:
    """Tell whether a process runs; one that has ended and that nobody has waited for does not."""
    status = Path(f"/proc/{pid}/stat")
    try:
        return status.read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# What cannot be written.


def test_a_folder_that_cannot_be_written_is_found_before_anything_is_sent(small: Runner) -> None:
    (small.root / "taken").write_text("a file")
    with serving(hostile.faithful()) as server:
        ran = small.at(server.base_url, *LISTED, "--output", "taken/runs")
    assert (ran.code, server.connections) == (4, 0)
    assert f"runs cannot be written into {small.root / 'taken/runs'}: Not a directory; mend that" in ran.said
    assert "collected" not in ran.said


class Full:
    """A file on a disk that gets full after so many lines."""

    def __init__(self, file: TextIO, lines: int) -> None:
        self._file, self._lines = file, lines

    def write(self, text: str) -> int:
        self._lines -= 1
        if self._lines < 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return self._file.write(text)

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def test_a_log_that_cannot_be_written_stops_the_run_and_ends_with_3(
    small: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    genuine = Log.__init__

    def begin(log: Log, *arguments: Any, **options: Any) -> None:
        genuine(log, *arguments, **options)
        log._file = Full(log._file, 2)  # type: ignore[assignment]

    monkeypatch.setattr(Log, "__init__", begin)
    with serving(hostile.faithful()) as server:
        ran = small.at(server.base_url, "--capability", "models.*")
    assert ran.code == 3, ran.said
    said = f"internal: the log could not be written: No space left on device: {ran.folder / 'log.ndjson'}. Make room"
    assert f"{said}, then: nox -s conformance -- --resume {ran.folder.name}" in ran.said
    assert "INTERNALERROR" not in ran.said
    assert (len(ran.run.results), ran.run.footer, (ran.folder / "matrix.html").exists()) == (2, None, False)


def test_reports_that_cannot_be_written_end_with_3_and_leave_no_half(
    small: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, text: str) -> None:
        del text
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr("conformance.report.write.write_text", full)
    with serving(hostile.faithful()) as server:
        ran = small.at(server.base_url, *LISTED)
    assert ran.code == 3
    assert "internal: the reports could not be written: No space left on device: " in ran.said
    assert f"try again with: python -m conformance.report {ran.folder}" in ran.said
    assert {path.name for path in ran.folder.iterdir()} <= {"log.ndjson", "exchanges", ".locks"}


def test_a_recording_that_cannot_be_written_stops_the_sending_and_is_said_once(
    small: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))

    monkeypatch.setattr("conformance.record.cassette.write", full)
    with serving(hostile.faithful()) as server:
        ran = small.at(server.base_url, "--capability", "models.*")
    asked_first = ["GET /models", "POST /chat/completions"]
    assert (ran.code, sorted(server.paths)) == (3, asked_first)
    assert ran.said.count("No space left on device") == 1
    assert {result.verdict for result in ran.run.results} == {Verdict.ERROR}


@pytest.fixture
def own_handlers() -> Iterator[None]:
    """Let a run in this process have handlers of its own, and not those of the run that these tests are."""
    before = {number: signal.signal(number, signal.SIG_DFL) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("own_handlers")
def test_a_signal_while_reports_are_written_leaves_no_half(small: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    def signalled(path: Path, text: str) -> None:
        genuine(path, text)
        os.kill(os.getpid(), signal.SIGTERM)

    genuine = files.write_text
    monkeypatch.setattr("conformance.report.write.write_text", signalled)
    with serving(hostile.faithful()) as server:
        ran = small.at(server.base_url, *LISTED)
    assert ran.code == 2
    assert "reports not written: interrupted" in ran.said
    assert last_words(ran) == goes_on(ran.folder)
    assert {path.name for path in ran.folder.iterdir()} <= {"log.ndjson", "exchanges", ".locks"}
