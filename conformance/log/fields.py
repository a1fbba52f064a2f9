"""The sorts of values in the lines of a log, with the bounds that a stranger's log must keep to."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field


def _inside(path: str) -> str:
    """Return the path of a recording if it stays in the run's folder, on every system; raise `ValueError` if not."""
    parts = re.split(r"[\\/]", path)
    if path and (not path.isprintable() or parts[0] == "" or ":" in parts[0] or ".." in parts):
        raise ValueError("a path that leads out of the run's folder")
    return path


Inside = Annotated[str, AfterValidator(_inside)]
MOST = 10**15
Count = Annotated[int, Field(ge=0, le=MOST)]
Dollars = Annotated[float, Field(ge=0, le=10**9, allow_inf_nan=False)]
Milliseconds = Annotated[float, Field(ge=0, le=10**12)]
