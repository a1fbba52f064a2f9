"""`--list --format json` is a public format: its schema lies beside the code and is current."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema_rs
import pytest

from conformance.cli import listing
from conformance.plan import loader
from tests.fakes import chosen

SCHEMA = Path(listing.__file__).parent / "list.schema.json"


def test_the_published_schema_is_current(pytestconfig: pytest.Config) -> None:
    command = [sys.executable, "-m", "conformance.cli.listing"]
    printed = subprocess.run(command, capture_output=True, text=True, cwd=pytestconfig.rootpath, check=True).stdout
    assert SCHEMA.read_text(encoding="utf-8") == printed, (
        "python -m conformance.cli.listing > conformance/cli/list.schema.json"
    )


@pytest.mark.parametrize("arguments", [(), ("--target", "openai", "--level", "may"), ("--capability", "chat.*")])
def test_a_listing_is_valid_by_the_published_schema(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    listed = listing.listing(loader.load(), chosen(tmp_path, "--list", *arguments))
    shown = json.loads(listing.as_json(listed))
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    assert [str(found) for found in validator.iter_errors(shown)] == []
    assert (shown["list_version"], bool(shown["capabilities"])) == (1, True)
    assert shown["checks"] == sum(len(row["checks"]) for row in shown["capabilities"])


def test_what_is_not_a_listing_is_refused_by_the_published_schema() -> None:
    validator = jsonschema_rs.validator_for(json.loads(SCHEMA.read_text(encoding="utf-8")))
    wrong: list[object] = [{}, {"list_version": 2}, []]
    assert not any(map(validator.is_valid, wrong))
