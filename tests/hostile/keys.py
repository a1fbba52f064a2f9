"""The forms in which the suite itself promises to find a key. `detect` looks for more, and knows nothing of these."""

import base64
from pathlib import Path


def key_forms(key: str) -> list[bytes]:
    """Return the forms in which a key must never be found."""
    plain = key.encode()
    coded = [base64.b64encode(b"\0" * pad + plain)[4 if pad else 0 : -4] for pad in range(3)]
    return [plain, plain.hex().encode(), plain.hex().upper().encode(), *coded]


def files_with(folder: Path, key: str) -> list[str]:
    """Return the files below a folder that hold some form of a key."""
    forms = key_forms(key)
    return [str(p) for p in folder.rglob("*") if p.is_file() and any(form in p.read_bytes() for form in forms)]
