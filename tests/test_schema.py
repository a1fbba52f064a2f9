import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from conformance.schemas import generator, schema
from conformance.schemas.differ import differences
from conformance.schemas.schema import Fact, UnknownSchemaError, load, names, overlay, too_deep
from conformance.wire.capability import MUST, SHOULD
from conformance.wire.json_value import JSON

FOLDER = Path(generator.__file__).parent / "generated"

FACTS = [pytest.param(fact, id=f"{fact.definition}.{fact.property}-{fact.rule}") for fact in overlay()]


def nested(depth: int) -> JSON:
    value: JSON = 1
    for _ in range(depth):
        value = [value]
    return value


def test_the_committed_schemas_are_current() -> None:
    assert generator.stale(FOLDER) == []


def test_a_changed_file_is_named_as_stale(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator, "files", cache(generator.files))  # a second each time, and the same
    for name, text in generator.files().items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "Model.json").write_text("{}", encoding="utf-8")
    (tmp_path / "Batch.json").unlink()
    assert generator.main(["--check"], tmp_path) == 1
    assert generator.stale(tmp_path) == ["Batch.json", "Model.json"]
    assert "Model.json is stale" in capsys.readouterr().err
    assert generator.main([], tmp_path) == 0
    assert generator.main(["--check"], tmp_path) == 0


def test_types_of_the_same_name_get_their_modules_name() -> None:
    assert generator.short_name("openai__types__chat__chat_completion__Choice") == "ChatCompletionChoice"
    assert generator.short_name("openai__types__image__Image") == "Image"
    assert generator.short_name("CompletionUsage") == "CompletionUsage"


def test_every_schema_loads_and_refuses_null() -> None:
    for name in names():
        assert name in load(name).definitions
        assert not load(name).valid(None, MUST)


def test_loading_twice_gives_the_same_schema() -> None:
    assert load("ChatCompletion") is load("ChatCompletion")


def test_an_unknown_schema_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownSchemaError, match="unknown schema `Chat`; known: Batch, ChatCompletion, "):
        load("Chat")


def test_loading_imports_no_official_client() -> None:
    code = """
import sys
from conformance.schemas.schema import load
load('ChatCompletion').valid({})
print('openai' in sys.modules)
"""
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "False"


def test_declared_paths_are_known() -> None:
    assert schema.declares("CompletionUsage")
    assert schema.declares("CompletionUsage.total_tokens")
    assert not schema.declares("CompletionUsage.tokens")
    assert not schema.declares("Usages")


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_names_something_that_exists_and_who_says_so(fact: Fact) -> None:
    holders = [load(name).definitions[fact.definition] for name in names() if fact.definition in load(name).definitions]
    assert holders
    assert all(fact.property in holder["properties"] for holder in holders)
    document, _, section = fact.source.partition(", ")
    assert document in {"openai-openapi 2.3.0", "openai-python 3.52.0"}
    assert section
    assert fact.level is SHOULD


@pytest.mark.parametrize("fact", FACTS)
def test_every_fact_adds_something_to_what_the_client_declares(fact: Fact) -> None:
    holder = next(load(n).definitions[fact.definition] for n in names() if fact.definition in load(n).definitions)
    node = holder["properties"][fact.property]
    match fact.rule:
        case "required":
            assert fact.value is True
            assert fact.property not in holder.get("required", ())
        case "nullable":
            assert fact.value is False
            assert {"type": "null"} in node["anyOf"]
        case _:
            kinds = {branch.get("type") for branch in node.get("anyOf", [node])}
            assert kinds & {"integer", "number"}


def test_no_fact_is_stated_twice() -> None:
    stated = [(fact.definition, fact.property, fact.rule) for fact in overlay()]
    assert len(set(stated)) == len(stated)


@pytest.mark.parametrize(
    "entry",
    [
        {"required": True, "nullable": False},
        {},
        {"required": True, "reason": "because"},
    ],
)
def test_an_entry_that_is_not_one_fact_is_refused(entry: dict[str, object]) -> None:
    whole = {"definition": "Model", "properties": ["id"], "level": "should", "source": "somebody", **entry}
    with pytest.raises(ValueError, match=r"overlay\.toml"):
        list(schema._facts(whole))


def test_a_key_that_came_later_is_not_asked_of_an_older_answer() -> None:
    details = {"input_tokens": 1, "input_tokens_details": {"cached_tokens": 0}}
    usage = {**details, "output_tokens": 1, "output_tokens_details": {"reasoning_tokens": 0}, "total_tokens": 2}
    whole = load("Response")
    answer = {"usage": usage}
    told = {
        day: [(d.finding, d.level) for d in differences(answer, whole.as_of(day)) if d.key == "cache_write_tokens"]
        for day in (date(2026, 6, 30), date(2026, 8, 1), None)
    }
    new = [("new-key:ResponseUsageInputTokensDetails/cache_write_tokens", SHOULD)]
    assert told == {date(2026, 6, 30): [], date(2026, 8, 1): new, None: new}


@pytest.mark.parametrize("key", schema.dated(), ids=str)
def test_every_dated_key_is_required_and_says_what_was_observed(key: schema.Dated) -> None:
    holders = [
        node for name in names() for owner, node in load(name).definitions.items() if key.definition in {owner, "*"}
    ]
    stated = {(fact.definition, fact.property) for fact in overlay() if fact.rule == "required"}
    required = any(key.property in node.get("required", ()) for node in holders)
    assert required or (key.definition, key.property) in stated
    assert key.source.startswith("observed: ")
    assert key.level in {MUST, SHOULD}


@pytest.mark.parametrize(("definition", "key"), sorted(schema.open_places()))
def test_every_open_place_has_values_of_its_own(definition: str, key: str) -> None:
    holder = next(load(n).definitions[definition] for n in names() if definition in load(n).definitions)
    node = holder["properties"][key.removesuffix("[]")]
    branches = [node, *node.get("anyOf", ())]
    assert any("enum" in branch or "discriminator" in branch.get("items", branch) for branch in branches)


def test_the_overlay_counts_at_should_only() -> None:
    model = {"error": {"message": "no", "type": "server_error"}}
    assert load("ErrorResponse").valid(model, MUST)
    assert not load("ErrorResponse").valid(model)


def test_depth_is_measured_without_recursion() -> None:
    assert not too_deep(nested(200))
    assert too_deep(nested(201))
    assert too_deep({"a": nested(100_000)})
    assert not too_deep("text")


def test_hostile_values_are_invalid_and_nothing_worse() -> None:
    for hostile in (
        nested(100_000),
        {"error": {"message": nested(100_000)}},
        "\ud800",
        {"\ud800": 1},
        {"error": "\ud800"},
        10**5000,
        1e400,
    ):
        assert not load("ErrorResponse").valid(hostile)


def test_what_is_nested_too_deeply_never_reaches_the_compiled_validator() -> None:
    model: dict[str, JSON] = {"id": "m", "object": "model", "created": 1, "owned_by": "o", "x": nested(198)}
    assert load("Model").valid(model)
    assert not load("Model").valid({"x": model})
    assert not load("Model").valid({**model, "x": nested(300)})
    assert not load("Model").valid({**model, "object": nested(100_000)})


def test_a_lone_surrogate_does_not_make_an_answer_invalid() -> None:
    body: JSON = {"error": {"message": "\ud800", "type": "t", "param": None, "code": None, "\udfff": 1}}
    assert load("ErrorResponse").valid(body)
