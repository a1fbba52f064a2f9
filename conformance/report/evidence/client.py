"""What a user of a client gets of a response, in words."""

from conformance.log.harm import PYTHON, Client

_OF_PYTHON = "openai-python"


def client_words(version: str, line: Client) -> str:
    """Return a sentence for a line of the log; `version` is that of the official client."""
    client = f"{_OF_PYTHON} {version.removeprefix('openai ')}" if line.client == PYTHON else line.version or line.title
    why = f": {line.reason}" if line.reason else ""
    match line.outcome:
        case "raises":
            return f"With {client} this response raises {line.raised or 'an exception'}{why}"
        case "loses":
            return f"With {client} this response loses data without an exception{why}"
        case "survives":
            return f"With {client} this response raises no exception and loses no data that a good one always has{why}"


def calls_words(line: Client) -> str:
    """Return which ways to call the client survive, where some do not; else nothing."""
    good = [call for call, outcome in line.calls.items() if outcome == "survives"]
    return f"survives in {', '.join(good)}" if good and line.outcome != "survives" else ""
