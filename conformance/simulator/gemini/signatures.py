"""
Thought signatures of the native API: on the first call of a response, and wanted back with it by the newest models.

https://ai.google.dev/gemini-api/docs/thought-signatures
"""

import base64
import hashlib
import json
from typing import Any

from conformance.simulator.gemini.errors import invalid
from conformance.simulator.gemini.fields import Fields
from conformance.simulator.model.signatures import BYPASS


def signature(name: str, arguments: Any) -> str:
    """Return the signature of a call."""
    told = json.dumps([name, arguments], sort_keys=True)
    return base64.b64encode(hashlib.shake_256(told.encode()).digest(48)).decode()


def check_signature(given: Any, call: Fields, *, must: bool) -> None:
    """Raise when a signature is not the call's own, or when it `must` have one and has none."""
    name = str(call.get("name", ""))
    if given is None:
        if must:
            raise invalid(
                f"Function call is missing a thought_signature in functionCall parts. Function call: `{name}`."
            )
        return
    plain = str(given).replace("-", "+").replace("_", "/")  # bytes in JSON may come in either base64 (protobuf.dev)
    bypass = {BYPASS, base64.b64encode(BYPASS.encode()).decode(), "context_engineering_is_the_way_to_go"}
    if given not in bypass and plain != signature(name, call.get("args", {})):
        raise invalid("Thought signature is not valid.")
