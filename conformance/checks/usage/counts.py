"""What token counts say about each other."""

from conformance import Document


def unexplained(usage: Document) -> str:
    """Return in words what a total counts beside its parts: mostly reasoning that `completion_tokens` leaves out."""
    prompt, completion = usage.at("prompt_tokens", int), usage.at("completion_tokens", int)
    total = usage.at("total_tokens", int)
    reasoning = usage.at("completion_tokens_details.reasoning_tokens", int | None, None) or 0
    said = f"`total_tokens` is {total}, and its parts are {prompt} + {completion}"
    if reasoning and total == prompt + completion + reasoning:
        return f"{said}: the {reasoning} `reasoning_tokens` are missing from `completion_tokens`"
    if total > prompt + completion:
        return f"{said}: {total - prompt - completion} tokens, perhaps of hidden reasoning, are in neither part"
    return said
