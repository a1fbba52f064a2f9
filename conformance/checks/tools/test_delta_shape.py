"""
The fragments of a streamed call, as clients put them together: the first names the call, the others add arguments.

Clients join what fragments of one `index` say, text to text: an `id` or a name that is told twice is doubled.

Not checked: whether the first fragment holds arguments already.
"""

from conformance import DELETE, DOC, OBSERVED, SDK, Exchange, broken_chunk, must, should
from conformance.checks.tools.exchanges import DELTA_SHAPE, weather_forced_streamed
from conformance.checks.tools.reading import DELTA_CALLS, fragments, fragments_by_index, require_call, told

FIRST = f"{DELTA_CALLS}.0"
ONCE = "OpenAI tells `id`, `type` and `function.name` in the first fragment of a call, and never again"


@must(
    DELTA_SHAPE,
    says=SDK("ChoiceDeltaToolCall.index"),
    counterexample=broken_chunk(weather_forced_streamed, 1, f"{FIRST}.index", DELETE),
)
def test_every_fragment_has_an_index(weather_forced_streamed: Exchange) -> None:
    """Each fragment of a call has an integer `index`."""
    require_call(weather_forced_streamed)
    for fragment in fragments(weather_forced_streamed):
        fragment.at("index", int)


@should(
    DELTA_SHAPE,
    says=OBSERVED("OpenAI counts the calls of an answer from 0"),
    counterexample=broken_chunk(weather_forced_streamed, 1, f"{FIRST}.index", 7),
)
def test_indexes_count_from_zero(weather_forced_streamed: Exchange) -> None:
    """Calls have `index` 0, 1 and so on, in the order in which they begin."""
    calls = fragments_by_index(weather_forced_streamed)
    indexes = [call[0].at("index", int) for call in calls]
    assert indexes == list(range(len(calls)))


@should(
    DELTA_SHAPE,
    says=OBSERVED(ONCE),
    counterexample=broken_chunk(weather_forced_streamed, 1, f"{FIRST}.id", DELETE),
)
def test_first_fragment_has_the_id(weather_forced_streamed: Exchange) -> None:
    """The first fragment of each call has an `id` that is not empty."""
    for call in fragments_by_index(weather_forced_streamed):
        assert call[0].at("id", str) != ""


@should(
    DELTA_SHAPE,
    says=OBSERVED(ONCE),
    counterexample=broken_chunk(weather_forced_streamed, 1, f"{FIRST}.type", DELETE),
)
def test_first_fragment_has_the_type(weather_forced_streamed: Exchange) -> None:
    """The first fragment of each call has `type` `function`."""
    for call in fragments_by_index(weather_forced_streamed):
        assert call[0].at("type", str) == "function"


@should(
    DELTA_SHAPE,
    says=OBSERVED(ONCE),
    counterexample=broken_chunk(weather_forced_streamed, 1, f"{FIRST}.function.name", DELETE),
)
def test_first_fragment_has_the_name(weather_forced_streamed: Exchange) -> None:
    """The first fragment of each call has a `function.name` that is not empty."""
    for call in fragments_by_index(weather_forced_streamed):
        assert call[0].at("function.name", str) != ""


@should(
    DELTA_SHAPE,
    says=OBSERVED(ONCE),
    counterexample=broken_chunk(weather_forced_streamed, 2, f"{FIRST}.id", "call_again"),
)
def test_id_is_told_once(weather_forced_streamed: Exchange) -> None:
    """The fragments of one call tell one `id`, once."""
    for call in fragments_by_index(weather_forced_streamed):
        ids = told(call, "id")
        assert len(ids) <= 1, f"{len(ids)} fragments tell an `id`, {len(set(ids))} different ones"


@should(
    DELTA_SHAPE,
    says=OBSERVED(ONCE),
    counterexample=broken_chunk(weather_forced_streamed, 2, f"{FIRST}.function.name", "get_weather"),
)
def test_name_is_told_once(weather_forced_streamed: Exchange) -> None:
    """The fragments of one call tell one `function.name`, once."""
    for call in fragments_by_index(weather_forced_streamed):
        names = told(call, "function.name")
        assert len(names) <= 1, f"{len(names)} fragments tell a name"


@must(
    DELTA_SHAPE,
    says=SDK("ChoiceDeltaToolCallFunction.arguments"),
    counterexample=broken_chunk(weather_forced_streamed, 2, f"{FIRST}.function.arguments", {"city": "Paris"}),
)
def test_arguments_are_text(weather_forced_streamed: Exchange) -> None:
    """`function.arguments` is a string in each fragment that has it."""
    require_call(weather_forced_streamed)
    for fragment in fragments(weather_forced_streamed):
        fragment.at("function.arguments", str | None, None)


@should(
    DELTA_SHAPE,
    says=DOC("ChatCompletionMessageToolCallChunk"),
    counterexample=broken_chunk(weather_forced_streamed, 2, f"{FIRST}.id", None),
)
def test_keys_are_left_out_not_null(weather_forced_streamed: Exchange) -> None:
    """A key of a fragment that says nothing is left out, not null."""
    require_call(weather_forced_streamed)
    paths = ("id", "type", "function", "function.name", "function.arguments")
    null = {path for fragment in fragments(weather_forced_streamed) for path in paths if fragment.get(path) is None}
    assert not null, f"null in a fragment: {', '.join(sorted(null))}"
