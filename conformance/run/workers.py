"""
What the processes of one run say to each other under xdist.

It goes over xdist's own channel, as text: to a worker where the run is and which keys it needs, back from it what it
has seen. Keys are never on disk and in no environment but the user's.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from conformance.log.records import ExchangeLine, NotRun
from conformance.plan.loader import folder_of
from conformance.run.place import Place
from conformance.run.session import Session

_PLACE, _KEYS, ROOT, _SEEN = "conformance_place", "conformance_keys", "conformance_root", "conformance_seen"


def tell_worker(session: Session, to: dict[str, Any]) -> None:
    """Put into a worker's input what it must know of the run."""
    to[ROOT] = str(session.options.root)
    if session.place is not None:
        to[_PLACE] = json.dumps(asdict(session.place))
        to[_KEYS] = json.dumps(dict(session.options.keys.by_target))


def hear_controller(session: Session, told: Mapping[str, Any]) -> None:
    """Join the run that a worker was told of, if there is one."""
    if told.get(_PLACE):
        session.join(Place(**json.loads(told[_PLACE])), json.loads(told[_KEYS]))


def tell_controller(session: Session, to: dict[str, Any]) -> None:
    """Stop sending, and put into a worker's output what it has seen."""
    lines, requests = session.engine.stop() if session.engine is not None else ([], 0)
    to[_SEEN] = json.dumps(
        {
            "exchanges": [line.model_dump(mode="json") for line in lines],
            "requests": requests,
            "trouble": session.engine.trouble if session.engine is not None else "",
            "not_run": [line.model_dump(mode="json") for line in session.not_run],
            "deselected": session.deselected,
            "partial": session.partial,
        }
    )


def hear_worker(session: Session, told: Mapping[str, Any]) -> None:
    """Take what a worker has seen into the run that this process keeps."""
    if session.log is None or not told.get(_SEEN):
        return
    seen = json.loads(told[_SEEN])
    session.log.add_exchanges([ExchangeLine.model_validate(line) for line in seen["exchanges"]], seen["requests"])
    session.not_run = [NotRun.model_validate(line) for line in seen["not_run"]]
    session.trouble = session.trouble or seen["trouble"]
    session.deselected |= seen["deselected"]
    session.partial |= seen["partial"]


def interrupt(xdist: Any) -> None:
    """Tell all workers to end what they do; `xdist` is the plugin of the process that started them, or None."""
    for gateway in getattr(getattr(xdist, "nodemanager", None), "group", ()):
        process = getattr(getattr(gateway, "_io", None), "popen", None)  # execnet tells it in no other way
        if process is not None and process.poll() is None:
            process.terminate()


def names_suite(arguments: Sequence[str], directory: Path, packages: Sequence[str], *, modules: bool) -> bool:
    """
    Tell whether pytest's arguments lead to the checks of some packages; `modules`: they may be names of modules.

    The process that keeps the run collects nothing under xdist, and the workers must know the run before they collect.
    """
    folders = [folder_of(package) for package in packages]
    for argument in arguments:
        name = argument.partition("::")[0]
        path = (directory / name).resolve()
        if modules and not path.exists():
            path = _module(name) or path
        if any(path.is_relative_to(folder) or folder.is_relative_to(path) for folder in folders):
            return True
    return False


def _module(name: str) -> Path | None:
    """Return where a module or a package lies, or None."""
    try:
        found = find_spec(name)
    except (ImportError, ValueError):
        return None
    if found is None or found.origin is None:
        return None
    place = Path(found.origin).resolve()
    return place.parent if place.name == "__init__.py" else place
