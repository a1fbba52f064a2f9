"""Servers that are a command of somebody else's: how they are started, watched and ended."""

import http.client
import json
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conformance.servers import command
from conformance.servers.listening import free_port
from conformance.servers.module import KEY_ENV
from conformance.servers.running import Running
from conformance.targets.model import Model
from conformance.targets.server import Server
from conformance.targets.target import Target
from conformance.wire.verdict import HarnessError
from tests.test_plugin import until

SERVE = """
import http.server, json, os, subprocess, sys, time
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        told = json.dumps({"env": dict(os.environ), "words": sys.argv[1:], "pid": os.getpid()}).encode()
        self.send_response(200); self.send_header("content-length", str(len(told))); self.end_headers()
        self.wfile.write(told)
    def log_message(self, *_): pass
def serve(port, host="127.0.0.1"):
    http.server.ThreadingHTTPServer((host, int(port)), Handler).serve_forever()
"""
PLAIN = f"{SERVE}\nserve(sys.argv[1])"


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where servers have their homes, and where one that failed leaves what it said."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """The folder of the server's files."""
    folder = tmp_path / "files"
    folder.mkdir()
    return folder


def target(files: Path, source: str, *words: str, **more: object) -> Target:
    """A target whose server is a script in the folder of its files."""
    (files / "serve.py").write_text(source)
    called = ("{python}", "{files}/serve.py", *(words or ("{port}",)))
    described = {"command": called, "ready": "/health", "files": files.name, **more}
    server = Server.model_validate(described).model_copy(update={"beside": str(files.parent)})
    return Target(name="foreign", title="foreign", server=server, models={"chat": Model(id="tiny")})


def asked(running: Running) -> dict[str, Any]:
    """What a started script tells of itself."""
    host = running.base_url.removeprefix("http://").partition("/")[0]
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", "/")
    told: dict[str, Any] = json.loads(connection.getresponse().read())
    connection.close()
    return told


def complaint(target: Target) -> str:
    with pytest.raises(HarnessError) as caught:
        command.start(target)
    return str(caught.value)


def gone(process: int) -> bool:
    return not Path(f"/proc/{process}").exists()


def test_its_command_is_filled_and_it_is_ended_without_a_trace(files: Path, scratch: Path) -> None:
    running = command.start(target(files, PLAIN, "{port}", "{key}", "{model}", "{}", path=""))
    told = asked(running)
    assert told["words"] == [running.base_url.rpartition(":")[2], running.key, "tiny", "{}"]
    assert [*scratch.iterdir()]
    running.stop()
    assert gone(told["pid"])
    assert [*scratch.iterdir()] == []


