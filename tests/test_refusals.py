"""What an error answer refuses: the key, the model, a whole optional part, or nothing."""

from dataclasses import replace
from typing import Any

import pytest

from conformance.judge.refusals import examine_refusal, refuses_cleanly, refuses_key, refuses_model, refuses_role
from conformance.wire.request import Key, get, post
from conformance.wire.verdict import HarnessError, Inconclusive, Unsupported
from tests.fakes import asking, error, observed
from tests.seen_refusals import SEEN, Seen, responses


@pytest.mark.parametrize("seen", SEEN, ids=lambda seen: seen.where)
def test_a_real_answer_refuses_what_it_says(seen: Seen) -> None:
    found = seen.exchange
    assert refuses_key(found) is (seen.refuses == "key")
    assert refuses_model(found) is (seen.refuses == "model")
    if seen.refuses != "model":
        assert refuses_cleanly(found) is (seen.refuses == "part")


@pytest.mark.parametrize("seen", SEEN, ids=lambda seen: seen.where)
def test_only_a_part_that_nobody_promised_is_unsupported(seen: Seen) -> None:
    if seen.refuses == "key" and seen.exchange.sent.operation == "responses":
        with pytest.raises(Unsupported, match="this route rejects the key that other routes accept"):
            examine_refusal(seen.exchange, claimed=False)
    elif seen.refuses in {"key", "model"}:
        with pytest.raises(HarnessError, match=f"the {seen.refuses} was rejected"):
            examine_refusal(seen.exchange, claimed=False)
    elif seen.refuses == "part":
        with pytest.raises(Unsupported, match=f"rejected with {seen.status}"):
            examine_refusal(seen.exchange, claimed=False)
    else:
        examine_refusal(seen.exchange, claimed=False)
    if seen.refuses in {"part", ""} and not refuses_role(seen.exchange):
        examine_refusal(seen.exchange, claimed=True)


@pytest.mark.parametrize(
    "message",
    [
        "Your organization must be verified to stream this model.",
        "If you just verified, it can take up to 15 minutes for access to propagate.",
        "You exceeded your current quota, please check your plan and billing details.",
        "Previous response cannot be used for this organization due to Zero Data Retention.",
    ],
)
@pytest.mark.parametrize("claimed", [True, False])
def test_what_an_account_lacks_is_ours_to_mend(message: str, *, claimed: bool) -> None:
    refused = observed(error(message, param="stream"), 400, request=asking(stream=True))
    with pytest.raises(HarnessError, match="the account was rejected"):
        examine_refusal(refused, claimed=claimed)


def test_a_limit_without_room_to_reason_proves_nothing() -> None:
    """As gpt-5 says (goclaw#245)."""
    text = (
        "Could not finish the message because max_tokens or model output limit was reached. Try with higher max_tokens."
    )
    with pytest.raises(Inconclusive, match="so small a limit is rejected"):
        examine_refusal(observed(error(text), 400, request=asking(max_completion_tokens=8)), claimed=True)
    examine_refusal(observed(error(text), 400), claimed=True)


def test_a_role_that_the_model_has_not_is_unsupported_whatever_is_claimed() -> None:
    """As o1-mini says."""
    text = "Unsupported value: 'messages[0].role' does not support 'system' with this model."
    with pytest.raises(Unsupported):
        examine_refusal(observed(error(text, param="messages[0].role"), 400), claimed=True)


def test_contacting_support_is_not_a_refusal() -> None:
    assert not refuses_cleanly(observed(error("Something is wrong. Please contact support."), 400))


def test_forbidden_without_words_of_a_key_is_not_its_refusal() -> None:
    assert not refuses_key(observed(b"", 403))
    assert refuses_key(observed(b"<h1>Forbidden</h1>", 403, "text/html"))


def test_a_rate_limit_is_ours_whatever_it_says() -> None:
    """As seen at Azure on 2026-08-19."""
    said = {"error": {"code": "RateLimitReached", "message": "Your requests to grok-4 have exceeded rate limit."}}
    for claimed in (True, False):
        with pytest.raises(HarnessError, match=r"limits us \(429\): 'Your requests"):
            examine_refusal(observed(said, 429), claimed=claimed)


@pytest.mark.parametrize("key", [Key.WRONG, Key.NONE])
@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_key_that_we_made_up_may_be_refused(key: Key, status: int) -> None:
    refused = observed({"error": "Incorrect API key provided."}, status, request=get("/models", key=key))
    examine_refusal(refused, claimed=False)


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported parameter `seed` for model m-1",
        "`seed` is not available: model m-1 has no such option",
        "model m-1: unknown parameter seed",
    ],
)
def test_a_refused_parameter_is_no_refused_model(message: str) -> None:
    refused = observed(error(message), 400, request=asking(seed=1))
    assert (refuses_model(refused), refuses_cleanly(refused)) == (False, True)
    without = observed(error(message), 400, request=asking())
    assert refuses_model(without), "the parameter was not sent, so it is not what is refused"


