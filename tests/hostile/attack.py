"""What an attack is: a name, a sentence, and a function that makes a behaviour; `TABLE` holds them all."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from tests.hostile.loopback import Behaviour, Server
from tests.hostile.upstream import Upstream

BASE = ("chat.basic", "chat.schema.core", "chat.stream.basic", "chat.stream.chunk_schema")
TWINS = ("chat.stream.equals_nonstream", "usage.present")
OTHERS = ("models.list.schema", "errors.unknown_model", "responses.basic")
NARROW = (*BASE, *TWINS, *OTHERS)
"""The capabilities of a usual attack: 20 exchanges and 118 checks."""

DEFAULT: tuple[str, ...] = ()
"""What the suite selects by itself."""


class Scope(StrEnum):
    """What is attacked. `LATE`: the preflight is answered well, so that the run goes on."""

    ALL = "all"
    LATE = "late"


class Should(StrEnum):
    """What the verdicts should come to, where that is known."""

    ANY = "any verdict, with a reason"
    CONFORM = "all conforms, as if nothing were"
    DEVIATE = "something deviates, and nothing is an error"


@dataclass
class World:
    """What behaviours of one attack share. `server` is the attacked run's own, once it listens."""

    upstream: Upstream
    key: str
    elsewhere: str
    servers: list[Server] = field(default_factory=list)

    @property
    def server(self) -> Server:
        """Return the server that attacks."""
        return self.servers[0]


@dataclass(frozen=True, slots=True)
class Attack:
    """
    One behaviour and how it is measured.

    `header` is given to the suite by `--header`, `options` as they are; `secret` is what must not be found besides the
    key, and `never_in_paths` what no requested path may contain. `wall_s` is 0 for the usual limit.
    """

    name: str
    says: str
    make: Callable[[World], Behaviour]
    scope: Scope = Scope.LATE
    should: Should = Should.ANY
    selection: tuple[str, ...] = NARROW
    header: str = ""
    options: tuple[str, ...] = ()
    secret: str = ""
    never_in_paths: tuple[str, ...] = ()
    wall_s: float = 0

    def behaviour(self, world: World) -> Behaviour:
        """Return what it does in a world, with the preflight spared if it is."""
        attacking = self.make(world)
        if self.scope is Scope.ALL:
            return attacking
        return world.upstream.first(PREFLIGHT, attacking)


PREFLIGHT = 2
"""The suite first lists the models and says hello."""

TABLE: dict[str, Attack] = {}


def attack(
    name: str, says: str, **more: object
) -> Callable[[Callable[[World], Behaviour]], Callable[[World], Behaviour]]:
    """Put what is decorated into the table."""

    def put(make: Callable[[World], Behaviour]) -> Callable[[World], Behaviour]:
        assert name not in TABLE, f"two attacks are called {name}"
        TABLE[name] = Attack(name, says, make, **more)  # type: ignore[arg-type]
        return make

    return put
