"""
Hostile endpoints: a loopback server that answers as it is told, and a table of what enemies and broken servers do.

Tests say `hostile.stall()` for the functions of `loopback`. `python -m tests.hostile` runs the suite against the table.
"""

from tests.hostile.keys import *  # noqa: F403
from tests.hostile.loopback import *  # noqa: F403  the functions of the tests stand in one file, and are called by this name
