"""What is wrong with a line of a log."""

from pydantic import ValidationError

from conformance.wire.text import escaped


def mistake(error: ValidationError) -> str:
    """Return where in a line the first mistake stands, and what it is; never what stands there."""
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(escaped(str(part), 40) for part in first["loc"][1:])
    return f"{place}: {first['msg'].lower()}" if place else first["msg"].lower()
