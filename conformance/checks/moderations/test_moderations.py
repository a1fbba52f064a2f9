"""
The shape of a judgement.

Not checked: what is flagged, which is the model's opinion; whether there are categories beyond the documented ones.
"""

from conformance import DELETE, DOC, MUST, SDK, SHOULD, Document, Exchange, broken, conforms, must, should
from conformance.checks.moderations.exchanges import (
    MODERATIONS,
    SEVERAL,
    moderated,
    moderated_by_name,
    nothing_moderated,
    part_moderated,
    several_moderated,
)

SEXUAL = "results.0.categories.sexual"


def results(observed: Exchange) -> list[Document]:
    """Return the judgements."""
    number = len(observed.at("results", list))
    return [Document(observed.at(f"results.{n}", dict), place=f"result {n}", owner="Moderation") for n in range(number)]


@must(MODERATIONS, says=SDK("ModerationCreateResponse"), counterexample=broken(moderated, SEXUAL, "no"))
def test_body_has_the_documented_shape(moderated: Exchange) -> None:
    """The body is a `ModerationCreateResponse`, as the official client declares it."""
    conforms(moderated, "ModerationCreateResponse", MUST)


@should(
    MODERATIONS,
    says=DOC("CreateModerationResponse"),
    counterexample=broken(moderated, "results.0.categories.illicit", DELETE),
)
def test_body_has_every_documented_key(moderated: Exchange) -> None:
    """Keys that are documented as required are there, even when their value is null."""
    conforms(moderated, "ModerationCreateResponse", SHOULD)


@must(MODERATIONS, says=SDK("ModerationCreateResponse.id"), counterexample=broken(moderated, "id", ""))
def test_id_is_not_empty(moderated: Exchange) -> None:
    """`id` is a string that is not empty."""
    assert moderated.at("id", str) != ""


@must(MODERATIONS, says=SDK("ModerationCreateResponse.model"), counterexample=broken(moderated, "model", ""))
def test_default_model_is_named(moderated: Exchange) -> None:
    """`model` names the model that judged, also when none was asked for."""
    assert moderated.at("model", str) != ""


@should(
    MODERATIONS,
    says=SDK("ModerationCreateResponse.model"),
    counterexample=broken(moderated_by_name, "model", "another-model"),
)
def test_model_is_the_one_asked_for(moderated_by_name: Exchange) -> None:
    """`model` is the model asked for, or the dated one that a name such as `-latest` stands for."""
    asked = str(moderated_by_name.sent.json["model"]).rpartition("/")[2].removesuffix("-latest")
    observed = moderated_by_name.at("model", str)
    assert asked in observed, f"`model` is {observed!r} where {asked!r} was asked for"


@must(MODERATIONS, says=DOC("CreateModerationResponse.results"), counterexample=broken(moderated, "results", []))
def test_one_text_gives_one_result(moderated: Exchange) -> None:
    """One text has one result."""
    assert len(moderated.at("results", list)) == 1


@must(
    MODERATIONS,
    says=DOC("CreateModerationResponse.results"),
    counterexample=broken(several_moderated, "results.2", DELETE),
)
def test_each_text_gives_a_result(several_moderated: Exchange) -> None:
    """Each text of an array has a result of its own."""
    found = len(several_moderated.at("results", list))
    assert found == len(SEVERAL), f"{found} results for {len(SEVERAL)} texts"


@must(MODERATIONS, says=DOC("CreateModerationRequest.input"), counterexample=broken(part_moderated, "results", []))
def test_parts_give_one_result(part_moderated: Exchange) -> None:
    """An array of parts is one input, and has one result."""
    assert len(part_moderated.at("results", list)) == 1


@must(
    MODERATIONS,
    says=SDK("Moderation.category_scores"),
    counterexample=broken(several_moderated, "results.1.category_scores.hate", DELETE),
)
def test_each_category_has_a_score(several_moderated: Exchange) -> None:
    """`categories` and `category_scores` have the same keys."""
    for result in results(several_moderated):
        different = set(result.at("categories", dict)) ^ set(result.at("category_scores", dict))
        assert not different, f"{result.place}: only one of the two has {', '.join(sorted(different)[:5])}"


@must(MODERATIONS, says=SDK("Moderation.flagged"), counterexample=broken(moderated, "results.0.flagged", 1))
def test_flagged_is_a_boolean(moderated: Exchange) -> None:
    """`flagged` is true or false."""
    for result in results(moderated):
        result.at("flagged", bool)


@must(MODERATIONS, says=DOC("CreateModerationResponse.results"), counterexample=broken(moderated, SEXUAL, "yes"))
def test_categories_are_booleans(moderated: Exchange) -> None:
    """Every category is true, false, or null where the model does not judge it."""
    for result in results(moderated):
        for name in result.at("categories", dict):
            value = result.at("categories", dict)[name]
            assert value is None or isinstance(value, bool), f"`{name}` of {result.place} is {value!r}"


@must(
    MODERATIONS,
    says=DOC("CreateModerationResponse.results"),
    counterexample=broken(several_moderated, "results.1.categories.hate", "yes"),
)
def test_flagged_is_whether_any_category_is(several_moderated: Exchange) -> None:
    """`flagged` is true when a category is true, and false when none is."""
    for result in results(several_moderated):
        found = [name for name, value in result.at("categories", dict).items() if value]
        flagged = result.at("flagged", bool)
        assert flagged == bool(found), f"`flagged` of {result.place} is {flagged}, and {len(found)} categories are true"


@should(
    MODERATIONS,
    says=DOC("CreateModerationResponse.results"),
    counterexample=broken(moderated, "results.0.category_scores.sexual", 42),
)
def test_scores_are_between_0_and_1(moderated: Exchange) -> None:
    """Every score is a number from 0 to 1."""
    for result in results(moderated):
        for name, score in result.at("category_scores", dict).items():
            assert isinstance(score, int | float), f"`{name}` of {result.place} is {score!r}"
            assert 0 <= score <= 1, f"`{name}` of {result.place} is {score}"


@must(MODERATIONS, says=DOC("ErrorResponse"), counterexample=broken(nothing_moderated, "error", DELETE))
def test_missing_input_gives_an_error_object(nothing_moderated: Exchange) -> None:
    """A request without `input` is refused with an `error` object with a `message`."""
    assert nothing_moderated.at("error.message", str) != ""
