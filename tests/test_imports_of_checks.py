"""What a module of checks imports is used; an exchange may be named by an argument alone, which no linter sees."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKS = Path(__file__).parents[1] / "conformance" / "checks"
MODULES = sorted(str(path.relative_to(CHECKS)) for path in CHECKS.rglob("*.py") if path.name != "__init__.py")


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (alias.asname or alias.name for alias in node.names)


def named(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value  # an annotation in quotes


@pytest.mark.parametrize("module", MODULES)
def test_what_is_imported_is_used(module: str) -> None:
    tree = ast.parse((CHECKS / module).read_text(encoding="utf-8"))
    assert {name.partition(".")[0] for name in imported(tree)} - set(named(tree)) == set()
