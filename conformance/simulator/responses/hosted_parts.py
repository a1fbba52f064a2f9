"""
Parts of hosted tools: images that are not finished, commands and what came of them, tools that were searched.

Shapes are those of the official client's `ResponseOutputItem` and `ResponseStreamEvent`.
"""

import base64
from collections.abc import Iterator, Sequence
from typing import Any

from conformance.simulator.media.tokens import pieces
from conformance.simulator.responses.items import new_id

PIXEL = base64.b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cf"
        "c0000003010100c9fe92ef0000000049454e44ae426082"
    )
).decode()
_LISTING = "note.txt\n"


def picture_stages(place: dict[str, Any], partial_images: int) -> Iterator[dict[str, Any]]:
    """Yield the events of an image that is made, with so many that are not finished."""
    kind = "response.image_generation_call"
    yield {"type": f"{kind}.in_progress", **place}
    yield {"type": f"{kind}.generating", **place}
    for number in range(partial_images):
        partial = {"partial_image_b64": PIXEL, "partial_image_index": number, "output_format": "png"}
        yield {"type": f"{kind}.partial_image", **place, **partial}
    yield {"type": f"{kind}.completed", **place}


def shell_items(call: dict[str, Any], environment: str) -> list[dict[str, Any]]:
    """Return the call of a shell, and what came of it where the endpoint runs it in a container."""
    action = {"commands": ["ls"], "timeout_ms": None, "max_output_length": None}
    if environment == "local":
        return [{**call, "action": action, "environment": {"type": "local"}}]
    container = {"type": "container_reference", "container_id": new_id("cntr")}
    exit_code = {"type": "exit", "exit_code": 0}
    output = {
        "id": new_id("sho"),
        "type": "shell_call_output",
        "status": "completed",
        "call_id": call["call_id"],
        "max_output_length": None,
        "output": [{"stdout": _LISTING, "stderr": "", "outcome": exit_code}],
    }
    return [{**call, "action": action, "environment": container}, output]


def commands(item: dict[str, Any], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the events of the commands of a shell."""
    where = {"output_index": place["output_index"]}
    for index, command in enumerate(item["action"]["commands"]):
        here = {**where, "command_index": index}
        yield {"type": "response.shell_call_command.added", **here, "command": ""}
        for piece in pieces(command):
            yield {"type": "response.shell_call_command.delta", **here, "delta": piece}
        yield {"type": "response.shell_call_command.done", **here, "command": command}


def outputs_of_commands(item: dict[str, Any], place: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the events of what came of the commands of a shell."""
    for index, output in enumerate(item["output"]):
        here = {**place, "command_index": index}
        delta = {name: output[name] for name in ("stdout", "stderr") if output[name]}
        yield {"type": "response.shell_call_output_content.delta", **here, "delta": delta}
    done = {**place, "command_index": len(item["output"]) - 1, "output": item["output"]}
    yield {"type": "response.shell_call_output_content.done", **done}


def tool_search_items(item: dict[str, Any], tools: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a search for tools that come later, and the tools that it found: all of them."""
    later = [tool for tool in tools if tool.get("defer_loading")]
    call = {**item, "call_id": None, "execution": "server", "arguments": {"paths": []}}
    found = {"id": new_id("tso"), "type": "tool_search_output", "status": "completed", "call_id": None}
    return [call, {**found, "execution": "server", "tools": later}]
