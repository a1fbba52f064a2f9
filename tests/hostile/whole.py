"""Runs without an attack, to compare with, and attacks on what the suite selects by itself."""

from tests.hostile.attack import DEFAULT, Scope, Should, World, attack
from tests.hostile.loopback import Behaviour
from tests.hostile.size import gzip_bomb
from tests.hostile.time_wasting import queue

SLOT_S = 0.5
WALL_S = 300


@attack("faithful", "Nothing is wrong: what a run costs by itself.", scope=Scope.ALL, should=Should.CONFORM)
def faithful(world: World) -> Behaviour:
    return world.upstream.faithful


@attack("faithful-default", "The same, with the default selection.", scope=Scope.ALL, selection=DEFAULT)
def faithful_default(world: World) -> Behaviour:
    return world.upstream.faithful


@attack(
    "one-slot-default",
    "One request is worked on at a time, 0.5 s each, with the default selection. Correct, and slow.",
    scope=Scope.ALL,
    selection=DEFAULT,
    wall_s=WALL_S,
)
def one_slot_default(world: World) -> Behaviour:
    return queue(world, SLOT_S)


@attack("gzip-bomb-default", "1 GB in 1 MB of gzip, with the default selection.", selection=DEFAULT, wall_s=WALL_S)
def gzip_bomb_default(world: World) -> Behaviour:
    return gzip_bomb(world)
