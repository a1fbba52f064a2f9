"""
A streamed text completion: chunks of the same shape as the non-streaming response, and `[DONE]`.

Not checked: the whole shape of a chunk, because the client declares `finish_reason` as always set and OpenAI sends null
until the end; whether the text is the non-streaming one, as it is not promised.
"""

from conformance import DONE, OBSERVED, SDK, Document, Exchange, Facet, Inconclusive, must, should
from conformance.checks.common import evidence
from conformance.checks.common.conditions import ONE_CHOICE, ONE_PROMPT, USAGE_NOT_MENTIONED, USAGE_REQUESTED
from conformance.checks.common.kinds import completion_stream
from conformance.checks.common.stream import counted
from conformance.checks.common.usage import require_a_count
from conformance.checks.completions.exchanges import LEGACY, completed_streamed, completed_with_usage
from conformance.counterexamples import DELETE, broken_chunk, bytes_replaced, every_chunk, rewritten

TEXT = "choices.0.text"
REASON = "choices.0.finish_reason"


@must(LEGACY, says=SDK("Completion.object"), counterexample=broken_chunk(completed_streamed, 1, "object", "text"))
def test_chunks_have_the_documented_fields(completion_stream: Exchange) -> None:
    """Every text completion chunk has `id`, `created`, `model`, `choices` and `object` `text_completion`."""
    for chunk in completion_stream.chunks:
        kind = chunk.at("object", str)
        assert kind == "text_completion", f"`object` of {chunk.place} is {kind!r}"
        chunk.at("id", str)
        chunk.at("created", int)
        chunk.at("model", str)
        chunk.at("choices", list)


@must(LEGACY, says=SDK("Completion.id"), counterexample=broken_chunk(completed_streamed, 1, "id", "cmpl-another"))
def test_id_is_the_same_on_all_chunks(completion_stream: Exchange) -> None:
    """All chunks of a text completion stream have the same `id`."""
    ids = {chunk.at("id", str) for chunk in completion_stream.chunks}
    assert len(ids) == 1, f"the chunks have {len(ids)} different `id`s"


@must(LEGACY, says=SDK("CompletionChoice.text"), counterexample=every_chunk(completed_streamed, TEXT, ""))
def test_text_is_streamed(completed_streamed: Exchange) -> None:
    """In a text completion stream, the joined `text` of all chunks is not empty."""
    found = [choice for chunk in completed_streamed.chunks for choice in chunk.all("choices.*", dict)]
    texts = [text for choice in found if isinstance(text := choice.get("text"), str)]
    assert "".join(texts), "no chunk has text"


@must(
    LEGACY,
    says=SDK("CompletionChoice.text"),
    counterexample=broken_chunk(completed_streamed, 1, TEXT, DELETE),
    when=(ONE_CHOICE, ONE_PROMPT),
)
def test_choices_have_text_and_index(completion_stream: Exchange) -> None:
    """In a text completion stream for one prompt, every choice has a `text`, possibly empty, and `index` 0."""
    for chunk in completion_stream.chunks:
        chunk.all("choices.*.text", str)
        assert set(chunk.all("choices.*.index", int)) <= {0}, f"{chunk.place} has an `index` other than 0"


@must(
    LEGACY,
    says=SDK("CompletionChoice.finish_reason"),
    counterexample=every_chunk(completed_streamed, REASON, None),
    when=(ONE_CHOICE, ONE_PROMPT),
)
def test_finish_reason_is_at_the_end(completion_stream: Exchange) -> None:
    """A text completion stream has a documented `finish_reason`, and no text follows it."""
    choices = [Document(one) for chunk in completion_stream.chunks for one in chunk.all("choices.*", dict)]
    said = [(choice.get("text"), choice.at("finish_reason", str | None, None)) for choice in choices]
    reasons = [reason for _, reason in said if reason is not None]
    assert reasons, "no chunk has a `finish_reason`"
    assert len(set(reasons)) == 1, f"{len(reasons)} chunks have different `finish_reason`s: {reasons[:3]}"
    assert reasons[0] in {"stop", "length", "content_filter"}, f"`finish_reason` is {reasons[0]!r}"
    end = next(number for number, (_, reason) in enumerate(said) if reason is not None)
    late = [text for text, _ in said[end + 1 :] if text]
    assert not late, f"{len(late)} chunks have text after the `finish_reason`, for example {str(late[0])[:40]!r}"


@must(
    LEGACY,
    says=OBSERVED(
        "OpenAI ends the stream of a completion with `[DONE]`, as its reference says of `stream`",
        *evidence.COMPLETION_STREAMED,
    ),
    counterexample=bytes_replaced(completed_streamed, b"data: [DONE]\n\n", b""),
    reads=frozenset({Facet.BYTES}),
)
def test_last_event_is_done(completion_stream: Exchange) -> None:
    """The last event of a text completion stream is `data: [DONE]`, and no other event is."""
    ends = [number for number, event in enumerate(completion_stream.events) if event.data.strip() == DONE]
    assert ends == [len(completion_stream.events) - 1], (
        f"there are {len(ends)} `[DONE]` events, not exactly one as the last event"
    )


@should(
    LEGACY,
    says=SDK("Completion.usage"),
    counterexample=broken_chunk(completed_with_usage, -1, "usage", None),
    when=(USAGE_REQUESTED,),
)
def test_requested_usage_is_sent(completion_stream: Exchange) -> None:
    """With `include_usage: true`, the last text completion chunk, and no other, has `usage` and no choices."""
    found = counted(completion_stream)
    assert len(found) == 1, f"{len(found)} chunks have a `usage` object"
    assert found[0] is completion_stream.chunks[-1], "the chunk with the `usage` object is not the last one"
    assert not found[0].at("choices", list), "the chunk with the `usage` object has a choice"


@should(
    LEGACY,
    says=SDK("CompletionUsage.total_tokens"),
    counterexample=broken_chunk(completed_with_usage, -1, "usage.total_tokens", 1),
    when=(USAGE_REQUESTED,),
)
def test_total_tokens_is_the_sum(completion_stream: Exchange) -> None:
    """In a text completion stream, `usage.total_tokens` equals `prompt_tokens` plus `completion_tokens`."""
    if not counted(completion_stream):
        raise Inconclusive("the stream has no `usage`, which another check finds")
    usage = Document(counted(completion_stream)[-1].get("usage"), owner="CompletionUsage")
    parts = [usage.at(name, int) for name in ("prompt_tokens", "completion_tokens")]
    require_a_count(usage.at("total_tokens", int), sum(parts))
    assert usage.at("total_tokens", int) == sum(parts)


@should(
    LEGACY,
    says=OBSERVED("OpenAI sends usage in a stream only when it is requested", *evidence.COMPLETION_STREAMED),
    counterexample=rewritten(
        completed_streamed, lambda chunks: [*chunks, {**chunks[-1], "choices": [], "usage": {"total_tokens": 1}}]
    ),
    when=(USAGE_NOT_MENTIONED,),
)
def test_usage_is_not_sent_unrequested(completion_stream: Exchange) -> None:
    """When `include_usage` is not sent, no text completion chunk has a `usage` object or empty `choices`."""
    assert not counted(completion_stream), "a chunk has a `usage` object that was not requested"
    empty = [chunk.place for chunk in completion_stream.chunks if not chunk.at("choices", list)]
    assert not empty, f"{empty[0]} has no choice, and clients read the first one"
