"""
A conformance test suite and contract-recording harness for OpenAI-compatible HTTP endpoints.

These are the words that a check is made of. `conformance.requests`, `conformance.counterexamples` and
`conformance.assertions` hold the functions that it is written with. They stand in `words`, and are imported when the
first one is used: a process that serves the simulator needs none, and half of its start was theirs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.words import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:
        """Return a word, or the list of them, `__all__`."""
        if name.startswith("__") and name != "__all__":
            raise AttributeError(name)
        return getattr(import_module("conformance.words"), name)