@pytest.mark.parametrize(
    ("body", "status", "refused"),
    [
        (error("The model `m-1` does not exist"), 404, True),
        (error("x", code="model_not_found"), 400, True),
        ({"detail": "Model m-1 not found"}, 404, True),
        ({"error": "model 'M-1' not found, try pulling it first"}, 404, True),
        ([{"error": {"message": "models/m-1 is not found for API version v1"}}], 404, True),
        (error("Your project does not have access to it", code="model_not_found"), 403, True),
        (error("Not Found"), 404, False),
        (error("The model `m-1` does not exist"), 500, False),
        (error("model m-1 is great"), 400, False),
        (error("`seed` is not available with model m-1"), 400, False),
        (error("The model `other` does not exist"), 404, False),
        (b"m-1 model not found", 404, False),
        ([], 404, False),
        (None, 404, False),
    ],
)
def test_a_refused_model_is_recognised(body: Any, status: int, *, refused: bool) -> None:
    assert refuses_model(observed(body, status, request=asking(seed=1))) is refused


def test_a_request_without_a_model_has_none_that_could_be_refused() -> None:
    for request in (get("/models"), post("/x", [1]), post("/x", {"model": 7})):
        assert not refuses_model(
            observed(error("The model does not exist", code="model_not_found"), 404, request=request)
        )


@pytest.mark.parametrize(
    ("body", "status", "clean"),
    [
        (b"", 404, True),
        (b"<p>", 405, True),
        (error("not implemented"), 501, True),
        (error("Unsupported parameter", param="seed"), 400, True),
        ({"detail": [{"loc": ["body", "seed"]}]}, 422, False),
        ({"detail": "seed: extra field"}, 422, True),
        (error("Invalid value", param="seed"), 422, True),
        (error("messages is wrong"), 400, False),
        (b"not JSON, seed", 400, False),
        (error("seed"), 500, False),
    ],
)
def test_a_clean_refusal_is_recognised(body: Any, status: int, *, clean: bool) -> None:
    request = post("/embeddings", {"model": "m-1", "messages": [], "seed": 1})
    assert refuses_cleanly(observed(body, status, request=request)) is clean


@pytest.mark.parametrize(
    ("body", "clean"), [(b"", False), (error("No fixture matched"), False), (error("seed?"), True)]
)
def test_chat_completions_are_not_absent(body: Any, *, clean: bool) -> None:
    request = post("/chat/completions", {"model": "m-1", "messages": [], "seed": 1})
    assert refuses_cleanly(observed(body, 404, request=request)) is clean


@pytest.mark.parametrize("asked", ["messages", "input", "prompt"])
def test_a_complaint_about_the_question_refuses_no_option(asked: str) -> None:
    request = post("/x", {"model": "m-1", asked: "hello", "seed": 1})
    for said in (error(f"Invalid '{asked}': it is empty"), error("seed is a bad word", param=f"{asked}[0].content")):
        assert not refuses_cleanly(observed(said, 400, request=request))


def test_a_refused_value_is_not_unsupported_where_its_sibling_is_served() -> None:
    said = error("`tool_choice` 'required' is not supported", param="tool_choice")
    refused = observed(said, 400, request=asking(tool_choice="required"))
    with pytest.raises(Unsupported):
        examine_refusal(refused, claimed=False)
    examine_refusal(replace(refused, served_sibling="tools.basic/weather_auto"), claimed=False)


def test_a_key_without_a_permission_is_ours_to_mend_on_every_route() -> None:
    found = Seen("", responses("m-1"), 401, error("You have insufficient permissions. Missing scopes: api.write"))
    with pytest.raises(HarnessError, match="the key was rejected"):
        examine_refusal(found.exchange, claimed=False)


def test_a_model_without_logprobs_refuses_candidates_by_that_name() -> None:
    """Else a model that reasons is accused of how it rejects `top_logprobs` alone."""
    refused = error("You are not allowed to request logprobs from this model")
    assert refuses_cleanly(observed(refused, 403, request=asking(top_logprobs=2)))
    assert not refuses_cleanly(observed(refused, 403, request=asking(stop="x")))


def test_the_words_of_openai_for_a_file_that_is_not_an_image_refuse_the_part() -> None:
    refused = error("Invalid MIME type. Only image types are supported.", code="invalid_image_format")
    assert refuses_cleanly(observed(refused, 400))
