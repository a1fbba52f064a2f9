"""The catalogue of models: which are new, gone, or perhaps renamed since the contract."""

import re
from collections.abc import Iterator, Sequence

from conformance.contract.observe import listed
from conformance.drift.finding import Finding, Moved, Sort, Who
from conformance.drift.pair import Pair
from conformance.shapes.change import Impact
from conformance.targets.model import shown

_DATE = re.compile(r"20\d\d-?\d\d-?\d\d$")
_OTHER = re.compile(r"[^a-z0-9.]")
_MOST = 100
_VENDOR = Moved(Who.VENDOR, "the list of models differs")


def model_findings(pair: Pair) -> list[Finding]:
    """Return what changed in the list of models; nothing where one side did not ask for it."""
    was, now = pair.contract.catalogue, listed(pair.now.values())
    if was is None or now is None:
        return []
    gone, new = [name for name in was if name not in now], [name for name in now if name not in was]
    return list(_findings(gone[:_MOST], new[:_MOST], _asked(pair)))


def _asked(pair: Pair) -> set[str]:
    """Return the models that the target's checks ask: what becomes of them matters."""
    models = [*pair.contract.models.values(), *shown(pair.side.facts.models).values()]
    return {name.strip() for names in models for name in names.split(",")}


def _findings(gone: Sequence[str], new: Sequence[str], asked: set[str]) -> Iterator[Finding]:
    renamed: set[str] = set()
    for name in gone:
        again = next((other for other in new if other not in renamed and plain(other) == plain(name)), "")
        renamed |= {again} - {""}
        used = name in asked
        yield Finding(
            id=f"model:{name}:{'renamed' if again else 'gone'}",
            sort=Sort.MODEL,
            impact=Impact.BREAKING if used else Impact.COSMETIC,
            says=f"model `{name}`: {f'perhaps renamed to `{again}`' if again else 'gone'}",
            before="listed",
            after=f"`{again}` is listed" if again else "not listed",
            why="this target's checks ask it" if used else "who asks it fails; no check of this target does",
            moved=_VENDOR,
        )
    for name in (name for name in new if name not in renamed):
        yield Finding(
            id=f"model:{name}:new",
            sort=Sort.MODEL,
            impact=Impact.ADDITIVE,
            says=f"model `{name}`: new",
            before="not listed",
            after="listed",
            why="a further model",
            moved=_VENDOR,
        )


def plain(name: str) -> str:
    """Return a model's id without the vendor before it, its date, and its punctuation: what a renaming leaves."""
    return _OTHER.sub("", _DATE.sub("", name.rpartition("/")[2].lower()))
