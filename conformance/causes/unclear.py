"""Why results are inconclusive: what was not asked for, what is behind a cause, and what was measured and unclear."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from conformance.log.records import Result, Run
from conformance.wire.response import Ending
from conformance.wire.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Unclear:
    """
    The inconclusive results of one target.

    `not_asked`: how many there are for each role that no model was named for. `behind`: how many could not be told
    because a response was wrong, which is a cause of its own. `unclear`: those that were measured.
    """

    not_asked: Mapping[str, int]
    behind: int
    unclear: tuple[Result, ...]

    @property
    def words(self) -> tuple[str, ...]:
        """Return what was not asked and what stands behind a cause, each in a sentence."""
        roles = ", ".join(f"{role} {number}" for role, number in self.not_asked.items())
        number = sum(self.not_asked.values())
        asked = f"{_checks(number)} not asked, for want of a model by role: {roles} (--model ROLE=ID)"
        behind = f"{_checks(self.behind)} not told, because the response was one that a cause above is about"
        return (*([asked] if number else []), *([behind] if self.behind else []))


def _checks(number: int) -> str:
    return f"{number} check{'' if number == 1 else 's'}"


def unclear(run: Run, target: str) -> Unclear:
    """Return the inconclusive results of one target of a run, by why they are."""
    named = set(run.target(target).models)
    lines = {line.label: line for line in run.exchanges if line.target == target}
    not_asked: Counter[str] = Counter()
    behind, rest = 0, []
    for result in run.results:
        if result.target != target or result.verdict is not Verdict.INCONCLUSIVE:
            continue
        unsent = [lines[n] for n in result.exchanges if n in lines and lines[n].ending is Ending.UNSENT]
        lacking = sorted({role for line in unsent if line.facts for role in line.facts.roles} - named)
        if lacking:
            not_asked[lacking[0]] += 1
        elif result.unmeasured:
            behind += 1
        else:
            rest.append(result)
    return Unclear(dict(not_asked.most_common()), behind, tuple(rest))
