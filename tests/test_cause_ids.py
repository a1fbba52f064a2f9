"""Ids of causes and of findings hold our own words only: no id of an object, no name or word of an endpoint."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.causes.gather import gather
from conformance.log.facts import facts
from conformance.wire.operation import template
from tests.fakes import observed
from tests.test_causes import deviates, line, wrong

OBJECT = re.compile(r"(resp|file|batch|chatcmpl|msg|call|video|fc)[-_][A-Za-z0-9]{6,}|no-such-model")
OPERATION = re.compile(r"\.sent\.operation|request\.operation")
WORDS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60).map(lambda text: f"zq{text}zq")


@given(said=WORDS, status=st.sampled_from([200, 400, 404, 422, 500, 502]), invalid=st.booleans(), error=WORDS)
def test_ids_hold_no_word_that_an_endpoint_said(said: str, status: int, invalid: bool, error: str) -> None:  # noqa: FBT001
    path = "/responses/resp_0a1b2c3d4e5f"
    make = wrong if invalid else line
    lines = [
        make(label, status, said=said, digest=said, operation=template(path), media_type=error)
        for label in ("responses.x/a", "responses.y/b")
    ]
    results = [deviates(one.label, statement) for one in lines for statement in ("status", "media_type", "other")]
    for cause in gather(results, lines):
        assert "zq" not in cause.id
        assert not OBJECT.search(cause.id)


@pytest.mark.parametrize(
    "path", ["/responses/resp_0a1b2c3d", "/files/file-12345678/content", "/models/no-such-model-4f1c"]
)
def test_an_operation_in_a_finding_holds_no_id(path: str) -> None:
    assert not OBJECT.search(f"not-json:{template(path)}")


def test_no_finding_is_made_of_a_path_as_it_was_sent(pytestconfig: pytest.Config) -> None:
    places = [
        f"{path.name}: {text.strip()}"
        for path in Path(pytestconfig.rootpath, "conformance", "checks").rglob("*.py")
        for text in path.read_text(encoding="utf-8").splitlines()
        if "finding=" in text and OPERATION.search(text)
    ]
    assert places == [], "write `template(exchange.sent.path)`: a finding must be the same in every run"


def test_the_shape_of_an_error_names_known_keys_only() -> None:
    told = facts(observed({"zq_secret": 1, "detail": "x", "status": "y"}, 404))
    assert told is not None
    assert told.error == "object with detail, status and others"
