"""Who breaks by a cause, in the words of every report; nothing where nothing is proven."""

from conformance.causes.cause import Cause


def shown_breaks(cause: Cause) -> str:
    """Return what the official client did with these bytes; else who broke by a similar deviation; else nothing."""
    if cause.breaks:
        return cause.breaks
    if cause.similar is None:
        return ""
    links = f" ({', '.join(cause.similar.links[:2])})" if cause.similar.links else ""
    return f"similar to {cause.similar.id}: {cause.similar.breaks}{links}"
