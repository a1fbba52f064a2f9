"""Requests as checks write them: one function for each sort of request, and for each sort of message."""

from conformance.wire.request import (
    Upload,
    assistant,
    delete,
    developer,
    function_tool,
    get,
    last_segment,
    multipart,
    post,
    raw,
    segment,
    system,
    text,
    user,
)

__all__ = [
    "Upload",
    "assistant",
    "delete",
    "developer",
    "function_tool",
    "get",
    "last_segment",
    "multipart",
    "post",
    "raw",
    "segment",
    "system",
    "text",
    "user",
]
