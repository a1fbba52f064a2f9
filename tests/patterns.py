"""The regular expressions of the suite, found in its source, and texts made to be slow for one of them."""

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import conformance

METHODS = frozenset({"search", "match", "fullmatch", "findall", "finditer", "sub", "split"})
CALL = re.compile(rf"(?<![\w.])([A-Za-z_]\w*)\.({'|'.join(METHODS)})\b")
ROOT = Path(conformance.__file__).parent


@dataclass(frozen=True)
class Found:
    """A pattern of the source, where it stands, and the methods that it is used with."""

    place: str
    pattern: re.Pattern[Any]
    methods: frozenset[str]


def patterns(package: str) -> Iterator[Found]:
    """Yield every pattern of a package: those that are compiled, and those that are given to a function of `re`."""
    texts = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / package).rglob("*.py"))}
    trees = {path: ast.parse(text) for path, text in texts.items() if "import re\n" in text}
    for path, tree in trees.items():
        module = importlib.import_module(".".join(path.relative_to(ROOT.parent).with_suffix("").parts))
        names = _names(tree)
        for call in ast.walk(tree):
            match call:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr="compile")):
                    used = _used(names.get(call, ""))
                    yield Found(_place(path, call), _evaluated(call, module), used)
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=method)) if method in METHODS:
                    compiled = re.compile(_evaluated(call.args[0], module), _flags(call, method, module))
                    yield Found(_place(path, call), compiled, frozenset({method}))


def _place(path: Path, call: ast.Call) -> str:
    return f"{path.relative_to(ROOT).as_posix()}:{call.lineno}"


def _names(tree: ast.Module) -> dict[ast.AST, str]:
    """Return the name of each value that is assigned to one."""
    return {
        node.value: node.targets[0].id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }


def _used(name: str) -> frozenset[str]:
    """Return the methods that are called on a name, or `search`, which is the hardest, when there is none."""
    return frozenset(_calls()[name]) or frozenset({"search"})


@cache
def _calls() -> defaultdict[str, set[str]]:
    """Return the methods of patterns that the source calls, by the name that they are called on."""
    found = defaultdict(set)
    for path in ROOT.rglob("*.py"):
        # As text: all of the source as trees takes seconds, in each process that collects.
        for name, method in CALL.findall(path.read_text(encoding="utf-8")):
            found[name].add(method)
    return found


def _flags(call: ast.Call, method: str, module: ModuleType) -> int:
    position = {"sub": 4, "split": 3}.get(method, 2)
    given = [keyword.value for keyword in call.keywords if keyword.arg == "flags"] + call.args[position:]
    return int(_evaluated(given[0], module)) if given else 0


def _evaluated(node: ast.expr, module: ModuleType) -> Any:
    """Return the value of an expression of a module; a word stands for what a function puts into an f-string."""
    try:
        return eval(_code(node), vars(module))
    except NameError:
        return eval(_code(_Filled().visit(node)), vars(module))


def _code(node: ast.expr) -> Any:
    return compile(ast.fix_missing_locations(ast.Expression(node)), "<pattern>", "eval")


class _Filled(ast.NodeTransformer):
    def visit_FormattedValue(self, node: ast.FormattedValue) -> ast.expr:
        return ast.FormattedValue(ast.Constant("word"), node.conversion)
