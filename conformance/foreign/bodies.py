"""What stands in the JSON body of a request or a response, read so that any value of any type will do."""

from collections.abc import Mapping
from typing import Any

Body = Mapping[str, Any]


def objects(value: Any) -> list[Body]:
    """Return the objects in an array; none where it is not one."""
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def items_of(body: Body) -> list[Body]:
    """Return the messages of a chat, or the items of a Responses API input."""
    return objects(body.get("messages")) or objects(body.get("input"))


def format_of(body: Body) -> Body:
    """Return the response format that is requested, of a chat or of the Responses API; empty for none."""
    text = body.get("text")
    found = body.get("response_format") or (text.get("format") if isinstance(text, dict) else None)
    return found if isinstance(found, dict) else {}
