"""The shape of a chat completion."""

from conformance import MUST, OBSERVED, SDK, SHOULD, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.chat.exchanges import MODEL_ECHO, SCHEMA_CORE, SCHEMA_EXTRAS, SCHEMA_STRICT, hello
from conformance.checks.chat.reading import model_asked_for, require_current
from conformance.checks.common.conditions import ONE_CHOICE
from conformance.checks.common.kinds import chat_completion
from conformance.counterexamples import DELETE, broken

NATIVE_KEYS = ("candidates", "usageMetadata", "promptFeedback", "modelVersion", "responseId")


@must(SCHEMA_CORE, says=SDK("ChatCompletion"), counterexample=broken(hello, "object", "completion"))
def test_body_has_the_documented_shape(chat_completion: Exchange) -> None:
    """The body is a `ChatCompletion`, as the official client declares it."""
    require_current(chat_completion)
    conforms(chat_completion, "ChatCompletion", MUST)


@should(SCHEMA_STRICT, says=SDK("ChatCompletion"), counterexample=broken(hello, "choices.0.message.refusal", DELETE))
def test_body_has_every_documented_key(chat_completion: Exchange) -> None:
    """Keys that are documented as required are there, even when their value is null; `logprobs` may be absent."""
    require_current(chat_completion)
    conforms(chat_completion, "ChatCompletion", SHOULD)


@must(SCHEMA_CORE, says=SDK("ChatCompletion.id"), counterexample=broken(hello, "id", ""))
def test_id_is_not_empty(chat_completion: Exchange) -> None:
    """`id` is a string that is not empty."""
    assert chat_completion.at("id", str) != ""


@must(SCHEMA_CORE, says=SDK("ChatCompletion.created"), counterexample=broken(hello, "created", 1_800_000_000_000))
def test_created_is_in_seconds(chat_completion: Exchange) -> None:
    """`created` is a Unix time in seconds, after 2020 and not in milliseconds."""
    assert 1_577_836_800 <= chat_completion.at("created", int) < 100_000_000_000


@must(SCHEMA_CORE, says=SDK("ChatCompletion.choices"), counterexample=broken(hello, "choices", []), when=(ONE_CHOICE,))
def test_there_is_one_choice(chat_completion: Exchange) -> None:
    """`choices` holds exactly one choice when `n` is 1 or is not given."""
    assert len(chat_completion.at("choices", list)) == 1


@must(
    SCHEMA_CORE,
    says=SDK("ChatCompletionChoice.index"),
    counterexample=broken(hello, "choices.0.index", 1),
    when=(ONE_CHOICE,),
)
def test_index_starts_at_zero(chat_completion: Exchange) -> None:
    """The first choice has `index` 0."""
    assert chat_completion.at("choices.0.index", int) == 0


@must(
    SCHEMA_CORE, says=SDK("ChatCompletionMessage.role"), counterexample=broken(hello, "choices.0.message.role", "model")
)
def test_role_is_assistant(chat_completion: Exchange) -> None:
    """The message of each choice has `role` `assistant`."""
    roles = set(chat_completion.all("choices.*.message.role", str))
    if not roles:
        raise Inconclusive("there is no choice")
    assert roles == {"assistant"}, f"`role` is {min(roles - {'assistant'})!r}"


@should(
    SCHEMA_EXTRAS,
    says=OBSERVED("OpenAI sends no field of another vendor's native API"),
    counterexample=broken(hello, "usageMetadata", {}),
)
def test_no_native_fields_leak(chat_completion: Exchange) -> None:
    """The body holds no field of a native API behind the gateway."""
    leaked = [key for key in NATIVE_KEYS if chat_completion.has(key)]
    assert not leaked, f"fields of another API: {', '.join(leaked)}"


@should(
    MODEL_ECHO,
    says=SDK("ChatCompletion.model"),
    counterexample=broken(hello, "model", "another-model"),
    decides="chat/completions: model",
)
def test_model_names_the_model_asked_for(chat_completion: Exchange) -> None:
    """`model` is the model asked for, perhaps with a prefix such as `models/` or a suffix such as a date."""
    require_current(chat_completion)
    asked = model_asked_for(chat_completion)
    observed = chat_completion.at("model", str)
    assert asked.rpartition("/")[2] in observed, f"`model` is {observed!r} where {asked!r} was asked for"
