"""Rules about what a response holds: media types, error bodies, keys, parameters that have no effect."""

import re
from collections.abc import Callable

from conformance.causes.cause import Atom, Class, Root
from conformance.causes.naming import canonical
from conformance.causes.world import World
from conformance.wire.verdict import Verdict

_ERROR_KEY = re.compile(r"(missing|wrong-type|null):.*(ErrorResponse/error|[a-z}]/error)( of an unknown route)?")
_IGNORED = re.compile(r"(ignored|partly|broken):(.+)")
_FINISH = {"required_call_ends_with_tool_calls", "chosen_call_ends_with_tool_calls"}
_VECTORS = {"each_text_has_an_embedding", "tokens_have_an_embedding"}
_CUT = {
    "limited_completion_ends_with_length",
    "limited_response_is_incomplete",
    "limited_stream_ends_with_length",
    "limited_text_ends_with_length",
    "truncated_json_ends_with_length",
}
_INDEXES = {
    "streamed_calls_have_different_indexes",
    "id_is_sent_once",
    "name_is_sent_once",
    "arguments_join_to_a_json_object",
    "no_parameters_are_an_empty_object_in_a_stream",
}


def media_type(atom: Atom, world: World) -> Root | None:
    """Return one cause for the wrong media type of each operation, streamed or not."""
    lines = world.lines(atom.places)
    if atom.result.statement != "media_type" or not lines or lines[0].facts is None:
        return None
    facts, failed = lines[0].facts, (lines[0].status or 0) >= 400
    what = "a refusal" if failed else f"a {'stream' if facts.streamed else 'response'} of {facts.operation}"
    where = "errors" if failed else f"{facts.operation}{' (stream)' if facts.streamed else ''}"
    sentence = f"The media type of {what} is {facts.media_type or 'absent'}."
    return Root(f"media-type:{where}", Class.MEDIA_TYPE, sentence)


def envelope(atom: Atom, world: World) -> Root | None:
    """Return one cause for each shape that error bodies have instead of the documented object."""
    if not _ERROR_KEY.fullmatch(atom.finding) and "error_object" not in atom.result.statement:
        return None
    shapes = {line.facts.error for line in world.lines(atom.places) if line.facts} - {"error object"}
    if len(shapes) != 1 or not (shape := shapes.pop()):
        return None
    sentence = f"The body of an error is no `error` object, but: {shape}."
    return Root(
        f"envelope:{shape.replace(',', '').replace(' ', '-')}",
        Class.ENVELOPE,
        sentence,
        f"all of these bodies: {shape}",
    )


def call_index(atom: Atom, world: World) -> Root | None:
    """Return one cause for calls of a stream that share an index: joined by it, their parts are mixed up."""
    shared = [r for r in world.results if r.statement == "streamed_calls_have_different_indexes"]
    broken = {place for r in shared if r.verdict is Verdict.DEVIATES for place in r.places or r.exchanges}
    if atom.result.statement not in _INDEXES or not set(atom.places) <= broken:
        return None
    sentence = "Several tool calls of one stream share an `index`: clients join them into one."
    return Root("wrong-value:tool-call-index", Class.WRONG_VALUE, sentence, "only in streams whose calls share one")


def finish_reason(atom: Atom, _: World) -> Root | None:
    """Return one cause for a finish reason that hides tool calls, and one for it hiding a cut."""
    if atom.result.statement in _FINISH:
        sentence = "A response with tool calls does not end with `finish_reason` `tool_calls`: agents stop there."
        return Root("wrong-value:finish_reason/tool_calls", Class.WRONG_VALUE, sentence)
    if atom.result.statement in _CUT:
        sentence = "A response that was cut at its token limit does not say so."
        return Root("wrong-value:finish_reason/length", Class.WRONG_VALUE, sentence)
    return None


_CODES = ("wrong-type:ErrorObject/code", "digits:ErrorObject/code")
_READ_BY_CODE = {
    "overlong_prompt_is_rejected_with_its_code",
    "code_is_invalid_api_key",
    "code_is_model_not_found",
}


def error_code(atom: Atom, world: World) -> Root | None:
    """Return the cause of a code that is a number for a code that says nothing: the same key of the same responses."""
    if atom.result.statement not in _READ_BY_CODE or not atom.places:
        return None
    code = next((name for name in _CODES if set(atom.places) <= world.showing(name)), None)
    return Root(code, Class.WRONG_TYPE, proof="`code` is a number in these very responses") if code else None


_WITHIN = {
    "stream_of_a_call_has_one_finish_reason": (
        "chat.stream.finish_reason/there_is_a_finish_reason",
        "no chunk of them has one",
    )
}


def within(atom: Atom, world: World) -> Root | None:
    """Return the cause of a statement that cannot hold where another, wider one does not."""
    wider, proof = _WITHIN.get(atom.result.statement, ("", ""))
    if not wider or not atom.places or not set(atom.places) <= world.showing(wider):
        return None
    return Root(wider, Class.WRONG_VALUE, proof=proof)


def unknown_model(atom: Atom, world: World) -> Root | None:
    """Return the cause of a shortened model id that is served where every unknown model is."""
    if atom.result.statement != "truncated_id_is_not_served" or not world.serves_unknown_models:
        return None
    return Root("accepted:unknown-model", Class.ACCEPTED, proof="every request for an unknown model is served")


