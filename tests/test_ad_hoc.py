"""Values held against a schema that a request carries: it may be anybody's, and nothing is fetched for it."""

import socket
from pathlib import Path

import pytest

from conformance.schemas.ad_hoc import violations


def test_a_schema_that_refers_elsewhere_is_refused_and_nothing_is_fetched() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(0.2)
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/schema.json"
        with pytest.raises(ValueError, match="not part of the schema"):
            violations({}, {"$ref": address})
        with pytest.raises(TimeoutError):
            listening.accept()


def test_a_schema_that_refers_to_a_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_text('{"type": "object"}', encoding="utf-8")
    with pytest.raises(ValueError, match="not part of the schema"):
        violations({}, {"$ref": file.as_uri()})


def test_a_schema_may_refer_to_itself() -> None:
    tree = {"type": "object", "properties": {"child": {"$ref": "#"}}, "required": ["child"]}
    assert violations({"child": {}}, tree) == ['`child`: "child" is a required property']
