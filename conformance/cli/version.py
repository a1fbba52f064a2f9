"""`conformance --version`: what a report of a mistake in the suite must name."""

import platform
from importlib.metadata import PackageNotFoundError, version

from conformance.plan import loader


def version_text() -> str:
    """Return the versions of the suite, of Python and of the official client, and how many checks there are."""
    checks = sum(not check.builtin for check in loader.load().checks)
    own, client = _version("conformance"), _version("openai")
    return f"conformance {own} (Python {platform.python_version()}, openai {client}, {checks} checks)"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:  # a clone that is on the path and was never installed
        return "not installed"
