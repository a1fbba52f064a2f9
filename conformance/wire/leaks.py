"""What no honest message holds: stack traces, whole keys, hosts of the network behind the endpoint."""

import re

TRACES = re.compile(
    r"Traceback \(most recent call last\)"
    r'|File "[^"]{1,200}", line \d+'
    r"|\bat [^()\n]{1,120} \((?:file://|node:|/)[^()\n]{1,200}:\d+:\d+\)"
    r"|goroutine \d+ \[running\]"
    r"|\(\w{1,80}\.java:\d+\)"
    r"|/usr/(?:local/)?lib/python|/site-packages/|/node_modules/"
)
KEYS = re.compile(r"\bAIza[0-9A-Za-z_-]{35}\b|\bsk-[A-Za-z0-9_-]{40,}")
HOSTS = re.compile(r"\b[\w-]+(?:\.[\w-]+)*\.(?:svc\.cluster\.local|compute\.internal|docker\.internal)\b")

DISTINCT = 10
"""A key has at least so many different characters; an example of one (`sk-xxxx...`) has fewer."""


def key_in(text: str) -> str | None:
    """Return the beginning of what looks like a whole key, or None."""
    return next((key[:8] for key in KEYS.findall(text) if len(set(key)) >= DISTINCT), None)
