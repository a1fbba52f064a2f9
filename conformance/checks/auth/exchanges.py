"""
What is sent about keys: nothing new.

A request without a key and one with a made-up key are exchanges of the errors family, a good one is `hello`.
"""

from conformance import MUST, Capability

BEARER = Capability("auth.bearer_valid", MUST, "a good key is taken")
MISSING = Capability("auth.missing", MUST, "a request without a key is refused")
INVALID = Capability("auth.invalid", MUST, "a wrong key is refused")
