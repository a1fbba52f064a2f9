"""
Proves checks: each conforms on the simulator, deviates on its counterexample, and is killed by the zoo; in seconds.

`python -m conformance.zoo.prove GLOB...` takes the checks that have a pattern in their id, and what every exchange must
meet for the exchanges that they need. It ends with 0 when all are proven, 1 when one is not, and 4 when there is none.
"""

import argparse
import sys
from collections.abc import Sequence

from conformance.alive import alive
from conformance.plan.by_name import named, nothing_named
from conformance.plan.expand import Selected
from conformance.targets.load import load
from conformance.zoo.dressing import parts
from conformance.zoo.proof import Proof, prove

USAGE = 4
_SHOWN = 3


def main(arguments: Sequence[str] | None = None) -> int:
    """Prove the checks that some pattern names, one line each; return the exit code."""
    parser = argparse.ArgumentParser(prog="conformance prove", description=(__doc__ or "").strip().split("\n\n", 1)[0])
    parser.add_argument(
        "patterns", nargs="*", metavar="GLOB", help="a part of the ids of checks; `*` stands for anything"
    )
    patterns = parser.parse_args(arguments).patterns
    every = every_check()
    found = {pattern: named(pattern, every) for pattern in patterns}
    unknown = [pattern for pattern, items in found.items() if not items]
    if unknown or not found:
        _say("\n".join(nothing_named(pattern, every) for pattern in unknown) or "name checks, for example total_tokens")
        return USAGE
    chosen = list({item.id: item for items in found.values() for item in items}.values())
    with alive(f"proving {len(chosen)} checks"):
        proofs = list(prove(chosen, every))
    own, others = proofs[: len(chosen)], proofs[len(chosen) :]
    wrong = [proof for proof in others if proof.problems]
    _say("\n".join(_line(proof) for proof in [*own, *wrong]))
    beside = f"; of {len(others)} checks of their exchanges {len(others) - len(wrong)}" if others else ""
    _say(f"{sum(not proof.problems for proof in own)} of {len(own)} proven{beside}")
    return 1 if any(proof.problems for proof in proofs) else 0


def every_check() -> list[Selected]:
    """Return every check of the suite, for each of its cases and models, on the simulator. Nothing is sent."""
    return [part.item for part in parts(load("simulator", {}))]


def _line(proof: Proof) -> str:
    mark = "not proven" if proof.problems else "proven    "
    killed = f"  (killed by {_few(proof.killed_by)})" if proof.killed_by else ""
    lines = [f"{mark}  {proof.check}{killed}", *(f"    {problem}" for problem in proof.problems)]
    if proof.missed and proof.killed_by:
        lines.append(f"    named by {_few(proof.missed)} too, which does not make it deviate")
    return "\n".join(lines)


def _few(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
