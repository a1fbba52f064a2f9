"""
The sentences of the suite are read by a vendor's engineer who has seen nothing else of it.

So each requirement has a sentence of its own, and sentences, reasons and titles use the words of the field.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import conformance.checks
from conformance.definition import catalogue
from conformance.plan import loader

CHECKS = Path(conformance.checks.__file__).parent

INSTEAD = {
    r"tells?(?! whether)|told": "return, report",
    r"heard|hears?": "use",
    r"ask(s|ed)? for": "request",
    r"(?<!the model )refus(e|es|ed|ing)": "reject",
    r"answer(s|ed|ing)?": "response, return",
    r"plain(?! text)": "non-streaming",
    r"pictures?": "image",
    r"films?": "video",
    r"room": "token limit",
    r"kept|keeps?": "store",
    r"markers?": "stop sequence",
    r"thoughts?|thinks?": "reasoning",
    r"wrong requests?": "invalid request",
    r"(?<!there )(is|are|was) no": "is not a",
    r"nobody|never was|so many words": "who, or which value",
}
"""What must not be said, and what to say instead. Words in backticks are names, and may be anything."""

PENDING: frozenset[str] = frozenset()
"""Families whose sentences are not yet held to this."""

EXCEPTIONS = {"Inconclusive", "Deviation"}
LONGEST = 110
"""Characters: what fits on one line of a check."""


def unfit(text: str) -> list[str]:
    """Return the words of a text that must not be said, with what to say instead."""
    said = re.sub(r"`[^`]*`", "", text).lower()
    return [
        f"{found[0]!r}: {better}" for word, better in INSTEAD.items() if (found := re.search(rf"\b({word})\b", said))
    ]


def sentences() -> Iterator[tuple[str, str]]:
    """Yield the sentences of all checks and exchanges, with who says them."""
    loaded = loader.load()
    for check in loaded.checks:
        if not check.builtin and family(check.function.__module__) not in PENDING:
            yield check.id(), check.requirement
    for spec in loaded.specs:
        if family(spec.function.__module__) not in PENDING:
            yield f"exchange {spec.capability.id}/{spec.name}", spec.requirement


def family(module: str) -> str:
    """Return the family of a module below `conformance.checks`."""
    return module.removeprefix("conformance.checks.").partition(".")[0]


def reasons(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the reasons that a module gives for a verdict: of exceptions, and the messages of its assertions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        said: ast.expr | None = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in EXCEPTIONS:
            said = node.args[0]
        elif isinstance(node, ast.Assert):
            said = node.msg
        if said is not None:
            yield f"{path.relative_to(CHECKS)}:{said.lineno}", literal(said)


def literal(node: ast.expr) -> str:
    """Return the words that a reason holds in any case; values are left out."""
    parts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return " ".join(parts)


def test_no_two_checks_share_a_sentence() -> None:
    found = defaultdict(list)
    for check in loader.load().checks:
        if not check.builtin:
            found[check.requirement].append(check.id())
    assert [ids for ids in found.values() if len(ids) > 1] == []


def test_sentences_use_the_words_of_the_field() -> None:
    assert [f"{who}: {wrong}: {said}" for who, said in sentences() if (wrong := unfit(said))] == []


def test_sentences_are_short() -> None:
    assert [who for who, said in sentences() if len(said) > LONGEST] == []


def test_reasons_use_the_words_of_the_field() -> None:
    paths = [path for path in sorted(CHECKS.rglob("*.py")) if path.relative_to(CHECKS).parts[0] not in PENDING]
    found = [(place, said, wrong) for path in paths for place, said in reasons(path) if (wrong := unfit(said))]
    assert [f"{place}: {wrong}: {said}" for place, said, wrong in found] == []


def test_titles_of_capabilities_use_the_words_of_the_field() -> None:
    found = [(node.id, node.title, wrong) for node in catalogue.load().nodes if (wrong := unfit(node.title))]
    assert found == []


@pytest.mark.parametrize(
    "said", ["The answer is short.", "The text is told.", "It is no object.", "What was asked for.", "It is refused."]
)
def test_a_word_of_this_suite_alone_is_found(said: str) -> None:
    assert unfit(said)


@pytest.mark.parametrize("said", ["The image is returned.", "The `answer` is a string.", "It is not an object."])
def test_a_word_of_the_field_is_taken(said: str) -> None:
    assert not unfit(said)
