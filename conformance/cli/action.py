"""
What `action.yml` does between installing the suite and keeping its reports: start a server, wait, run, tell.

`python -m conformance.cli.action` reads the inputs from variables `CONFORMANCE_*`, so that nothing that a workflow
hands over is ever part of a command of ours, and writes the outputs into the file that `GITHUB_OUTPUT` names. It ends
with 0 when the outputs are written, whatever the run came to: the last step of the action ends with that code.
"""

import os
import shlex
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex

from conformance.alive import alive
from conformance.cli import badge
from conformance.cli.allure import POINTER, report
from conformance.cli.ready import NotReady, wait_until_ready

PREFIX = "CONFORMANCE_"
INTERRUPTED, INTERNAL, WRONG_USE, NOT_MEASURED = 2, 3, 4, 6

_ONE = ("base-url", "name", "api-key-env", "profile", "level", "cost", "known")
"""Inputs that are options of the same name; those of `_MANY` have one value a line."""
_MANY = ("model", "capability")
_PATIENCE_S = 60
_TOLD_LINES = 40


class Inputs:
    """The inputs of the action, by their names in `action.yml`; one that was not given is empty."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        """Return an input without the space around it."""
        return self._environ.get(PREFIX + name.upper().replace("-", "_"), "").strip()

    def lines(self, name: str) -> list[str]:
        """Return the lines of an input that say something."""
        return [line.strip() for line in self[name].splitlines() if line.strip()]


def options(inputs: Inputs) -> list[str]:
    """
    Return the options of the run.

    Raises `ValueError` where they name no endpoint, and for further options that no shell could read.
    """
    found = [f"--{name}={inputs[name]}" for name in _ONE if inputs[name]]
    found += [f"--{name}={value}" for name in _MANY for value in inputs.lines(name)]
    found += [word for line in inputs.lines("options") for word in shlex.split(line)]
    if not any(word.startswith(("--base-url", "--endpoint", "--target")) for word in found):
        # The simulator, which a run without options tests, would be as green as can be.
        raise ValueError("`base-url` is not given, and no --endpoint or --target among `options`")
    return found


def main() -> int:
    """Do all of it."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    inputs = Inputs(os.environ)
    told = {"exit-code": str(WRONG_USE)}
    try:
        told = _measured(inputs)
    except NotReady as error:
        print(f"::error title=conformance::not measured: {error}", flush=True)  # noqa: T201  a word to GitHub
        told = {"exit-code": str(NOT_MEASURED)}
    except ValueError as error:
        print(f"::error title=conformance::wrong use: {error}", flush=True)  # noqa: T201
    except KeyboardInterrupt:
        told = {"exit-code": str(INTERRUPTED)}
    with Path(os.environ.get("GITHUB_OUTPUT") or os.devnull).open("a", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in told.items())
    return 0


def _measured(inputs: Inputs) -> dict[str, str]:
    """Return the outputs of a run on a server that is started for it, if one is to be started."""
    asked = options(inputs)
    with tempfile.TemporaryDirectory(prefix="conformance-") as folder:
        pointer, log = Path(folder) / "run", Path(folder) / "server.log"
        with _server(inputs["start"], log) as server:
            if url := ready_url(inputs):
                _wait(url, float(inputs["patience"] or _PATIENCE_S), server, log)
            code = _run([*asked, POINTER, str(pointer)])
        run = Path(pointer.read_text(encoding="utf-8").strip()) if pointer.is_file() else None
    return {"exit-code": str(code), **(_outputs(run, code, inputs) if run else {})}


def ready_url(inputs: Inputs) -> str:
    """
    Return what is asked until it answers: a URL, a path at the host of the base URL, or the list of models.

    It is empty where a target's file says where the endpoint is, and nothing else was said.
    """
    base, ready = inputs["base-url"].partition("?")[0].rstrip("/"), inputs["ready"]
    if not ready.startswith("/"):
        return ready or (f"{base}/models" if base else "")
    scheme, _, rest = base.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}{ready}"


def _wait(url: str, patience_s: float, server: "subprocess.Popen[bytes] | None", log: Path) -> None:
    try:
        with alive("waiting for the server"):
            wait_until_ready(url, patience_s, server)
    except NotReady:
        _show(log)
        raise


@contextmanager
def _server(command: str, log: Path) -> "Iterator[subprocess.Popen[bytes] | None]":
    """Run a command in a shell of its own while the context is open, and end it and all that it has started."""
    if not command:
        yield None
        return
    with log.open("wb") as file:
        # The user's own command, from the user's own workflow.
        started = subprocess.Popen(  # noqa: S602
            command, shell=True, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True
        )
        try:
            yield started
        finally:
            for number in (signal.SIGTERM, signal.SIGKILL):
                with suppress(ProcessLookupError):
                    os.killpg(started.pid, number)
                with suppress(subprocess.TimeoutExpired):
                    started.wait(10)


def _run(arguments: Sequence[str]) -> int:
    """Run the suite and return its exit code. A signal is handed on, and the run is given time to end in order."""
    # `-P`: a folder of the repository that is called like a package of ours is not it.
    with subprocess.Popen([sys.executable, "-P", "-m", "conformance", *arguments]) as run:  # noqa: S603  our command
        try:
            code = run.wait()
        except KeyboardInterrupt:
            run.send_signal(signal.SIGINT)
            code = run.wait(_PATIENCE_S)
    return code if code >= 0 else INTERNAL


def _outputs(run: Path, code: int, inputs: Inputs) -> dict[str, str]:
    """Write the badge, and the Allure report where it is asked for; return the paths of all of them."""
    file = run / "badge.json"
    with suppress(OSError):
        badge.main([str(run), "--output", str(file)])
    if inputs["allure"] == "true":
        print(f"Allure  {report(run, code)}", flush=True)  # noqa: T201  as a run says it
    found = {"run": run, "matrix": run / "matrix.html", "summary": run / "matrix.md", "badge": file}
    found["allure"] = run / "allure-report" / "index.html"
    return {name: str(path) for name, path in found.items() if path.exists()}


def _show(log: Path) -> None:
    """Show the last lines of what a server has said; none of them is a word to GitHub."""
    if not log.is_file():
        return
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-_TOLD_LINES:]
    mark = token_hex(16)
    said = ["::group::what the server has said", f"::stop-commands::{mark}", *lines, f"::{mark}::", "::endgroup::"]
    print(*said, sep="\n", flush=True)  # noqa: T201


if __name__ == "__main__":
    sys.exit(main())
