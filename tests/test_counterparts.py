"""What is judged of chat completions has its counterpart in the Responses API, or a reason why there is none."""

import tomllib
from fnmatch import fnmatchcase
from importlib.resources import files
from typing import Any

from conformance.definition import catalogue
from conformance.definition.catalogue import Decider
from conformance.plan import loader

FAMILIES = ("chat", "params", "reasoning", "structured", "tools", "usage", "vision")
OF_FILES = ("files.pdf_image_url", "files.pdf_other_forms", "files.other_mime")


def table() -> dict[str, dict[str, Any]]:
    """Return the table, as it stands beside the checks."""
    text = files("conformance.checks.responses").joinpath("counterparts.toml").read_text("utf-8")
    return tomllib.loads(text)


def test_every_capability_of_chat_completions_has_a_counterpart_or_a_reason() -> None:
    nodes = [node for node in catalogue.load().nodes if node.kind is Decider.CHECK]
    owed = {node.id for node in nodes if node.id.partition(".")[0] in FAMILIES or node.id in OF_FILES}
    judged, nothing = table()["judged"], table()["nothing"]
    assert sorted(owed - set(judged) - set(nothing)) == []
    assert sorted((set(judged) | set(nothing)) - owed) == []
    assert sorted(set(judged) & set(nothing)) == []


def test_every_counterpart_is_a_check_that_is_there() -> None:
    loaded = loader.load()
    ids = {check.id() for check in loaded.checks if not check.builtin}
    ids |= {f"{spec.capability.id}/{spec.name}/status" for spec in loaded.specs}
    patterns = [pattern for found in table()["judged"].values() for pattern in found]
    assert [one for one in patterns if not any(fnmatchcase(name, one) for name in ids)] == []


def test_every_reason_says_something() -> None:
    assert [name for name, why in table()["nothing"].items() if len(why.split()) < 4] == []
