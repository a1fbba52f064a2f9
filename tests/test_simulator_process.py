"""The simulator as a process of its own."""

import os
import re
import signal
import subprocess
import sys

import httpx2
import pytest

from conformance.simulator.__main__ import main

KEY = "sk-process-0123456789"


def start(**environment: str) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance.simulator", "--api-key-env", "THE_KEY"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
    )
    assert process.stdout
    line = process.stdout.readline()
    match = re.fullmatch(r"listening on (http://127\.0\.0\.1:\d+/v1)\n", line)
    assert match, line
    return process, match[1]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_and_ends_cleanly(number: signal.Signals) -> None:
    process, url = start(THE_KEY=KEY)
    assert httpx2.get(f"{url}/models", headers={"Authorization": f"Bearer {KEY}"}).status_code == 200
    assert httpx2.get(f"{url}/models", headers={"Authorization": "Bearer other"}).status_code == 401
    process.send_signal(number)
    output, errors = process.communicate(timeout=20)
    assert (process.returncode, output, errors) == (0, "", "")


def test_it_ends_while_it_streams() -> None:
    process, url = start(THE_KEY="")
    body = {
        "model": "sim-chat",
        "stream": True,
        "n": 128,
        "messages": [{"role": "user", "content": "Count from 1 to 500."}],
    }
    headers = {"Authorization": "Bearer x"}
    with httpx2.stream("POST", f"{url}/chat/completions", json=body, headers=headers) as answer:
        chunks = answer.iter_raw()
        next(chunks)
        process.send_signal(signal.SIGTERM)
        with pytest.raises(httpx2.RemoteProtocolError):
            list(chunks)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])
def test_other_hosts_than_loopback_are_refused(host: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--host", host])
    assert "only loopback addresses" in capsys.readouterr().err


def test_a_taken_port_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    process, url = start(THE_KEY="")
    with pytest.raises(SystemExit):
        main(["--port", url.split(":")[2].removesuffix("/v1")])
    process.terminate()
    process.communicate(timeout=20)
    assert "cannot listen" in capsys.readouterr().err
