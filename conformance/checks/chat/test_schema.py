"""The shape of a chat completion."""

from conformance import DELETE, MUST, OBSERVED, SDK, SHOULD, Exchange, broken, conforms, must, should
from conformance.checks.chat.exchanges import MODEL_ECHO, SCHEMA_CORE, SCHEMA_EXTRAS, SCHEMA_STRICT, hello

NATIVE_KEYS = ("candidates", "usageMetadata", "promptFeedback", "modelVersion", "responseId")


@must(SCHEMA_CORE, says=SDK("ChatCompletion"), counterexample=broken(hello, "object", "completion"))
def test_body_has_the_documented_shape(hello: Exchange) -> None:
    """The body is a `ChatCompletion`, as the official client declares it."""
    conforms(hello, "ChatCompletion", MUST)


@should(SCHEMA_STRICT, says=SDK("ChatCompletion"), counterexample=broken(hello, "choices.0.message.refusal", DELETE))
def test_body_has_every_documented_key(hello: Exchange) -> None:
    """Keys that are documented as required are there, even when their value is null."""
    conforms(hello, "ChatCompletion", SHOULD)


@must(SCHEMA_CORE, says=SDK("ChatCompletion.id"), counterexample=broken(hello, "id", ""))
def test_id_is_not_empty(hello: Exchange) -> None:
    """`id` is a string that is not empty."""
    assert hello.at("id", str) != ""


@must(SCHEMA_CORE, says=SDK("ChatCompletion.created"), counterexample=broken(hello, "created", 1_800_000_000_000))
def test_created_is_in_seconds(hello: Exchange) -> None:
    """`created` is a Unix time in seconds, after 2020 and not in milliseconds."""
    assert 1_577_836_800 <= hello.at("created", int) < 100_000_000_000


@must(SCHEMA_CORE, says=SDK("ChatCompletion.choices"), counterexample=broken(hello, "choices", []))
def test_there_is_one_choice(hello: Exchange) -> None:
    """`choices` holds exactly one choice when `n` is not given."""
    assert len(hello.at("choices", list)) == 1


@must(SCHEMA_CORE, says=SDK("ChatCompletionChoice.index"), counterexample=broken(hello, "choices.0.index", 1))
def test_index_starts_at_zero(hello: Exchange) -> None:
    """The first choice has `index` 0."""
    assert hello.at("choices.0.index", int) == 0


@must(
    SCHEMA_CORE, says=SDK("ChatCompletionMessage.role"), counterexample=broken(hello, "choices.0.message.role", "model")
)
def test_role_is_assistant(hello: Exchange) -> None:
    """The message has `role` `assistant`."""
    assert hello.at("choices.0.message.role", str) == "assistant"


@should(
    SCHEMA_EXTRAS,
    says=OBSERVED("OpenAI sends no field of another vendor's native API"),
    counterexample=broken(hello, "usageMetadata", {}),
)
def test_no_native_fields_leak(hello: Exchange) -> None:
    """The body holds no field of a native API behind the gateway."""
    leaked = [key for key in NATIVE_KEYS if hello.has(key)]
    assert not leaked, f"fields of another API: {', '.join(leaked)}"


@should(
    MODEL_ECHO,
    says=SDK("ChatCompletion.model"),
    counterexample=broken(hello, "model", "another-model"),
    decides="chat/completions: model",
)
def test_model_names_the_model_asked_for(hello: Exchange) -> None:
    """`model` is the model asked for, perhaps with a prefix such as `models/` or a suffix such as a date."""
    asked = str(hello.sent.json["model"])
    observed = hello.at("model", str)
    assert asked.rpartition("/")[2] in observed, f"`model` is {observed!r} where {asked!r} was asked for"
