"""The list of verdicts that a recording of the whole suite leaves beside its cassettes."""

import tempfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

from conformance.call import call
from conformance.plan.afford import RequestLimit
from conformance.record import verdicts
from conformance.run.folder import CASSETTES, words
from conformance.run.options import RunOptions
from conformance.run.recorded import replayed
from conformance.run.rejudging import rejudged
from conformance.wire.capability import MAY
from conformance.wire.verdict import Verdict


def list_verdicts(options: RunOptions, names: Collection[str]) -> list[str]:
    """
    Judge the cassettes of targets that were just recorded, and write the list of what comes of it.

    Return what was done, in words. What the run itself has judged is not the same: an exchange without a response has
    no cassette.
    """
    try:
        return list(_listed(options, names))
    except KeyboardInterrupt:
        why = "interrupted"
    except OSError as error:
        why = words(error)
    command = call("verdicts", f"{' '.join(names)} --write")
    return [f"the verdicts of the new cassettes are not listed ({why}): {command}"]


def _listed(options: RunOptions, names: Collection[str]) -> Iterator[str]:
    again = _replaying(options, names)
    with tempfile.TemporaryDirectory() as folder:
        found = rejudged(again, Path(folder))
    for name, results in found.results.items():
        if any(result.verdict is Verdict.ERROR for result in results):
            yield f"{name}: no list of verdicts: some of its cassettes cannot be judged"
        else:
            path = verdicts.write(options.root / CASSETTES / name, verdicts.of_results(results))
            yield f"{name}: the verdicts of its cassettes are listed in {path.relative_to(options.root)}"


def _replaying(options: RunOptions, names: Collection[str]) -> RunOptions:
    """Return the options that judge all of some targets from their cassettes."""
    targets = []
    for chosen in options.targets:
        if chosen.target.name in names:
            folder = options.root / CASSETTES / chosen.target.name
            found = replayed(chosen.target, folder)
            targets.append(replace(chosen, target=found.target, mode="replay", cassettes=folder, recorded=found.day))
    return replace(options, targets=tuple(targets), level=MAY, limit=RequestLimit(None, None), max_requests=None)
