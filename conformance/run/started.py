"""The servers that a run starts for its targets, and stops."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from conformance.run.options import ChosenTarget
from conformance.run.place import Place
from conformance.servers.running import Running
from conformance.servers.start import start as start_server


@dataclass(frozen=True)
class Servers:
    """Started servers by the name of their target."""

    running: dict[str, Running] = field(default_factory=dict, repr=False)

    @property
    def urls(self) -> dict[str, str]:
        """Return the base URL of each server."""
        return {name: running.base_url for name, running in self.running.items()}

    @property
    def keys(self) -> dict[str, str]:
        """Return the key that each server takes. They were made for this run."""
        return {name: running.key for name, running in self.running.items()}

    @property
    def headers(self) -> dict[str, dict[str, str]]:
        """Return the headers of the targets whose placeholders a server has filled."""
        return {name: dict(running.headers) for name, running in self.running.items() if running.headers}

    def place(self, folder: Path, workers: int) -> Place:
        """Return where a run with these servers is. What is to be kept of them is written there when they end."""
        for running in self.running.values():
            if running.kept is not None:
                running.kept.folder = folder
        behind = {name: str(running.upstream) for name, running in self.running.items() if running.upstream}
        return Place(str(folder), self.urls, workers, headers=self.headers, upstreams=behind)

    def stop(self) -> None:
        """End all servers."""
        for running in self.running.values():
            running.stop()


def start(targets: Sequence[ChosenTarget]) -> Servers:
    """Start the servers that targets name, all or none. Raises `HarnessError` with what a server said."""
    with ExitStack() as started:
        running: dict[str, Running] = {}
        for chosen in targets:
            if chosen.target.server is not None and chosen.mode != "replay":
                running[chosen.target.name] = start_server(chosen.target)
                started.callback(running[chosen.target.name].stop)
        started.pop_all()
        return Servers(running)


def begin(targets: Sequence[ChosenTarget]) -> Callable[[float | None], Servers]:
    """
    Start the servers that targets name while other things are done.

    What is returned waits for them, at most so many seconds. It raises what `start` raises, or `TimeoutError`.
    """
    done: Future[Servers] = Future()

    def run() -> None:
        try:
            done.set_result(start(targets))
        except BaseException as error:  # noqa: BLE001  it is raised where the servers are needed
            done.set_exception(error)

    Thread(target=run, daemon=True).start()
    return done.result


@contextmanager
def serving(targets: Sequence[ChosenTarget]) -> Iterator[Servers]:
    """Start the servers that targets name, and stop them in the end."""
    servers = start(targets)
    try:
        yield servers
    finally:
        servers.stop()
