"""A path in a log: of a recording, below the folder of its run."""

import re
from typing import Annotated

from pydantic import AfterValidator


def _inside(path: str) -> str:
    """Return the path of a recording if it stays in the run's folder, on every system; raise `ValueError` if not."""
    parts = re.split(r"[\\/]", path)
    if path and (not path.isprintable() or parts[0] == "" or ":" in parts[0] or ".." in parts):
        raise ValueError("a path that leads out of the run's folder")
    return path


Inside = Annotated[str, AfterValidator(_inside)]
