"""What a gateway sends upstream: nothing is sent for it that the rest of the suite does not send."""

from conformance import capability

MESSAGES = capability("upstream.messages")
PARAMETERS = capability("upstream.parameters")
TOOLS = capability("upstream.tools")
MEDIA = capability("upstream.media")
CONDUCT = capability("upstream.conduct")
UNCHANGED = capability("upstream.unchanged")
