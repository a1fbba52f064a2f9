"""Ids that are more than ids once they stand in a path. Each must arrive there escaped, or be refused by us."""

from collections.abc import Callable

from tests.hostile.attack import Scope, World, attack
from tests.hostile.loopback import Behaviour
from tests.hostile.upstream import strings

PATHS = ("chat.basic", "responses.advanced", "files.api", "videos")
IDS = {
    "id-nul": ("a NUL", "resp\0x", ()),
    "id-dots": ("`../../`", "../../admin", ("../", "%2e%2e%2f", "%2E%2E%2F")),
    "id-percent": ("`../` in percent-encoding", "%2e%2e%2fadmin", ("%2e%2e%2f", "%2E%2E%2F")),
    "id-query": ("a question mark", "x?y=z", ("x?y=z",)),
    "id-host": ("another host", "//evil.example/x", ("//evil.example",)),
    "id-fragment": ("a hash", "x#y", ()),
    "id-lines": ("line ends and a header", "x\r\nX-Evil: 1\r\n\r\n", ("\r", "\n")),
    "id-long": ("100,000 characters", "x" * 100_000, ()),
}


def _put() -> None:
    for name, (says, value, never) in IDS.items():
        told = f"Each id in an answer to a POST holds {says}."
        attack(name, told, scope=Scope.ALL, selection=PATHS, never_in_paths=never)(_ids(value))


def _ids(new: str) -> Callable[[World], Behaviour]:
    def make(world: World) -> Behaviour:
        return world.upstream.changed(
            lambda good, seen: (
                good.each(lambda value: strings(value, lambda name, text: new if name == "id" else text))
                if seen.method == "POST"
                else good
            )
        )

    return make


_put()
