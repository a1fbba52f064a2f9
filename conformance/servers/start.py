"""Starting the server of a target, whichever sort it is."""

from conformance.servers import command, module
from conformance.servers.running import Running
from conformance.targets.target import Target


def start(target: Target) -> Running:
    """Start a target's server and wait until it serves. Raises `HarnessError` with what it said."""
    assert target.server is not None
    return command.start(target) if target.server.command else module.start(target)
