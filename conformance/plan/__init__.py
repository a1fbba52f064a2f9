"""Which checks are run on which target, which exchanges they need, and what they cost."""
