"""
Draw the packages in their order, what each imports, and how many lines it holds, as Mermaid or as text.

    nox -s graph                    a table and a Mermaid diagram
    nox -s graph -- conformance.simulator

The order is that of `tool.importlinter` in pyproject.toml; an arrow points from who imports to what is imported.
"""

import statistics
import sys
import tomllib
from collections import Counter
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parent.parent


def order() -> list[str]:
    """Return the packages, the highest first."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    return next(list(contract["layers"]) for contract in contracts if contract["id"] == "stages")


def edges(package: str) -> Counter[tuple[str, str]]:
    """Return how many imports lead from one child of a package to another."""
    graph = grimp.build_graph("conformance", cache_dir=None)
    if package not in graph.modules:
        raise SystemExit(f"there is no package {package}: name one as in conformance.simulator")
    found: Counter[tuple[str, str]] = Counter()
    for module in graph.find_descendants(package):
        for imported in graph.find_modules_directly_imported_by(module):
            if imported.startswith(f"{package}."):
                one, other = (name.removeprefix(f"{package}.").split(".")[0] for name in (module, imported))
                found[one, other] += one != other
    return +found


def lines(package: str) -> dict[str, list[int]]:
    """Return the lengths of the files of each child of a package."""
    folder = ROOT / package.replace(".", "/")
    found: dict[str, list[int]] = {}
    for path in folder.rglob("*.py"):
        name = path.relative_to(folder).with_suffix("").parts[0]
        found.setdefault(name, []).append(path.read_text(encoding="utf-8").count("\n"))
    return found


def main(package: str = "conformance") -> None:
    """Print the table and the diagram."""
    arrows, sizes = edges(package), lines(package)
    known = order() if package == "conformance" else []
    names = [*known, *sorted({name for arrow in arrows for name in arrow} - set(known))]
    out = [f"{'package':<14} {'files':>5} {'lines':>6} {'median':>6} {'longest':>7}  imports"]
    for name in names:
        own = sizes.get(name, [0])
        imports = ", ".join(f"{other} {count}" for (one, other), count in sorted(arrows.items()) if one == name)
        out.append(f"{name:<14} {len(own):>5} {sum(own):>6} {statistics.median(own):>6.0f} {max(own):>7}  {imports}")
    out += ["", "```mermaid", "graph TD"]
    out += [f"  {one} --> {other}" for one, other in sorted(arrows)]
    sys.stdout.write("\n".join([*out, "```"]) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:2])
