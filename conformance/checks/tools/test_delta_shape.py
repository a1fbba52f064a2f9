"""
The fragments of a streamed call, as clients put them together: the first names the call, the others add arguments.

Clients join the strings of all fragments of one `index`: an `id` or a name that is sent twice is doubled.

Not checked: whether the first fragment has arguments already.
"""

from conformance import DOC, OBSERVED, SDK, Exchange, must, should
from conformance.checks.common import evidence
from conformance.checks.common.conditions import OFFERS_FUNCTIONS_ONLY, ONE_CHOICE
from conformance.checks.common.kinds import chat_stream
from conformance.checks.tools.exchanges import DELTA_SHAPE, weather_forced_streamed
from conformance.checks.tools.reading import DELTA_CALLS, fragments, fragments_by_index, require_call, told
from conformance.counterexamples import DELETE, broken_chunk

CALLED = (OFFERS_FUNCTIONS_ONLY, ONE_CHOICE)
FIRST = f"{DELTA_CALLS}.0"
ONCE = "OpenAI sends `id`, `type` and `function.name` in the first fragment of a call, and not again"


@must(
    DELTA_SHAPE,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCall.index"),
    counterexample=broken_chunk(weather_forced_streamed, 1, f"{FIRST}.index", DELETE),
    when=CALLED,
)
def test_every_fragment_has_an_index(chat_stream: Exchange) -> None:
    """In a stream, each entry of `delta.tool_calls` has an integer `index`."""
    require_call(chat_stream)
    for fragment in fragments(chat_stream):
        fragment.at("index", int)


@should(
    DELTA_SHAPE,
    says=OBSERVED("OpenAI counts the calls of a response from 0", *evidence.CALLS_STREAMED),
    counterexample=broken_chunk(weather_forced_streamed, 1, f"{FIRST}.index", 7),
    when=CALLED,
)
def test_indexes_count_from_zero(chat_stream: Exchange) -> None:
    """In a stream, the calls have the `index` 0, 1 and so on, in the order in which they begin."""
    calls = fragments_by_index(chat_stream)
    indexes = [call[0].at("index", int) for call in calls]
    assert indexes == list(range(len(calls)))


@should(
    DELTA_SHAPE,
    says=OBSERVED(ONCE, *evidence.CALLS_STREAMED),
    counterexample=broken_chunk(weather_forced_streamed, 1, f"{FIRST}.id", DELETE),
    when=CALLED,
)
def test_first_fragment_has_the_id(chat_stream: Exchange) -> None:
    """In a stream, the first fragment of each call has an `id` that is not empty."""
    for call in fragments_by_index(chat_stream):
        assert call[0].at("id", str) != ""


@should(
    DELTA_SHAPE,
    says=OBSERVED(ONCE, *evidence.CALLS_STREAMED),
    counterexample=broken_chunk(weather_forced_streamed, 1, f"{FIRST}.type", DELETE),
    when=CALLED,
)
def test_first_fragment_has_the_type(chat_stream: Exchange) -> None:
    """In a stream, the first fragment of each call has `type` `function`."""
    for call in fragments_by_index(chat_stream):
        assert call[0].at("type", str) == "function"


@should(
    DELTA_SHAPE,
    says=OBSERVED(ONCE, *evidence.CALLS_STREAMED),
    counterexample=broken_chunk(weather_forced_streamed, 1, f"{FIRST}.function.name", DELETE),
    when=CALLED,
)
def test_first_fragment_has_the_name(chat_stream: Exchange) -> None:
    """In a stream, the first fragment of each call has a `function.name` that is not empty."""
    for call in fragments_by_index(chat_stream):
        assert call[0].at("function.name", str) != ""


@should(
    DELTA_SHAPE,
    says=OBSERVED(ONCE, *evidence.CALLS_STREAMED),
    counterexample=broken_chunk(weather_forced_streamed, 2, f"{FIRST}.id", "call_again"),
    when=CALLED,
)
def test_id_is_sent_once(chat_stream: Exchange) -> None:
    """In a stream, only one fragment of each call has an `id`; it is not repeated."""
    for call in fragments_by_index(chat_stream):
        ids = told(call, "id")
        assert len(ids) <= 1, f"{len(ids)} fragments of one call have an `id`, {len(set(ids))} different ones"


@should(
    DELTA_SHAPE,
    says=OBSERVED(ONCE, *evidence.CALLS_STREAMED),
    counterexample=broken_chunk(weather_forced_streamed, 2, f"{FIRST}.function.name", "get_weather"),
    when=CALLED,
)
def test_name_is_sent_once(chat_stream: Exchange) -> None:
    """In a stream, only one fragment of each call has a `function.name`; it is not repeated."""
    for call in fragments_by_index(chat_stream):
        names = told(call, "function.name")
        assert len(names) <= 1, f"{len(names)} fragments of one call have a `function.name`"


@must(
    DELTA_SHAPE,
    says=SDK("chat_completion_chunk.ChoiceDeltaToolCallFunction.arguments"),
    counterexample=broken_chunk(weather_forced_streamed, 2, f"{FIRST}.function.arguments", {"city": "Paris"}),
    when=CALLED,
)
def test_arguments_are_strings(chat_stream: Exchange) -> None:
    """In a stream, `function.arguments` is a string in each fragment that has it."""
    require_call(chat_stream)
    for fragment in fragments(chat_stream):
        fragment.at("function.arguments", str | None, None)


@should(
    DELTA_SHAPE,
    says=DOC("ChatCompletionMessageToolCallChunk"),
    counterexample=broken_chunk(weather_forced_streamed, 2, f"{FIRST}.id", None),
    when=CALLED,
)
def test_keys_are_omitted_not_null(chat_stream: Exchange) -> None:
    """In a stream, a key of `delta.tool_calls` without a value is omitted, not null."""
    require_call(chat_stream)
    paths = ("id", "type", "function", "function.name", "function.arguments")
    null = {path for fragment in fragments(chat_stream) for path in paths if fragment.get(path) is None}
    assert not null, f"null in a fragment: {', '.join(sorted(null))}"
