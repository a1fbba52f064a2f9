"""The rules of the architecture that a reader cannot see in one file."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import conformance
from conformance import words

PACKAGE = Path(conformance.__file__).parent
REPOSITORY = PACKAGE.parent
LONGEST = 400

ONLY = {
    "httpx2": {"send.failure", "send.transport", "send.wire"},
    "vcr": {"record.cassette"},
    "allure_commons": {"report.allure"},
    "openai": {"lens", "schemas.generator", "send.transport"},
    "jsonschema_rs": {"schemas"},
    "htpy": {"compare", "drift", "history", "publish", "report"},
    "markupsafe": {"publish", "report"},
    "starlette": {"simulator"},
    "uvicorn": {"simulator"},
    "pytest": {"__main__", "plugin", "cli.outcome", "cli.sending", "cli.terminal", "run.items"},
    "_pytest": {"plan.loader"},
}
"""Which part of the package may import a library; nothing else may."""

ALONE = ("vcr", "allure_commons")

FOR_CHECKS = (
    "conformance.assertions",
    "conformance.counterexamples",
    "conformance.definition",
    "conformance.media",
    "conformance.requests",
    "conformance.wire",
)
"""Beside the public names, the built-in checks and the families' helpers read answers and raise verdicts."""


DIALECT = {"checks.native", "checks.params", "checks.reasoning", "checks.upstream"}
"""Where a vendor's name is a key of the protocol: `extra_body.google.thinking_config`."""
ADDRESSES = {"checks.common.evidence"}
"""Where observations are written down: addresses hold the names of vendors."""
OF_SERVERS = {"targets.servers"}
"""What belongs to the file of a target, as its configuration does."""


def modules() -> dict[str, Path]:
    """Return every module of the package by its name below `conformance`."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        found[".".join(parts)] = path
    return found


MODULES = modules()


@cache
def imported(path: Path) -> tuple[str, ...]:
    """Return the full names of the modules that a file imports, wherever the import stands."""
    return tuple(_imported(path))


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            module = node.module or ""
            for alias in node.names:
                whole = f"{module}.{alias.name}".removeprefix("conformance.")
                yield f"{module}.{alias.name}" if module.startswith("conformance") and _is_module(whole) else module


def _is_module(name: str) -> bool:
    return name in MODULES or f"{name}.__init__" in MODULES


def layer(module: str) -> str:
    """Return the name by which the table of layers knows a module below `conformance`."""
    return module.split(".", maxsplit=1)[0]


def within(module: str, places: set[str]) -> bool:
    return any(module == place or module.startswith(f"{place}.") for place in places)


def test_the_packages_stand_in_their_order_and_hold_no_cycle() -> None:
    """The order stands in `pyproject.toml`, below `tool.importlinter`."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    checked = subprocess.run(
        [*command, "--no-cache", "--no-logo"], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert checked.returncode == 0, checked.stdout


def test_a_library_is_imported_by_the_modules_that_may() -> None:
    wrong = []
    for module, path in MODULES.items():
        for name in imported(path):
            allowed = ONLY.get(name.split(".", maxsplit=1)[0])
            if allowed is not None and not within(module, allowed):
                wrong.append(f"{module} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("library", ALONE)
def test_a_library_has_one_module_that_imports_it(library: str) -> None:
    users = {module for module, path in MODULES.items() for name in imported(path) if name.partition(".")[0] == library}
    assert len(users) == 1


def test_checks_import_only_public_names_and_their_own_kind() -> None:
    checks = {module: path for module, path in MODULES.items() if layer(module) == "checks"}
    own = [
        (module, name) for module, path in checks.items() for name in imported(path) if name.startswith("conformance")
    ]
    assert [
        pair for pair in own if pair[1] != "conformance" and not within(pair[1], {"conformance.checks", *FOR_CHECKS})
    ] == []


def test_checks_neither_skip_nor_look_at_the_environment() -> None:
    wrong = []
    for module, path in MODULES.items():
        if layer(module) == "checks":
            wrong += [
                f"{module} imports {name}" for name in imported(path) if name in {"os", "pytest", "socket", "sys"}
            ]
    assert wrong == []


RECORD = "conformance.wire.upstream"
"""The form of a file that the simulator writes and a run reads: all that the two share."""


def test_the_simulator_and_the_reports_do_not_know_how_a_run_is_made() -> None:
    wrong = []
    for module, path in MODULES.items():
        for name in imported(path):
            own = "simulator" in name or name == RECORD
            if layer(module) == "simulator" and name.startswith("conformance") and not own:
                wrong.append(f"{module} imports {name}")
            if layer(module) == "report" and name in {
                "conformance.send.engine",
                "conformance.send.transport",
                "conformance.send.live",
            }:
                wrong.append(f"{module} imports {name}")
    assert wrong == []


def test_no_code_knows_a_target() -> None:
    """But `openai`, whose client it uses, the simulator, which is a part of it, and the servers that it starts."""
    own = {"openai", "simulator"} | {name.removeprefix("servers.").replace("_", "-") for name in MODULES}
    vendors = [path.stem for path in (PACKAGE / "targets").glob("*.toml") if path.stem not in own]
    assert vendors
    word = re.compile(rf"\b({'|'.join(re.escape(name).replace('-', '[-_ ]?') for name in vendors)})\b", re.IGNORECASE)
    wrong = []
    for module, path in MODULES.items():
        if layer(module) != "simulator" and not within(module, DIALECT | ADDRESSES | OF_SERVERS):
            text = re.sub(r"\bGoogle's\b", "", path.read_text(encoding="utf-8"))  # whose script a report leaves out
            wrong += [f"{module}: {match[0]}" for match in word.finditer(text)]
    assert wrong == []


def test_the_public_names_are_sorted_and_complete() -> None:
    source = MODULES["words"]
    tree = ast.parse(source.read_text(encoding="utf-8"))
    taken = {
        alias.asname or alias.name for node in tree.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    assert set(words.__all__) == taken
    constants = sorted(name for name in taken if name.isupper())
    classes = sorted(name for name in taken if name[0].isupper() and not name.isupper())
    functions = sorted(name for name in taken if name[0].islower())
    assert words.__all__ == [*constants, *classes, *functions]


def test_only_what_is_public_has_a_list_of_public_names() -> None:
    lists = {name for name, path in MODULES.items() if "__all__ =" in path.read_text(encoding="utf-8")}
    assert {name for name in lists if not name.endswith("__init__")} == {
        "assertions",
        "counterexamples",
        "requests",
        "words",
    }


def test_no_file_is_too_long() -> None:
    others = [path for folder in ("tests", "tools") for path in (REPOSITORY / folder).rglob("*.py")]
    files = [*MODULES.values(), *others, *REPOSITORY.glob("*.py")]
    lengths = {str(path.relative_to(REPOSITORY)): path.read_text(encoding="utf-8").count("\n") for path in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST} == {}


REPLAYING = """
import sys
import conformance.plugin, conformance.run.session, conformance.record.replay, conformance.report.write
from conformance.plan import loader
loader.load()
print(sorted({name.partition(".")[0] for name in sys.modules} & {"openai", "starlette", "uvicorn"}))
"""


def test_a_replay_does_not_import_the_official_client() -> None:
    said = subprocess.run([sys.executable, "-c", REPLAYING], capture_output=True, text=True, check=True, cwd=REPOSITORY)
    assert said.stdout.strip() == "[]"
