"""
How the suite is called where it is read: by nox in a clone, by its own name where a wheel was installed.

What a run says in the end is often a command to be typed next. In a clone that is a session of nox, which installs
what it needs; elsewhere there is neither a `noxfile.py` nor nox.
"""

from pathlib import Path

ROOT = Path(__file__).parents[1]
"""The folder that holds the package: of a clone its top, else a folder of installed packages."""

SUITE = "conformance"
"""The name of the run itself; every other name is a command beside it."""


def is_clone(root: Path = ROOT) -> bool:
    """Tell whether the suite is run from a clone of its repository, whose files are there to be changed."""
    return (root / "noxfile.py").is_file()


def call(name: str, words: str = "", *, root: Path = ROOT) -> str:
    """
    Return the command line that runs the suite (`conformance`) or one of its commands (`merge`), with its words.

    `words` are put there as they are: whoever names a path in them quotes it.
    """
    if is_clone(root):
        return f"nox -s {name} -- {words}" if words else f"nox -s {name}"
    return " ".join(word for word in (SUITE, "" if name == SUITE else name, words) if word)
