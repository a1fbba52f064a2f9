"""
The shape of a moderation.

Not checked: what is flagged, which is the model's opinion; whether there are categories beyond the documented ones.
The shape of errors has checks in `errors`.
"""

from conformance import DOC, MUST, SDK, SHOULD, Document, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.common.conditions import INPUT_IS_A_STRING, INPUT_IS_PARTS, INPUT_IS_TEXTS, NAMES_A_MODEL
from conformance.checks.common.kinds import moderation
from conformance.checks.moderations.exchanges import (
    MODERATIONS,
    moderated,
    moderated_by_name,
    part_moderated,
    several_moderated,
)
from conformance.counterexamples import DELETE, broken

SEXUAL = "results.0.categories.sexual"

OLD_MODELS = "text-moderation-"
"""The names of models before 2024 begin so; they have fewer categories, and read no images."""


def judged_by_a_new_model(observed: Exchange) -> Exchange:
    """Return a response of a model that has every documented category. Raises `Inconclusive` for others."""
    if str(observed.get("model")).startswith(OLD_MODELS):
        raise Inconclusive("the response is of an old `text-moderation` model, which has fewer categories")
    return observed


def results(observed: Exchange) -> list[Document]:
    """Return the results."""
    number = len(observed.at("results", list))
    return [Document(observed.at(f"results.{n}", dict), place=f"result {n}", owner="Moderation") for n in range(number)]


@must(MODERATIONS, says=SDK("ModerationCreateResponse"), counterexample=broken(moderated, SEXUAL, "no"))
def test_body_has_the_documented_shape(moderation: Exchange) -> None:
    """The response to a moderation request is a `ModerationCreateResponse` of the documented shape."""
    conforms(judged_by_a_new_model(moderation), "ModerationCreateResponse", MUST)


@should(
    MODERATIONS,
    says=DOC("CreateModerationResponse"),
    counterexample=broken(moderated, "results.0.categories.illicit", DELETE),
)
def test_body_has_every_documented_key(moderation: Exchange) -> None:
    """A moderation has every key that is documented as required, even where its value is null."""
    conforms(judged_by_a_new_model(moderation), "ModerationCreateResponse", SHOULD)


@must(MODERATIONS, says=SDK("ModerationCreateResponse.id"), counterexample=broken(moderated, "id", ""))
def test_id_is_not_empty(moderation: Exchange) -> None:
    """The `id` of a moderation is a string that is not empty."""
    assert moderation.at("id", str) != ""


@must(MODERATIONS, says=SDK("ModerationCreateResponse.model"), counterexample=broken(moderated, "model", ""))
def test_default_model_is_named(moderation: Exchange) -> None:
    """The `model` of a moderation is not empty, also if the request has no `model`."""
    assert moderation.at("model", str) != ""


@should(
    MODERATIONS,
    says=SDK("ModerationCreateResponse.model"),
    counterexample=broken(moderated_by_name, "model", "another-model"),
    when=(NAMES_A_MODEL,),
)
def test_model_is_the_requested_one(moderation: Exchange) -> None:
    """The `model` of a moderation contains the requested one, without `-latest` (a dated name is fine)."""
    requested = str(moderation.sent.json["model"]).rpartition("/")[2].removesuffix("-latest")
    observed = moderation.at("model", str)
    assert requested in observed, f"`model` is {observed!r} where {requested!r} was requested"


@must(
    MODERATIONS,
    says=DOC("CreateModerationResponse.results"),
    counterexample=broken(moderated, "results", []),
    when=(INPUT_IS_A_STRING,),
)
def test_one_text_gives_one_result(moderation: Exchange) -> None:
    """A moderation of one string has exactly one entry in `results`."""
    assert len(moderation.at("results", list)) == 1


@must(
    MODERATIONS,
    says=DOC("CreateModerationResponse.results"),
    counterexample=broken(several_moderated, "results.2", DELETE),
    when=(INPUT_IS_TEXTS,),
)
def test_each_text_gives_a_result(moderation: Exchange) -> None:
    """A moderation of an array of strings has one entry in `results` for each string."""
    found, texts = len(moderation.at("results", list)), len(moderation.sent.json["input"])
    assert found == texts, f"{found} results for {texts} texts"


@must(
    MODERATIONS,
    says=DOC("CreateModerationRequest.input"),
    counterexample=broken(part_moderated, "results", []),
    when=(INPUT_IS_PARTS,),
)
def test_parts_give_one_result(moderation: Exchange) -> None:
    """A moderation of an array of parts, which are one input, has exactly one entry in `results`."""
    assert len(moderation.at("results", list)) == 1


@must(
    MODERATIONS,
    says=SDK("Moderation.category_scores"),
    counterexample=broken(several_moderated, "results.0.category_scores.hate", DELETE),
)
def test_each_category_has_a_score(moderation: Exchange) -> None:
    """In each moderation result, `categories` and `category_scores` have the same keys."""
    for result in results(moderation):
        different = set(result.at("categories", dict)) ^ set(result.at("category_scores", dict))
        assert not different, f"{result.place}: only one of the two has {', '.join(sorted(different)[:5])}"


@must(MODERATIONS, says=SDK("Moderation.flagged"), counterexample=broken(moderated, "results.0.flagged", 1))
def test_flagged_is_a_boolean(moderation: Exchange) -> None:
    """In each moderation result, `flagged` is a boolean."""
    for result in results(moderation):
        result.at("flagged", bool)


@must(MODERATIONS, says=DOC("CreateModerationResponse.results"), counterexample=broken(moderated, SEXUAL, "yes"))
def test_categories_are_booleans(moderation: Exchange) -> None:
    """In each moderation result, every value of `categories` is a boolean or null."""
    for result in results(moderation):
        for name in result.at("categories", dict):
            value = result.at("categories", dict)[name]
            assert value is None or isinstance(value, bool), f"`{name}` of {result.place} is {value!r}"


@must(
    MODERATIONS,
    says=DOC("CreateModerationResponse.results"),
    counterexample=broken(several_moderated, "results.0.categories.hate", "yes"),
)
def test_flagged_follows_from_the_categories(moderation: Exchange) -> None:
    """In each moderation result, `flagged` is true exactly if at least one of `categories` is true."""
    for result in results(moderation):
        found = [name for name, value in result.at("categories", dict).items() if value]
        flagged = result.at("flagged", bool)
        said = str(flagged).lower()
        assert flagged == bool(found), f"`flagged` of {result.place} is {said}, and {len(found)} categories are true"


@should(
    MODERATIONS,
    says=DOC("CreateModerationResponse.results"),
    counterexample=broken(moderated, "results.0.category_scores.sexual", 42),
)
def test_scores_are_between_0_and_1(moderation: Exchange) -> None:
    """In each moderation result, every value of `category_scores` is a number from 0 to 1."""
    for result in results(moderation):
        for name, score in result.at("category_scores", dict).items():
            assert isinstance(score, int | float), f"`{name}` of {result.place} is {score!r}"
            assert 0 <= score <= 1, f"`{name}` of {result.place} is {score}"
