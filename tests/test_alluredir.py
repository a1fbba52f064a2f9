"""`pytest --alluredir` gives a check the same identity as our own Allure results."""

import json
import os
import subprocess
import sys
from pathlib import Path


def identities(folder: Path) -> set[tuple[str, str]]:
    found = [json.loads(path.read_text()) for path in folder.glob("*-result.json")]
    return {(result["testCaseId"], result["historyId"]) for result in found}


def test_allure_pytest_gives_the_same_identities(tmp_path: Path) -> None:
    options = ["--capability", "chat.basic", "--allure", "--alluredir", str(tmp_path / "plain")]
    command = [
        sys.executable,
        "-m",
        "pytest",
        "--pyargs",
        "conformance.checks",
        "-p",
        "conformance.plugin",
        *options,
        "--run-pointer",
        "pointer",
    ]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=120)
    run = Path((tmp_path / "pointer").read_text().strip())
    assert identities(tmp_path / "plain") == identities(run / "allure-results") != set()