def test_it_sees_a_home_of_its_own_and_nothing_of_the_users(
    files: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "sk-mine")
    running = command.start(target(files, PLAIN, env={"MODEL": "{model}"}))
    env = asked(running)["env"]
    running.stop()
    assert "MY_SECRET" not in env
    assert env["MODEL"] == "tiny"
    assert env[KEY_ENV] == running.key
    assert all(env[name].startswith(str(scratch)) for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"))
    assert env["HTTPS_PROXY"] == "http://127.0.0.1:9"


def test_one_that_dies_says_its_last_words_and_where_the_others_are(files: Path, tmp_path: Path, scratch: Path) -> None:
    source = "import os, sys; print('my key is', os.environ['CONFORMANCE_SERVER_KEY']); sys.exit('Error: no model')"
    said = complaint(target(files, source))
    kept = tmp_path / "cache" / "conformance" / "servers" / "foreign.log"
    assert said == (f"the server of target `foreign` did not start: Error: no model (all that it said: {kept})")
    assert kept.read_text() == "my key is [key]\nError: no model\n"
    assert [*scratch.iterdir()] == []


def test_a_program_that_is_not_there_is_named(files: Path) -> None:
    absent = target(files, "").model_copy(update={"server": Server(command=("/no/such", "{port}"), ready="/")})
    assert "/no/such: No such file or directory" in complaint(absent)


def test_one_that_never_answers_is_given_up_and_ended(files: Path, scratch: Path) -> None:
    source = f"import os; open({str(files / 'pid')!r}, 'w').write(str(os.getpid()))\nprint('loading', flush=True)\n"
    said = complaint(target(files, f"{source}import time; time.sleep(600)", ready_s=2))
    assert "/health did not answer within 2 s (`ready_s`); the last words: loading" in said
    assert gone(int((files / "pid").read_text()))
    assert [*scratch.iterdir()] == []


def test_its_children_end_with_it_even_those_that_left(files: Path) -> None:
    source = f"{SERVE}\nchild = 'import time; time.sleep(600)'\n"
    source += "left = subprocess.Popen([sys.executable, '-c', child], start_new_session=True)\n"
    source += f"open({str(files / 'pid')!r}, 'w').write(str(left.pid))\nserve(sys.argv[1])"
    running = command.start(target(files, source))
    child = int((files / "pid").read_text())
    assert not gone(child)
    running.stop()
    assert gone(child)


def test_one_that_ignores_the_request_to_end_is_killed(files: Path) -> None:
    running = command.start(target(files, f"import signal; signal.signal(15, signal.SIG_IGN)\n{PLAIN}"))
    process = asked(running)["pid"]
    running.stop()
    assert gone(process)


def test_it_ends_when_whoever_started_it_is_killed(files: Path, scratch: Path) -> None:
    made = target(files, PLAIN)
    assert made.server is not None
    (files / "made.json").write_text(made.server.model_dump_json())
    source = (
        "import sys, json, time, tempfile\nfrom pathlib import Path\n"
        "from conformance.servers import command\nfrom conformance.targets.server import Server\n"
        "from conformance.targets.target import Target\nfiles, tempfile.tempdir = Path(sys.argv[1]), sys.argv[2]\n"
        "server = Server.model_validate_json((files / 'made.json').read_text())\n"
        "server = server.model_copy(update={'beside': str(files.parent)})\n"
        "running = command.start(Target(name='foreign', title='x', server=server))\n"
        "print(running.process.pid, running.base_url, flush=True)\ntime.sleep(600)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", source, str(files), str(scratch)], stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        process = int(owner.stdout.readline().split()[0])
        assert not gone(process)
        owner.send_signal(signal.SIGKILL)
    until(lambda: gone(process))
    assert [*scratch.iterdir()] == []


def test_a_port_that_was_taken_meanwhile_is_replaced(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken, genuine = int(other.getsockname()[1]), free_port
        ports = iter([taken])
        monkeypatch.setattr("conformance.servers.command.free_port", lambda: next(ports, None) or genuine())
        running = command.start(target(files, PLAIN))
        running.stop()
    assert str(taken) not in running.base_url


def test_a_stranger_on_its_port_is_not_taken_for_it(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stranger = command.start(target(files, PLAIN))
    port = int(stranger.base_url.removesuffix("/v1").rpartition(":")[2])
    monkeypatch.setattr("conformance.servers.command.free_port", lambda: port)
    said = complaint(target(files, "import time; time.sleep(600)", ready_s=2))
    stranger.stop()
    assert "did not answer within 2 s" in said


def test_one_that_listens_to_the_whole_network_is_refused(files: Path) -> None:
    assert "it listens beyond this machine" in complaint(target(files, f"{SERVE}\nserve(sys.argv[1], '0.0.0.0')"))


def test_one_that_takes_too_much_memory_is_ended(files: Path) -> None:
    source = "import time; block = bytearray(300_000_000); print('loaded', flush=True); time.sleep(600)"
    assert "took more than 0.1 GB of memory" in complaint(target(files, source, memory_gb=0.1))


def test_what_it_said_and_took_is_kept_in_the_folder_of_the_run(files: Path, tmp_path: Path) -> None:
    running = command.start(target(files, f"import os; print('key', os.environ['CONFORMANCE_SERVER_KEY'])\n{PLAIN}"))
    assert running.kept is not None
    running.kept.folder = tmp_path / "run"
    peak = running.kept.scratch / "peak.txt"
    until(peak.exists)
    running.stop()
    folder = tmp_path / "run" / "servers"
    assert (folder / "foreign.log").read_text() == "key [key]\n"
    facts = json.loads((folder / "foreign.json").read_text())
    assert facts["peak_bytes"] > 1_000_000
    assert facts["server"] == ""
    assert running.key not in "".join(path.read_text() for path in folder.iterdir())


def test_what_it_says_without_end_is_bounded(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conformance.servers.said.LONGEST", 1000)
    source = f"for number in range(5000): print('line', number)\nprint('last', flush=True)\n{PLAIN}"
    running = command.start(target(files, source))
    assert running.kept is not None
    said = running.kept.said
    until(lambda: said.text.endswith("last\n"))
    running.stop()
    assert len(said.text) < 5000
    assert said.text.startswith("line 0\n")
    assert "lines ...]" in said.text
