"""Servers that the suite starts itself: what they say when they do not start, and that they are ended."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from conformance.servers import module as local_server
from conformance.servers import running as running_server
from conformance.targets.server import Server
from conformance.targets.target import Target
from conformance.wire.verdict import HarnessError
from tests import hostile
from tests.test_plugin import until
from tests.whole_run import BASIC, Runner, run

__all__ = ["run"]

READY = "print('listening on http://127.0.0.1:9/v1', flush=True)"
WAIT = "import time; time.sleep(120)"


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose modules a started process finds."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    return tmp_path


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list["subprocess.Popen[str]"]]:
    """The processes that were started; all of them must have ended when the test ends."""
    processes = []
    genuine = subprocess.Popen

    def start(*arguments: object, **options: object) -> object:
        process = genuine(*arguments, **options)  # type: ignore[call-overload]
        if "-m" in process.args:
            processes.append(process)
        return process

    monkeypatch.setattr(subprocess, "Popen", start)
    yield processes
    assert [process.args for process in processes if process.poll() is None] == []


def target(modules: Path, source: str, *arguments: str, ready_s: float = 30) -> Target:
    (modules / "made_up_server.py").write_text(source)
    made = Server(module="made_up_server", arguments=arguments, ready_s=ready_s)
    return Target(name="made-up", title="made up", server=made)


def complaint(target: Target) -> str:
    with pytest.raises(HarnessError) as caught:
        local_server.start(target)
    return str(caught.value)


Processes = list["subprocess.Popen[str]"]


def test_a_server_that_dies_says_its_last_words(modules: Path, started: Processes) -> None:
    source = "import sys; print('warming up', flush=True); sys.exit('no model at /nowhere')"
    said = complaint(target(modules, source))
    assert said == "the server of target `made-up` did not start: no model at /nowhere"
    assert len(started) == 1


def test_a_server_that_crashes_says_its_exception(modules: Path, started: Processes) -> None:
    said = complaint(target(modules, "raise ValueError('bad option')"))
    assert said.endswith("did not start: ValueError: bad option")
    assert started


def test_a_server_that_is_not_installed_is_said_so(modules: Path, started: Processes) -> None:
    absent = target(modules, "").model_copy(update={"server": Server(module="no_such_server")})
    assert "No module named" in complaint(absent)
    assert started


def test_a_server_that_never_gets_ready_is_given_up_and_ended(modules: Path, started: Processes) -> None:
    said = complaint(target(modules, WAIT, ready_s=0.5))
    assert "did not start" in said
    assert started[0].returncode == -signal.SIGTERM


def test_a_server_that_talks_and_never_gets_ready_is_given_up(modules: Path, started: Processes) -> None:
    source = "import time\nwhile True: print('loading ...', flush=True); time.sleep(0.05)"
    assert complaint(target(modules, source, ready_s=1)).endswith("did not start: loading ...")
    assert started


def test_a_server_that_ignores_the_request_to_end_is_killed(
    modules: Path, started: Processes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running_server, "STOP_S", 0.3)
    source = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n{READY}\n{WAIT}"
    running = local_server.start(target(modules, source))
    running.stop()
    assert started[0].returncode == -signal.SIGKILL


def test_what_a_server_says_before_it_is_ready_is_passed_over(modules: Path, started: Processes) -> None:
    source = f"print('\\x1b[31mbanner listening on http://example.com/v1'); print()\n{READY}\n{WAIT}"
    running = local_server.start(target(modules, source))
    assert running.base_url == "http://127.0.0.1:9/v1"
    running.stop()
    assert started[0].returncode is not None


def test_bytes_that_are_no_text_are_no_crash(modules: Path, started: Processes) -> None:
    source = f"import sys; sys.stdout.buffer.write(b'\\xff\\xfe\\n'); sys.stdout.flush()\n{READY}\n{WAIT}"
    running = local_server.start(target(modules, source))
    assert running.base_url == "http://127.0.0.1:9/v1"
    running.stop()
    assert started


def test_a_server_that_talks_a_lot_after_it_is_ready_goes_on(modules: Path, started: Processes) -> None:
    source = (
        f"import sys\n{READY}\n"
        "for _ in range(20000): print('x' * 50); print('y' * 50, file=sys.stderr)\n"
        f"open({str(modules / 'done')!r}, 'w').close()\n{WAIT}"
    )
    running = local_server.start(target(modules, source))
    until((modules / "done").exists)
    running.stop()
    assert started


def test_it_gets_its_key_by_the_environment_and_its_arguments(modules: Path, started: Processes) -> None:
    source = (
        "import os, sys\n"
        f"open({str(modules / 'told')!r}, 'w').write(os.environ[sys.argv[2]] + ' ' + ' '.join(sys.argv[1:]))\n"
        f"{READY}\n{WAIT}"
    )
    running = local_server.start(target(modules, source, "--threads", "2"))
    running.stop()
    told = (modules / "told").read_text().split()
    assert told == [running.key, "--api-key-env", local_server.KEY_ENV, "--threads", "2"]
    assert running.key.startswith("sk-local-")
    assert running.key not in repr(started[0].args)


def test_a_run_whose_server_does_not_start_ends_with_4_and_says_why(run: Runner, started: Processes) -> None:
    (run.root / "broken_server.py").write_text("raise SystemExit('no such model file')")
    os.environ["PYTHONPATH"] = str(run.root)
    choice = run.target("broken", "http://127.0.0.1:1", '[server]\nmodule = "broken_server"')
    ran = run(*choice, *BASIC)
    assert ran.code == 4
    assert "the server of target `broken` did not start: no such model file" in ran.said
    assert started


def test_the_server_of_a_run_is_ended_with_it(run: Runner, started: Processes) -> None:
    ran = run(*BASIC)
    assert ran.code == 0, ran.said
    assert [process.returncode for process in started] == [0]


def test_the_server_of_a_run_is_ended_by_ctrl_c(run: Runner) -> None:
    source = f"import os\nopen({str(run.root / 'pid')!r}, 'w').write(str(os.getpid()))\n{{ready}}\n{WAIT}"
    with hostile.serving(hostile.stall()) as slow:
        ready = READY.replace("http://127.0.0.1:9/v1", slow.base_url)
        (run.root / "slow_server.py").write_text(source.format(ready=ready))
        choice = run.target("slow", "http://127.0.0.1:1", '[server]\nmodule = "slow_server"')
        with run.started(*choice, *BASIC, environ={"PYTHONPATH": str(run.root)}) as process:
            assert slow.arrived.wait(60)
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=60)
    assert process.returncode == 2, output
    assert not Path(f"/proc/{(run.root / 'pid').read_text()}").exists()
