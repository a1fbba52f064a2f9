"""What a user of the official client gets of a response, in words."""

from conformance.log.harm import Client


def client_words(version: str, line: Client) -> str:
    """Return a sentence for a line of the log; `version` is that of the official client."""
    client = f"openai-python {version.removeprefix('openai ')}"
    why = f": {line.reason}" if line.reason else ""
    match line.outcome:
        case "raises":
            return f"With {client} this response raises {line.raised or 'an exception'}{why}"
        case "loses":
            return f"With {client} this response loses data without an exception{why}"
        case "survives":
            return f"With {client} this response raises no exception and loses no data that a good one always has{why}"
