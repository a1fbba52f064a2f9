"""How a rehearsal is marked: its target is called otherwise than the one that it rehearses."""

SUFFIX = ".rehearsal"
"""What the name of a target has at its end when the simulator answers in its place."""
