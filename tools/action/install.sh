#!/usr/bin/env bash
# Installs the suite from this checkout of the action, with its pins, into an environment of its own, and tells the
# steps behind which Python that is. PYTHON is the one to make it with.
set -euo pipefail

venv="$RUNNER_TEMP/conformance-suite"
"$PYTHON" -m venv "$venv"
python="$venv/bin/python"
[ -x "$python" ] || python="$venv/Scripts/python.exe"
pip() { "$python" -m pip --disable-pip-version-check --quiet "$@"; }
pip install --require-hashes --requirement "$GITHUB_ACTION_PATH/requirements/conformance.txt"
pip install --no-deps --no-build-isolation "$GITHUB_ACTION_PATH"
echo "python=$python" >> "$GITHUB_OUTPUT"
