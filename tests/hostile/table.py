"""The table of what was measured, alone or beside an earlier one."""

from collections.abc import Mapping, Sequence
from typing import Any

VERDICTS = ("conforms", "deviates", "inconclusive", "error", "unsupported")
HEAD = (
    f"{'attack':<22} {'exit':>4} {'conf':>5} {'dev':>4} {'inc':>4} {'err':>4} {'uns':>4} "
    f"{'wall':>5} {'cpu':>5} {'MB':>5} {'disk':>5} {'req':>4}  alarms"
)


def row(found: Mapping[str, Any]) -> str:
    """Return the line of one attack."""
    counts = [found["verdicts"].get(name, 0) for name in VERDICTS]
    cells = f"{found['exit']!s:>4} {counts[0]:>5} " + " ".join(f"{count:>4}" for count in counts[1:])
    sizes = f"{found['wall_s']:>5.0f} {found['cpu_s']:>5.0f} {found['peak_mb']:>5.0f} {found['folder_mb']:>5.0f}"
    facts = "".join(f"  ({name}: {value})" for name, value in found.get("facts", {}).items())
    return f"{found['name']:<22} {cells} {sizes} {found['requests']:>4}  {'; '.join(found['alarms']) or '-'}{facts}"


def compared(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return the lines of one attack before and after, and which alarms are gone or new."""
    gone = [alarm for alarm in before["alarms"] if alarm not in after["alarms"]]
    new = [alarm for alarm in after["alarms"] if alarm not in before["alarms"]]
    lines = [f"- {row({**before, 'alarms': gone})}", f"+ {row({**after, 'alarms': new})}"]
    return "\n".join(lines)


def summary(found: Sequence[Mapping[str, Any]]) -> str:
    """Return how many attacks raised an alarm."""
    alarmed = [one for one in found if one["alarms"]]
    return f"{len(found)} attacks, {len(alarmed)} of them with alarms"
