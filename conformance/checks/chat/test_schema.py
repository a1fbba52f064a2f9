"""The shape of a chat completion."""

from conformance import MUST, OBSERVED, SDK, SHOULD, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.chat.exchanges import MODEL_ECHO, SCHEMA_CORE, SCHEMA_EXTRAS, SCHEMA_STRICT, hello
from conformance.checks.chat.reading import requested_model, require_current
from conformance.checks.common import evidence
from conformance.checks.common.conditions import ONE_CHOICE
from conformance.checks.common.kinds import chat_completion
from conformance.counterexamples import DELETE, broken

NATIVE_KEYS = ("candidates", "usageMetadata", "promptFeedback", "modelVersion", "responseId")


@must(SCHEMA_CORE, says=SDK("ChatCompletion"), counterexample=broken(hello, "object", "completion"))
def test_body_has_the_documented_shape(chat_completion: Exchange) -> None:
    """The body of a chat completion is a `ChatCompletion`, as declared by the official client."""
    require_current(chat_completion)
    conforms(chat_completion, "ChatCompletion", MUST)


@should(SCHEMA_STRICT, says=SDK("ChatCompletion"), counterexample=broken(hello, "choices.0.message.refusal", DELETE))
def test_body_has_every_documented_key(chat_completion: Exchange) -> None:
    """A chat completion has every key documented as required, even with the value null (except `logprobs`)."""
    require_current(chat_completion)
    conforms(chat_completion, "ChatCompletion", SHOULD)


@must(SCHEMA_CORE, says=SDK("ChatCompletion.id"), counterexample=broken(hello, "id", ""))
def test_id_is_not_empty(chat_completion: Exchange) -> None:
    """The `id` of a chat completion is a non-empty string."""
    assert chat_completion.at("id", str) != ""


@must(SCHEMA_CORE, says=SDK("ChatCompletion.created"), counterexample=broken(hello, "created", 1_800_000_000_000))
def test_created_is_in_seconds(chat_completion: Exchange) -> None:
    """`created` of a chat completion is a Unix time in seconds, not before 2020 and not in milliseconds."""
    assert 1_577_836_800 <= chat_completion.at("created", int) < 100_000_000_000


@must(SCHEMA_CORE, says=SDK("ChatCompletion.choices"), counterexample=broken(hello, "choices", []), when=(ONE_CHOICE,))
def test_there_is_one_choice(chat_completion: Exchange) -> None:
    """A chat completion has exactly one choice when `n` is 1 or not sent."""
    assert len(chat_completion.at("choices", list)) == 1


@must(
    SCHEMA_CORE,
    says=SDK("chat_completion.Choice.index"),
    counterexample=broken(hello, "choices.0.index", 1),
    when=(ONE_CHOICE,),
)
def test_index_starts_at_zero(chat_completion: Exchange) -> None:
    """The choice of a chat completion has `index` 0 when `n` is 1 or not sent."""
    assert chat_completion.at("choices.0.index", int) == 0


@must(
    SCHEMA_CORE, says=SDK("ChatCompletionMessage.role"), counterexample=broken(hello, "choices.0.message.role", "model")
)
def test_role_is_assistant(chat_completion: Exchange) -> None:
    """Every `message` in the choices of a chat completion has `role` `assistant`."""
    roles = set(chat_completion.all("choices.*.message.role", str))
    if not roles:
        raise Inconclusive("the response has no choice")
    assert roles == {"assistant"}, f"`role` is {min(roles - {'assistant'})!r}"


@should(
    SCHEMA_EXTRAS,
    says=OBSERVED("OpenAI sends no field of another vendor's native API", *evidence.CALL),
    counterexample=broken(hello, "usageMetadata", {}),
)
def test_there_are_no_native_fields(chat_completion: Exchange) -> None:
    """A chat completion has no fields of another vendor's API, such as `candidates` or `usageMetadata`."""
    leaked = [key for key in NATIVE_KEYS if chat_completion.has(key)]
    assert not leaked, f"the body has {', '.join(f'`{key}`' for key in leaked)}"


@should(
    MODEL_ECHO,
    says=SDK("ChatCompletion.model"),
    counterexample=broken(hello, "model", "another-model"),
    decides="chat/completions: model",
)
def test_model_is_the_requested_model(chat_completion: Exchange) -> None:
    """`model` of a chat completion contains the requested model id; a prefix or suffix is allowed."""
    require_current(chat_completion)
    asked = requested_model(chat_completion)
    observed = chat_completion.at("model", str)
    assert asked.rpartition("/")[2] in observed, f"`model` is {observed!r} where {asked!r} was requested"
