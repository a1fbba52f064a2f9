"""
A file of known deviations that stands by itself: `--known FILE`, for endpoints without a target file.

Its entries are those of a target's file, `[[known_deviations]]`, and hold as strictly: one that is no longer true
fails the run as stale.
"""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from conformance.call import call
from conformance.files import RefusedFile, read_regular
from conformance.targets.mistake import explain
from conformance.targets.target import KnownDeviation
from conformance.wire.verdict import UsageError

LARGEST = 1024 * 1024


class KnownFile(BaseModel):
    """What may stand in the file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    known_deviations: tuple[KnownDeviation, ...] = ()


def load_known(given: str, root: Path) -> tuple[KnownDeviation, ...]:
    """Return the entries of a file. Raises `UsageError` that names the place and the mistake."""
    try:
        text = read_regular(root / given, LARGEST).decode()
    except FileNotFoundError:
        made = call("accept", "ID --known FILE --reason TEXT")
        raise UsageError(f"--known {given}: there is no such file; it is made by: {made}") from None
    except (OSError, RefusedFile, UnicodeDecodeError) as error:
        raise UsageError(f"--known {given}: cannot be read as UTF-8 text: {error}") from None
    return parse_known(text, given)


def parse_known(text: str, place: str) -> tuple[KnownDeviation, ...]:
    """Return the entries of a TOML text. Raises `UsageError`."""
    try:
        return KnownFile.model_validate(tomllib.loads(text)).known_deviations
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{place}: {error}") from None
    except ValidationError as error:
        raise UsageError(f"{place}{explain(error, KnownFile, text)}") from None
