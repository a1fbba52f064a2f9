"""
Rules about gateways: what the endpoint behind refuses, for what the gateway has made of a request, is the same fault.

They need the upstream's view: results of `upstream.*`, which there are only where the endpoint behind is ours.
"""

from conformance.causes.cause import Atom, Class, Root
from conformance.causes.world import World

FORM = "upstream.conduct/request_is_well_formed"
TAKEN = "taken-away:tools"
COUNTED = "upstream:usage-completion_tokens"

_REFUSED = "Valid requests are refused by the endpoint behind the gateway: they hold fields that it does not have."
_LOST = "A function whose name is that of a built-in tool is taken away: it does not reach the endpoint behind."
_COUNTED = "`usage.completion_tokens` is another number than the endpoint behind reports."


def behind(atom: Atom, world: World) -> Root | None:
    """Return the cause of what is wrong for what was sent upstream, or for what came back from there."""
    refused = Root("refused:upstream", Class.REFUSED, _REFUSED, "it refused these requests for their form")
    if atom.finding == FORM:
        return refused
    sums = atom.result.statement == "total_is_the_sum" and set(atom.places) <= world.showing(COUNTED)
    if atom.finding == COUNTED or sums:
        return Root(COUNTED, Class.WRONG_VALUE, _COUNTED, "in the same responses")
    lines = world.lines(atom.places)
    if not lines or len(lines) < len(atom.places) or not all((line.status or 0) >= 400 for line in lines):
        return None
    if set(atom.places) <= world.showing(FORM):
        return refused
    if set(atom.places) <= world.showing(TAKEN):
        return Root(TAKEN, Class.WRONG_VALUE, _LOST, "the requests sent upstream lack the function")
    return None
