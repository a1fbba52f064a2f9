"""
What is sent about keys: nothing new.

A request without a key and one with a made-up key are exchanges of the errors family, a good one is `hello`.
"""

from conformance import capability

BEARER = capability("auth.bearer_valid")
MISSING = capability("auth.missing")
INVALID = capability("auth.invalid")
