"""What a server that is not ours sees of this machine: a home of its own, no key of the user's, no way out."""

import os
from collections.abc import Mapping
from pathlib import Path

KEPT = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "SYSTEMROOT", "TZ")
"""Variables of the caller's that it sees too."""

_LOOPBACK = Path(__file__).with_name("loopback.cjs")
_NOWHERE = "http://127.0.0.1:9"
_OFF = {
    "CI": "true",
    "DO_NOT_TRACK": "1",
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "NO_COLOR": "1",
    "OTEL_SDK_DISABLED": "true",
    "PYTHONNOUSERSITE": "1",
    "PYTHONUNBUFFERED": "1",
}


def surroundings(environ: Mapping[str, str], scratch: Path, *, own_python: bool) -> dict[str, str]:
    """
    Return the environment of a server, with a home below `scratch`, which is made.

    `own_python`: it runs on the suite's own Python, and so sees where that finds its modules.
    """
    home, temporary = scratch / "home", scratch / "tmp"
    for folder in (home, temporary):
        folder.mkdir(exist_ok=True)
    kept = {name: environ[name] for name in (*KEPT, *(("PYTHONPATH",) if own_python else ())) if name in environ}
    ours = {
        "HOME": str(home),
        "USERPROFILE": str(home),
        **{f"XDG_{name}_HOME": str(home / name.lower()) for name in ("CACHE", "CONFIG", "DATA", "STATE")},
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)),
    }
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"), _NOWHERE)
    proxies |= {"NO_PROXY": "localhost,127.0.0.1"}
    proxies |= {name.lower(): value for name, value in proxies.items()}
    node = {"NODE_OPTIONS": f'--require "{_LOOPBACK}"'}
    return {**kept, **ours, **_OFF, **proxies, **node}


def path_with(folder: Path, environ: Mapping[str, str]) -> str:
    """Return a search path that begins with a folder."""
    return os.pathsep.join([str(folder), *([environ["PATH"]] if environ.get("PATH") else [])])
