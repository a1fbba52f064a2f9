"""Rehearsals: the plan of a target, sent to the simulator that is dressed with what the target's documents state."""
