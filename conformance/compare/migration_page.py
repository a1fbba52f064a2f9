"""A migration as the first section of the page and of the Markdown of a comparison, and as lines for a terminal."""

from collections.abc import Callable, Sequence

import htpy as h
from htpy import Node

from conformance.causes.cause import Damage
from conformance.compare.markdown import cell
from conformance.compare.markdown import table as markdown_table
from conformance.compare.migration import Loss, Migration
from conformance.compare.needs import Outcome
from conformance.compare.repairs import Setting
from conformance.compare.unmeasured import by_reason
from conformance.compare.words import left
from conformance.report.html import coded
from conformance.report.markdown import words
from conformance.report.stacked import Cell, table
from conformance.wire.text import cut

_LONGEST, _MOST, _SAID, _NAMED = 200, 200, 12, 4
_TONES = {
    Damage.BREAKS: "deviates",
    Damage.FALSIFIES: "deviates",
    Damage.REFUSES: "deviates",
    Damage.COSMETIC: "unsupported",
}
_OUTCOMES = {Outcome.LOST: "deviates", Outcome.UNMEASURED: "inconclusive", Outcome.KEPT: "conforms"}
_NO_REPAIR = "none is known"
ROLLBACK = "What changes at the client, and what goes back to its former value on a rollback."


def migration_html(found: Migration) -> h.Fragment:
    """Return the section of the page."""
    cosmetic = [loss for loss in found.losses if not loss.counts]
    return h.fragment[
        h.h2[f"Migration: from {found.old.name} to {found.new.name}"],
        h.p[h.strong[found.outcome]],
        h.h3[f"Lost: {len(found.lost)}"],
        _losses(found.lost) if found.lost else h.p["Nothing."],
        h.details[h.summary[f"{len(cosmetic)} cosmetic, which do not count"], _losses(cosmetic)] if cosmetic else None,
        _needs(found),
        _unmeasured(found),
        h.h3["Settings, and the way back"],
        h.p(class_="soft")[ROLLBACK],
        table(["setting", "new", "former", "why"], [_setting(one) for one in found.settings[:_MOST]]),
        h.p[_shapes(found)],
    ]


def _losses(losses: Sequence[Loss]) -> Node:
    return h.fragment[
        table(["what", "damage, and who breaks", "repair at the client"], map(_loss, losses[:_MOST])),
        left(len(losses) - _MOST),
    ]


def _loss(loss: Loss) -> list[Cell]:
    where = ", ".join(loss.capabilities)
    return [
        Cell([coded(cut(loss.sentence, _LONGEST)), h.small[h.code[cut(loss.id, _LONGEST)]], h.small[where]]),
        Cell([loss.damage.words, h.small[coded(cut(loss.breaks, 2 * _LONGEST))]], _TONES[loss.damage]),
        Cell(coded(_repair(loss))),
    ]


def _setting(one: Setting) -> list[Cell]:
    return [Cell(one.name), Cell(coded(one.value)), Cell(coded(one.former)), Cell(coded(one.why))]


def _needs(found: Migration) -> Node:
    rows = [
        [Cell(coded(one.what)), Cell(one.outcome.value, _OUTCOMES[one.outcome]), Cell(coded(one.why))]
        for one in found.needs
    ]
    return h.fragment[h.h3["What else it uses"], table(["what", "outcome", "why"], rows[:_MOST])] if rows else None


def _unmeasured(found: Migration) -> Node:
    if not found.unmeasured:
        return None
    lines = [
        h.li[coded(f"{why} "), h.small[f"({len(what)}): {', '.join(what)}"]]
        for why, what in by_reason(found.unmeasured)
    ]
    return h.fragment[h.h3[f"Not measured: {len(found.unmeasured)}"], h.ul[lines[:_MOST]]]


def _shapes(found: Migration) -> str:
    names = ", ".join(operation.title for operation in found.shapes)
    return f"Breaking changes of shape, below: {names or 'none'}."


def migration_markdown(found: Migration) -> str:
    """Return the section of the document."""
    losses = [
        [cell(loss.sentence), words(_repair(loss)), words(loss.damage.words), cell(loss.breaks)] for loss in found.lost
    ]
    needs = [[cell(need.what), need.outcome.value, cell(need.why)] for need in found.needs]
    settings = [[cell(one.name), cell(one.value), cell(one.former)] for one in found.settings]
    parts = [
        f"## Migration: from {words(found.old.name)} to {words(found.new.name)}",
        f"**{words(found.outcome)}**",
        markdown_table(["lost", "repair at the client", "damage", "who breaks"], losses) if losses else "",
        markdown_table(["uses", "outcome", "why"], needs) if needs else "",
        "\n".join(f"- {line}" for line in _unknown(found, cell)),
        ROLLBACK,
        markdown_table(["setting", "new", "former"], settings),
        words(_shapes(found)),
    ]
    return "\n\n".join(part for part in parts if part)


def _repair(loss: Loss) -> str:
    return loss.repair.says if loss.repair else _NO_REPAIR


def _unknown(found: Migration, form: Callable[[str], str]) -> list[str]:
    """Return what was not measured, a line for each reason."""
    return [
        f"not measured ({len(what)}): {form(why)}: "
        + form(", ".join(what[:_NAMED]) + (f" and {len(what) - _NAMED} more" if len(what) > _NAMED else ""))
        for why, what in by_reason(found.unmeasured)
    ]


def migration_lines(found: Migration) -> list[str]:
    """Return what is printed: what is lost with its repair, what was not measured, and the former values."""
    lines = [f"Migration from {found.old.name} to {found.new.name}: {found.outcome}"]
    for loss in found.lost[:_SAID]:
        lines += [f"lost ({loss.damage.words}): {loss.sentence}", f"    repair: {_repair(loss)}"]
    if len(found.lost) > _SAID:
        lines.append(f"and {len(found.lost) - _SAID} more")
    lines += [f"{need.outcome.value}: {need.what}: {need.why}" for need in found.needs if need.outcome != Outcome.KEPT]
    lines += _unknown(found, str)
    return [*lines, *(f"rollback: {one.name}: {one.former} (now {one.value})" for one in found.settings)]
