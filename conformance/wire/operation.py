"""The operation of a path: what stands for an object or a model in it becomes a placeholder."""

import re

_AFTER = {
    "responses": "{response_id}",
    "models": "{model}",
    "files": "{file_id}",
    "batches": "{batch_id}",
    "videos": "{video_id}",
    "conversations": "{conversation_id}",
    "input_items": "{item_id}",
    "items": "{item_id}",
    "messages": "{message_id}",
    "chat/completions": "{completion_id}",
}
_OWN_NAMES = frozenset({"input_tokens", "compact", "edits", "characters", "extensions", "cancel"})
_ID = re.compile(r"(?=.*\d)[A-Za-z]+[-_][\w-]{4,}")


def template(path: str) -> str:
    """
    Return a path without slashes at its ends and without a query, `responses/{response_id}` for one response.

    Ids of findings are made of it, so it must be the same in every run.
    """
    parts = path.partition("?")[0].strip("/").split("/")
    made: list[str] = []
    for part in parts:
        before = "/".join(made[-2:]) if made[-1:] == ["completions"] else "".join(made[-1:])
        if before in _AFTER and part not in _OWN_NAMES:
            # Everything behind `models/` is the name of one: some have slashes in them.
            made.append(_AFTER[before])
            if before == "models":
                break
        else:
            made.append("{id}" if _ID.fullmatch(part) else part)
    return "/".join(made)
