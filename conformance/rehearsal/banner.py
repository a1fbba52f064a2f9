"""What is said of rehearsals on the screen: before anything is sent, and at the end."""

from collections.abc import Iterator, Sequence

from conformance.log.records import TargetFacts

WIDE = 100


def banner(targets: Sequence[TargetFacts]) -> Iterator[str]:
    """Yield what must be known of a run in which targets are only rehearsed; nothing when none is."""
    found = [facts for facts in targets if facts.rehearsed is not None]
    if not found:
        return
    yield "=" * WIDE
    yield f"REHEARSAL: nothing is measured at {' or '.join(facts.plain for facts in found)}."
    yield "The suite's own simulator answers, dressed with what the documents state. No verdict below is the vendor's."
    for facts in found:
        yield f"  {facts.plain}: {_dressing(facts)}"
    if variables := list(dict.fromkeys(_variables(found))):
        yield f"To measure, set {', '.join(variables)}"
    yield "=" * WIDE


def _dressing(facts: TargetFacts) -> str:
    assert facts.rehearsed is not None
    lines = facts.rehearsed.dressing
    if not lines:
        return "its documents state nothing that the simulator does otherwise; it is the faithful one"
    assumed = sum(line.assumption for line in lines)
    stated = len(lines) - assumed
    return f"{stated} deviations that its documents state, {assumed} that are assumed of its software or were reported"


def _variables(found: Sequence[TargetFacts]) -> Iterator[str]:
    for facts in found:
        if facts.rehearsed is not None and facts.rehearsed.variable:
            yield facts.rehearsed.variable
