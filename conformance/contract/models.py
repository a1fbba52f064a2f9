"""What a target's own list of models says of each: its id, and what tells a renamed model from a new one."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import Any

from conformance.contract.document import Listed
from conformance.record.recording import Recording
from conformance.shapes.catalogue import models_in

_WORD = 160
_MOST = 5_000
_SETTLED = timedelta(days=1)


def catalogue_of(recording: Recording) -> dict[str, Listed] | None:
    """Return what a list of models says of each, by id; None for any other response."""
    models, asked = models_in(recording), recording.provenance.recorded
    if models is None:
        return None
    return dict(sorted(((one["id"][:_WORD], _listed(one, asked)) for one in models), key=itemgetter(0))[:_MOST])


def _listed(one: Mapping[str, Any], asked: datetime) -> Listed:
    owner = one.get("owned_by")
    return Listed(
        owner=owner[:_WORD] if isinstance(owner, str) else "",
        created=_created(one.get("created"), asked),
        shutdown=_day(one.get("shutdown_date")),
    )


def _created(value: object, asked: datetime) -> int | None:
    """Return when a model was made, where that is long ago: some servers give the moment of the request instead."""
    latest = (asked - _SETTLED).timestamp()
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < latest else None


def _day(value: object) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
