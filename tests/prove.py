"""
Proves checks: each conforms on the faithful simulator, and deviates on its counterexample.

`python -m tests.prove GLOB...` proves the checks that have the pattern in their id, in seconds; `*` proves all. It ends
with 0 when all are proven, 1 when one is not, and 4 when there is none.
"""

import sys
from collections.abc import Sequence

from conformance.plan.select import names_check
from tests.simulated import every_check, simulating

USAGE = 4


def main(patterns: Sequence[str]) -> int:
    """Prove the checks that some pattern names, one line each; return the exit code."""
    items = [item for item in every_check() if any(names_check(f"*{pattern}*", item.id) for pattern in patterns)]
    if not items:
        _say(f"no check matches {' or '.join(patterns) or 'nothing'}: name some, for example total_tokens")
        return USAGE
    unproven = 0
    with simulating(items) as started:
        for item in items:
            problems = {
                "does not conform on the simulator": started.conforms(item),
                "does not deviate on its counterexample": started.deviates(item),
            }
            wrong = [f"    {what}: {why}" for what, why in problems.items() if why]
            unproven += bool(wrong)
            _say("\n".join([f"{'not proven' if wrong else 'proven    '}  {item.id}", *wrong]))
    _say(f"{len(items) - unproven} of {len(items)} proven")
    return 1 if unproven else 0


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
