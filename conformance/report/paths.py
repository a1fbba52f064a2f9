"""File names for what the log names: readable, safe on every system, and different for different names."""

import hashlib
import re

from conformance.log.records import Run

MATRIX = "matrix.html"
EVIDENCE = "evidence"
ALLURE_RESULTS = "allure-results"
CLAIMS = "claims.html"

_PART = r"[a-z0-9]++(?:[._-][a-z0-9_]++(?:[.-][a-z0-9_]++)*+)?"
_PLAIN = re.compile(_PART)
_LABEL = re.compile(rf"({_PART})/({_PART})(?:\[({_PART})\])?")
_LONGEST = 100


def safe(name: str) -> str:
    """
    Return a file name for a target or for an exchange's label.

    `chat.basic/hello[a]` is `chat.basic--hello--a`. What does not have that simple form gets a digest at its end,
    so that two names never share a file and none can leave its folder.
    """
    label = _LABEL.fullmatch(name)
    readable = "--".join(part for part in label.groups() if part) if label else name
    if (label or _PLAIN.fullmatch(name)) and len(readable) <= _LONGEST and "--" not in name and "__" not in name:
        return readable
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-")
    return f"{slug or 'x'}~{digest}"


def evidence_page(target: str, label: str) -> str:
    """Return the path of an exchange's evidence page below the run's folder."""
    return f"{EVIDENCE}/{safe(target)}/{safe(label)}.html"


def proof_page(run: Run, target: str, label: str) -> str:
    """Return the path of what proves an exchange: its page, or its recording where everything conforms."""
    return run.quiet.get((target, label)) or evidence_page(target, label)


def body_file(target: str, label: str) -> str:
    """Return the path of the body of an exchange's request, where it lies beside its page."""
    return f"{EVIDENCE}/{safe(target)}/{safe(label)}.body"
