"""
The shape of the chunks, and what is the same on all of them.

Not checked: `system_fingerprint`, which may be absent or null; fields that OpenAI does not have, which everybody may
add; whether the chunk with `finish_reason` holds the last text too, which many do and no document forbids.
"""

from conformance import DOC, MUST, OBSERVED, SDK, SHOULD, Exchange, Inconclusive, must, should
from conformance.assertions import conforms
from conformance.checks.chat.stream.exchanges import CHUNKS, count_streamed, hello_streamed
from conformance.checks.chat.stream.reading import known
from conformance.checks.common import evidence
from conformance.checks.common.conditions import ONE_CHOICE
from conformance.checks.common.kinds import chat_stream
from conformance.checks.common.stream import holds, parts
from conformance.counterexamples import DELETE, broken_chunk, changed, every_chunk

SAME_ID = changed(None, lambda e: every_chunk(count_streamed, "id", "chatcmpl-same").change(e))


def same(observed: Exchange, name: str, kind: type) -> None:
    """Assert that a field is the same on all chunks that have it. Raises `Inconclusive` for a single one."""
    chunks = known(observed, name, kind)
    if len(chunks) < 2:
        raise Inconclusive(f"the stream has a single chunk with `{name}`")
    values = list(dict.fromkeys(chunk.get(name) for chunk in chunks))
    assert len(values) == 1, f"{len(observed.chunks)} chunks have {len(values)} different `{name}`: {values[:3]}"


@must(CHUNKS, says=SDK("ChatCompletionChunk"), counterexample=broken_chunk(count_streamed, 2, "object", ""))
def test_chunks_have_the_documented_shape(chat_stream: Exchange) -> None:
    """Every chunk of a chat completion stream is a `ChatCompletionChunk`, as declared by the official client."""
    for chunk in chat_stream.chunks:
        conforms(chunk, "ChatCompletionChunk", MUST)


@should(
    CHUNKS,
    says=DOC("CreateChatCompletionStreamResponse.choices"),
    counterexample=broken_chunk(count_streamed, 2, "choices.0.finish_reason", DELETE),
)
def test_chunks_have_every_documented_key(chat_stream: Exchange) -> None:
    """Every chat completion chunk has every key documented as required, even if its value is null."""
    for chunk in chat_stream.chunks:
        conforms(chunk, "ChatCompletionChunk", SHOULD)


@must(
    CHUNKS, says=DOC("CreateChatCompletionStreamResponse.id"), counterexample=broken_chunk(count_streamed, 2, "id", "x")
)
def test_id_is_the_same_on_all_chunks(chat_stream: Exchange) -> None:
    """All chunks of a chat completion stream have the same `id`."""
    same(chat_stream, "id", str)


@must(CHUNKS, says=SDK("ChatCompletionChunk.id"), counterexample=every_chunk(count_streamed, "id", ""))
def test_id_is_not_empty(chat_stream: Exchange) -> None:
    """The `id` of a chat completion chunk is a non-empty string."""
    empty = [chunk.place for chunk in known(chat_stream, "id", str) if not chunk.get("id")]
    assert not empty, f"{empty[0]} has an empty `id`"


@should(CHUNKS, says=SDK("ChatCompletionChunk.id"), counterexample=SAME_ID, subject=count_streamed)
def test_streams_have_distinct_ids(count_streamed: Exchange, hello_streamed: Exchange) -> None:
    """Two chat completion streams have different `id`s."""
    one, other = (known(observed, "id", str)[-1].get("id") for observed in (count_streamed, hello_streamed))
    if not one or not other:
        raise Inconclusive("a stream has no `id` to compare")
    assert one != other, f"two streams have the `id` {one!r}"


@must(
    CHUNKS,
    says=DOC("CreateChatCompletionStreamResponse.created"),
    counterexample=broken_chunk(count_streamed, 2, "created", 1_700_000_000),
)
def test_created_is_the_same_on_all_chunks(chat_stream: Exchange) -> None:
    """All chunks of a chat completion stream have the same `created`."""
    same(chat_stream, "created", int)


@must(
    CHUNKS,
    says=DOC("CreateChatCompletionStreamResponse.created"),
    counterexample=every_chunk(count_streamed, "created", 1_800_000_000_000),
)
def test_created_is_in_seconds(chat_stream: Exchange) -> None:
    """`created` of a chat completion chunk is a Unix time in seconds, not before 2020 and not in milliseconds."""
    value = known(chat_stream, "created", int)[-1].get("created")
    assert 1_577_836_800 <= value < 100_000_000_000, f"`created` is {value}"


@should(CHUNKS, says=SDK("ChatCompletionChunk.model"), counterexample=broken_chunk(count_streamed, 2, "model", ""))
def test_model_is_the_same_on_all_chunks(chat_stream: Exchange) -> None:
    """All chunks of a chat completion stream have the same `model`."""
    same(chat_stream, "model", str)


@must(
    CHUNKS,
    says=SDK("chat_completion_chunk.Choice.index"),
    counterexample=broken_chunk(count_streamed, 2, "choices.0.index", 1),
    when=(ONE_CHOICE,),
)
def test_index_is_zero(chat_stream: Exchange) -> None:
    """In a chat completion stream, every choice has `index` 0 when `n` is 1 or not sent."""
    others = [index for part in parts(chat_stream) if type(index := part.get("index")) is int and index != 0]
    assert not others, f"{len(others)} choices have an `index` other than 0, for example {others[0]}"


@should(
    CHUNKS,
    says=OBSERVED("OpenAI opens a choice with `role`: `assistant`", *evidence.CALLS_STREAMED),
    counterexample=every_chunk(hello_streamed, "choices.0.delta.role", DELETE),
)
def test_first_delta_has_the_role(chat_stream: Exchange) -> None:
    """The first `delta` of a chat completion stream has `role` `assistant`."""
    first = next(parts(chat_stream), None)
    if first is None:
        raise Inconclusive("no chunk has a choice")
    role = first.at("delta.role", str | None, None)
    seen = f"`role` {role!r}" if role else "no `role`"
    assert role == "assistant", f"the first `delta` has {seen}"


@should(
    CHUNKS,
    says=OBSERVED(
        "OpenAI names `role` once; the official client's stream helper joins repeated ones", *evidence.DELTAS
    ),
    counterexample=every_chunk(hello_streamed, "choices.0.delta.role", "assistant"),
    when=(ONE_CHOICE,),
)
def test_role_is_sent_once(chat_stream: Exchange) -> None:
    """At most one `delta` of a chat completion stream has a `role`, because clients concatenate repeated values."""
    roles = [role for part in parts(chat_stream) if (role := part.at("delta.role", str | None, None))]
    if not roles:
        raise Inconclusive("no delta has a `role`")
    assert len(roles) <= 1, (
        f"{len(roles)} deltas have a `role`: clients that concatenate them read {''.join(roles[:3])!r}"
    )


@should(
    CHUNKS,
    says=OBSERVED(
        "OpenAI's choices have a `delta`; a `message` is for other responses, and `usage` is the chunk's",
        *evidence.CALLS_STREAMED,
    ),
    counterexample=broken_chunk(count_streamed, 2, "choices.0.message", {"role": "assistant", "content": "1"}),
)
def test_choices_have_deltas_only(chat_stream: Exchange) -> None:
    """The choices of a chat completion chunk have neither a `message` nor a `usage`."""
    found = [
        f"`{name}` in {part.place}" for part in parts(chat_stream) for name in ("message", "usage") if holds(part, name)
    ]
    assert not found, f"there is {found[0]}"
