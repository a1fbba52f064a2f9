"""
Checks that no deviation of the zoo kills, and why.

By statement: capability, exchange and name, without a case. What the suite asks of every exchange (`status`,
`media_type`, `body_is_whole`) is one rule each, killed as a rule and not for each exchange; it is not listed.
"""

UNKILLED: dict[str, str] = {}
