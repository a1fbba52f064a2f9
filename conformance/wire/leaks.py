"""
What no honest message holds: stack traces, whole keys, hosts of the network behind the endpoint.

Each pattern takes time linear in its text, whatever an endpoint sends: numbers are bounded, and a host is looked for
once in each run of its characters (`tests/test_patterns.py` holds them to it).
"""

import re

TRACES = re.compile(
    r"Traceback \(most recent call last\)"
    r'|File "[^"]{1,200}", line \d{1,9}'
    r"|\bat [^()\n]{2,121}+(?<= )\((?:file://|node:|/)[^()\n]{1,200}:\d{1,9}:\d{1,9}\)"
    r"|goroutine \d{1,20} \[running\]"
    r"|\(\w{1,80}\.java:\d{1,9}\)"
    r"|/usr/(?:local/)?lib/python|/site-packages/|/node_modules/"
)
KEYS = re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b|\bsk-[A-Za-z0-9_-]{40,}")
HOSTS = re.compile(r"(?<![\w.-])[\w.-]*?[\w-]\.(?:svc\.cluster\.local|compute\.internal|docker\.internal)\b")

DISTINCT = 10
"""A key has at least so many different characters; an example of one (`sk-xxxx...`) has fewer."""


def key_in(text: str) -> str | None:
    """Return the beginning of what looks like a whole key, or None."""
    return next((key[:8] for key in KEYS.findall(text) if len(set(key)) >= DISTINCT), None)
