"""The command that measures real servers, with servers that are made up: the simulator, and some that fail."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.field import command
from conformance.field.measure import Measured
from conformance.field.table import table
from conformance.targets.load import load, names
from conformance.wire.verdict import Verdict
from tests.test_plugin import until

SIMULATOR = '["{python}", "-m", "conformance.simulator", "--port", "{port}", "--api-key-env", "CONFORMANCE_SERVER_KEY"]'
FAILING = '["{python}", "-c", "raise SystemExit(\'Error: no weights\')", "{port}"]'
PACKAGE = Path(command.__file__).parents[2]


def described(folder: Path, name: str, words: str, more: str = "") -> str:
    """Write the file of a target; return its path."""
    text = f'title = "{name.title()}"\n[server]\ncommand = {words}\nready = "/v1/models"\ncannot = ["It is made up."]\n'
    (folder / f"{name}.toml").write_text(f'{text}{more}[models]\nchat = "sim-chat"\n[limits]\nper_minute = 0\n')
    return str(folder / f"{name}.toml")


def started(folder: Path, *words: str) -> "subprocess.Popen[str]":
    environ = {**os.environ, "PYTHONPATH": str(PACKAGE), "XDG_CACHE_HOME": str(folder / "cache"), "TMPDIR": str(folder)}
    return subprocess.Popen(
        [sys.executable, "-m", "conformance", "field", *words],
        cwd=folder,
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@pytest.mark.long
def test_each_server_is_measured_and_one_that_fails_stops_no_other(tmp_path: Path) -> None:
    failing, good = described(tmp_path, "failing", FAILING), described(tmp_path, "good", SIMULATOR)
    with started(tmp_path, failing, good, "--capability", "chat.basic") as process:
        said, _ = process.communicate(timeout=300)
    assert process.returncode == 6, said
    assert "Failing (1 of 2)\n  It is made up.\n" in said
    assert "not measured: the server of target `failing` did not start: Error: no weights" in said
    lines = said.splitlines()
    row = next(line.split() for line in lines if line.startswith("good "))
    assert row[:2] == ["good", "-"]
    assert int(row[2]) >= 1
    assert int(row[3]) >= 5
    assert row[4:8] == ["0", "0", "0", "0"]
    assert [line for line in lines if line.startswith("Matrix  good: reports/runs/")]
    (folder,) = [path.parent for path in (tmp_path / "reports" / "runs").glob("*/servers")]
    assert json.loads((folder / "servers" / "good.json").read_text())["peak_bytes"] > 1_000_000
    assert [path.name for path in tmp_path.glob("conformance-server-*")] == []


@pytest.mark.long
def test_a_server_that_ends_during_its_run_is_told_with_its_last_words(tmp_path: Path) -> None:
    source = (
        "import http.server, os, sys\n"
        "class Handler(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self): self.send_response(200); self.send_header('content-length', '0'); self.end_headers()\n"
        "    def do_POST(self): print('Error: out of luck', flush=True); os._exit(9)\n"
        "http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()\n"
    )
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "frail.py").write_text(source)
    frail = described(tmp_path, "frail", '["{python}", "{files}/frail.py", "{port}"]', 'files = "files"\n')
    with started(tmp_path, frail, "--capability", "chat.basic") as process:
        said, _ = process.communicate(timeout=300)
    assert process.returncode == 6, said
    assert "not measured: the server ended during the run: Error: out of luck" in said


@pytest.mark.long
def test_a_run_that_is_told_to_end_leaves_no_server_behind(tmp_path: Path) -> None:
    source = (
        "import http.server, os, sys, time\n"
        "class Handler(http.server.BaseHTTPRequestHandler):\n"
        "    def do_GET(self): self.send_response(200); self.send_header('content-length', '0'); self.end_headers()\n"
        f"    def do_POST(self): open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(600)\n"
        "http.server.ThreadingHTTPServer(('127.0.0.1', int(sys.argv[1])), Handler).serve_forever()\n"
    )
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "slow.py").write_text(source)
    slow = described(tmp_path, "slow", '["{python}", "{files}/slow.py", "{port}"]', 'files = "files"\n')
    with started(tmp_path, slow, "--capability", "chat.basic") as process:
        pid = tmp_path / "pid"
        until(lambda: pid.is_file() and pid.read_text())
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 2, said
    assert said.endswith("interrupted\n")
    assert not Path(f"/proc/{pid.read_text()}").exists()
    assert [path.name for path in tmp_path.glob("conformance-server-*")] == []


def test_by_default_all_light_servers_are_chosen() -> None:
    chosen = {name for name, _ in command.chosen_of([])}
    served = {name: server for name in names() if (server := load(name, {}).server) and server.command}
    assert chosen == {name for name, server in served.items() if not server.heavy}
    assert chosen


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("openai", "openai: has no [server] that could be started; run the suite with --target openai"),
        ("litelm", "unknown target `litelm`: did you mean `litellm`?"),
        ("no.toml", "--target no.toml: there is no such file"),
    ],
)
def test_what_cannot_be_started_is_wrong_use(name: str, message: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([name]) == 4
    assert message in capsys.readouterr().err


def test_the_table_has_a_line_for_each_and_the_reasons_below(tmp_path: Path) -> None:
    verdicts = {Verdict.CONFORMS: 100, Verdict.DEVIATES: 20, Verdict.INCONCLUSIVE: 3}
    good = Measured("good", "pkg 1.2", "", 390, verdicts, 17, 12.3, 250.0, 300 * 2**20, tmp_path / "matrix.html")
    assert table([good, Measured("bad", "pkg 3", "not installed: no disk")]).splitlines() == [
        "server  version  requests  conforms  deviates  inconcl.  unsupp.  causes  install    run  memory",
        "good    1.2           390       100        20         3        0      17     12 s  250 s  300 MB",
        "bad     3               -         -         -         -        -       -      0 s    0 s       -",
        f"Matrix  good: {tmp_path / 'matrix.html'}",
        "bad could not be measured: not installed: no disk",
    ]