_NO_WORD = ("errors:message", Class.ENVELOPE, "An error does not say what is wrong in the request.")
_NO_REQUEST_ID = ("missing:header/x-request-id", Class.MISSING, "Responses carry no `x-request-id`.")
_SYSTEM = ("ignored:later-system-messages", Class.IGNORED, "System messages behind the first one are not read.")
_SAME_EDIT = {
    "late_system_message_is_used": _SYSTEM,
    "second_system_message_is_used": _SYSTEM,
    "further_system_messages_are_sent": _SYSTEM,
    "param_is_the_field": ("errors:param", Class.ENVELOPE, "`error.param` does not name the field that is wrong."),
    "error_names_the_field": _NO_WORD,
    "error_names_the_parameter": _NO_WORD,
    "response_has_a_request_id": _NO_REQUEST_ID,
    "error_has_a_request_id": _NO_REQUEST_ID,
    "message_with_calls_has_content": (
        "missing:ChatCompletionMessage/content",
        Class.MISSING,
        "A message with calls has no key `content`.",
    ),
}


def same_edit(atom: Atom, _: World) -> Root | None:
    """Return the cause of statements that say the same of different requests or responses."""
    if atom.finding != f"{atom.result.capability}/{atom.result.statement}":
        return None
    found = _SAME_EDIT.get(atom.result.statement)
    return Root(*found) if found else None


def client_error(atom: Atom, world: World) -> Root | None:
    """Return one cause for rejections whose status makes the official client raise another error."""
    statuses = {line.status for line in world.lines(atom.places)}
    if not atom.result.statement.endswith("_raises_bad_request") or len(statuses) != 1:
        return None
    status = statuses.pop()
    sentence = f"Invalid requests are rejected with {status}, where 400 is expected."
    return Root(f"status:{status}-for-400", Class.STATUS, sentence, f"all of them were answered {status}")


def vectors(atom: Atom, _: World) -> Root | None:
    """Return one cause for an input of several texts that gets one vector."""
    if atom.result.statement not in _VECTORS:
        return None
    return Root("wrong-value:embeddings/vectors", Class.WRONG_VALUE, "Several texts do not get a vector each.")


def taken_away(atom: Atom, world: World) -> Root | None:
    """Return the cause of a function that is taken away, where choosing it calls nothing."""
    taken = [result for result in world.results if "taken-away:tools" in result.findings]
    if atom.finding != "ignored:tool_choice" or not taken:
        return None
    without = {place for result in taken if result.verdict is Verdict.DEVIATES for place in result.exchanges}
    if not set(atom.places) <= without:
        return None
    sentence = "A function whose name is that of a built-in tool is taken away: it is not called when it is chosen."
    return Root("taken-away:tools", Class.WRONG_VALUE, sentence, "the same choice of another name is obeyed")


def ignored(atom: Atom, world: World) -> Root | None:
    """Return one cause for each parameter or content part that has no effect, wherever it shows."""
    match = _IGNORED.fullmatch(atom.finding)
    if match is None:
        return None
    how, name = match.groups()
    words = {"ignored": "has no effect", "partly": "has only a part of its effect", "broken": "gives a broken result"}
    kinds = [result for result in world.deviating(atom.finding) if result.judged]
    wrong = world.showing(atom.finding)
    counted = {place for result in kinds for place in result.places_of(atom.finding)}
    judged = sum(result.judged for result in kinds) + len(wrong - counted)
    # Where most responses obey, it has an effect: the sentence must not say that it has none.
    where = f" in {len(wrong)} of {judged} responses" if judged > len(wrong) else ""
    return Root(atom.finding, Class.IGNORED, f"`{name}` {words[how]}{where}.")


def keys(atom: Atom, world: World) -> Root | None:
    """Return one cause for each key that is missing, null or of a wrong type, plain and streamed together."""
    name = canonical(atom.finding)
    kind, _, place = name.partition(":")
    if kind not in {"missing", "new-key", "wrong-type", "null", "out-of-range", "unknown-enum"} or not place:
        return None
    plain = place.replace("ChatCompletionChunk/", "ChatCompletion/")
    both = {canonical(finding) for finding in world.findings}
    if plain != place and f"{kind}:{plain}" in both:
        place = plain
    words = {
        "missing": "is missing",
        "new-key": "is missing, a key that OpenAI added only lately",
        "wrong-type": "has a wrong type",
        "null": "is null instead of absent",
    }
    # A client reads a null as it reads a key that is absent, so nobody is told anything wrong by it.
    sorts = {
        "missing": Class.MISSING,
        "new-key": Class.MISSING,
        "wrong-type": Class.WRONG_TYPE,
        "null": Class.WRONG_TYPE,
    }
    sort = sorts.get(kind, Class.WRONG_VALUE)
    return Root(f"{kind}:{place}", sort, f"`{place}` {words.get(kind, 'has a value that is not allowed')}.")


Rule = Callable[[Atom, World], Root | None]
RULES: tuple[Rule, ...] = (
    same_edit,
    client_error,
    error_code,
    within,
    unknown_model,
    media_type,
    envelope,
    call_index,
    finish_reason,
    vectors,
    taken_away,
    ignored,
    keys,
)
