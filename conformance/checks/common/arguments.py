"""
Arguments that are not a JSON object: the model's doing, or the server's.

"The model does not always generate valid JSON", says the official client of `arguments`: only `strict` promises it. But
an empty text, JSON within JSON, another JSON value and quotes of another language are made where the call is written
down, not by the model. A JSON string of mere text is what a weak model writes where an object should be.
"""

import json

from conformance import Deviation, Inconclusive
from conformance.checks.common.chat import is_object


def assert_object(arguments: str, *, strict: bool, whose: str = "the arguments") -> None:
    """Assert that a text is a JSON object. Raises `Inconclusive` for what the model alone may have to answer for."""
    if is_object(arguments):
        return
    said = f"{whose} are not a JSON object: {arguments[:80]!r}"
    if strict or _is_the_servers(arguments):
        raise Deviation(said)
    raise Inconclusive(f"{said}; without `strict` the model may be the cause")


def _is_the_servers(arguments: str) -> bool:
    text = arguments.strip()
    if not text or (text.startswith("{'") and is_object(text.replace("'", '"'))):
        return True
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return not isinstance(value, str) or not value.strip() or is_object(value)
