"""
Rules about statuses: a route that is not there, an invalid request that is served, a crash, a refusal.

Each takes the line of one exchange whose status is not expected, and says what that comes from.
"""

import re
from collections.abc import Sequence

from conformance.causes.cause import Class, Damage, Root
from conformance.causes.world import UNKNOWN_PATH, World, of_unknown_model
from conformance.log.records import ExchangeLine
from conformance.wire.request import Key

ATTACHED = {
    "vision": "image_url",
    "audio": "input_audio",
    "files": "file",
    "responses": "input_image",
}
"""The content part that an exchange of a family carries."""

_NAME_IGNORED = "ignored:tool_choice.function.name"
_NAME_NOT_OFFERED = "tools.choice.named/invalid_tool_choice[function-not-offered]"
_SAME_KIND = {"chat.stream.error_before_start/no_messages_streamed": "errors.missing_field"}
_OF_THE_REQUEST = frozenset(
    {
        "status",
        "code_is_model_not_found",
        "error_is_about_the_model",
        "error_names_the_field",
        "error_names_the_parameter",
        "param_is_the_field",
        "invalid_field_raises_bad_request",
        "invalid_json_raises_bad_request",
    }
)
"""What a rejection says of its own request: nothing, where every request gets the same."""


def of_status(line: ExchangeLine, world: World) -> Root | None:
    """Return what an unexpected status comes from; None without facts."""
    if line.facts is None or line.status is None:
        return None
    return next((root for rule in RULES if (root := rule(line, world))), None)


def same_refusal(statement: str, lines: Sequence[ExchangeLine], world: World) -> Root | None:
    """Return the refusal of valid requests for what is said of invalid ones that were answered with the same body."""
    if statement not in _OF_THE_REQUEST or not lines:
        return None
    for line in lines:
        facts = line.facts
        if not line.invalid or facts is None or line.status is None:
            return None
        if (facts.operation, line.status, facts.digest) not in world.refused_alike:
            return None
        # One handler answers every crash with one body: where others are served, that is no proof of one bug.
        if line.status >= 500 and world.is_served(line):
            return None
    facts, status = lines[0].facts, lines[0].status
    assert facts is not None
    how = "makes the server fail with" if (status or 0) >= 500 else "is refused with"
    sentence = f"A valid request to {facts.operation} {how} {status}: {facts.said!r}."
    sort = Class.CRASHED if (status or 0) >= 500 else Class.REFUSED
    name = "crashed" if sort is Class.CRASHED else "refused"
    proof = "valid and invalid requests are answered with the same body"
    return Root(f"{name}:{facts.operation}", sort, sentence, proof, also=_words(facts.said))


def _route(line: ExchangeLine, world: World) -> Root | None:
    facts, status = line.facts, line.status
    assert facts is not None
    if line.id == UNKNOWN_PATH or (world.is_unrouted(line) and status not in {404, 405, 501}):
        sentence = f"A path that does not exist is answered {status} instead of 404, and so are routes not offered."
        return Root(f"route:unknown-path-{status}", Class.ROUTE, sentence, "the same body as for a made-up path")
    if world.is_unrouted(line):
        sentence = f"There is no route {facts.method} {facts.operation}: answered {status} like a made-up path."
        return Root(f"route:{facts.operation}", Class.ROUTE, sentence, "the same body as for a made-up path")
    refused = status == 500 and "not supported" in facts.said.lower()
    if refused and not line.invalid and not world.is_served(line):
        sentence = f"A route that is not offered is answered {status} instead of 404 or 501: {facts.said!r}."
        return Root(
            f"route:unsupported-{status}",
            Class.ROUTE,
            sentence,
            "the body says `not supported`, and no request to the route was served",
        )
    return None


def _upstream(line: ExchangeLine, world: World) -> Root | None:
    if not line.invalid or world.upstream.get(line.status or 0, 0) < 2:
        return None
    sentence = f"Every rejection by the upstream is passed on as {line.status}: clients retry what can never succeed."
    return Root(f"status:upstream-{line.status}", Class.STATUS, sentence, "rejected requests of several kinds")


def _authentication(line: ExchangeLine, _: World) -> Root | None:
    if line.key in {Key.VALID, Key.OTHER}:
        return None
    name = "wrong" if line.key is Key.WRONG else "missing"
    if line.status is not None and line.status < 300:
        sentence = f"A request with a {name} API key is served."
        return Root(f"authentication:{name}-key-accepted", Class.ACCEPTED, sentence)
    sentence = f"A {name} API key is answered {line.status} instead of 401."
    return Root(f"authentication:{name}-key-{line.status}", Class.STATUS, sentence)


def _accepted(line: ExchangeLine, world: World) -> Root | None:
    if not line.invalid or line.status is None or line.status >= 400:
        return None
    facts, kind = line.facts, _SAME_KIND.get(line.id, line.id.partition("/")[0])
    assert facts is not None
    part = ATTACHED.get(kind.partition(".")[0])
    dropped = f"ignored:{part}"
    if part and dropped in world.findings:
        return Root(dropped, Class.IGNORED, "", "a good one is not read either")
    if line.label == _NAME_NOT_OFFERED and _NAME_IGNORED in world.findings:
        return Root(_NAME_IGNORED, Class.IGNORED, "", "the name of a function that is offered is not read either")
    if of_unknown_model(line) and world.serves_unknown_models:
        sentence = "A request for a model that does not exist is served: no route looks at `model`."
        return Root("accepted:unknown-model", Class.ACCEPTED, sentence, "every request for an unknown model is served")
    field = world.added(line)
    if (facts.operation, field) in world.idle:
        return Root(f"accepted:{facts.operation}/{field}", Class.ACCEPTED, f"A wrong value of `{field}` is accepted.")
    sentence = f"Invalid requests to {facts.operation} ({kind}) are answered {line.status} instead of rejected."
    return Root(f"accepted:{facts.operation}/{kind}", Class.ACCEPTED, sentence)


def _crashed(line: ExchangeLine, world: World) -> Root | None:
    if line.status is None or line.status < 500:
        return None
    facts, kind = line.facts, line.id.partition("/")[0]
    assert facts is not None
    if line.invalid:
        what = f"An invalid request to {facts.operation} ({line.label})"
        sentence = f"{what} makes the server fail with {line.status}: clients send it again, in vain."
        id_ = f"crashed:{facts.operation}/{kind}"
        return Root(id_, Class.CRASHED, sentence, also=_handler(facts.said), harm=Damage.COSMETIC)
    said = f": {facts.said!r}" if facts.said else ""
    id_, proof, also = f"crashed:{facts.operation}", "the same words", _words(facts.said)
    if not world.is_served(line):
        sentence = f"No request is served by {facts.operation}: the server fails with {line.status}{said}."
        return Root(id_, Class.CRASHED, sentence, proof, also)
    if any(400 <= code < 500 for code in facts.expects):
        what = f"A request to {facts.operation} that may be rejected ({line.label})"
        sentence = f"{what} makes the server fail with {line.status}{said}."
        return Root(f"{id_}/{kind}", Class.CRASHED, sentence, proof, also, Damage.COSMETIC)
    sentence = f"A valid request to {facts.operation} makes the server fail with {line.status}{said}."
    return Root(id_, Class.CRASHED, sentence, proof, also, Damage.REFUSES)


def _refused(line: ExchangeLine, _: World) -> Root | None:
    facts = line.facts
    assert facts is not None
    if line.status is None or not 400 <= line.status < 500:
        return None
    if line.invalid:
        usual = " or ".join(map(str, facts.expects))
        sentence = f"Invalid requests are rejected with {line.status}, where {usual} is expected."
        return Root(f"status:{line.status}-for-{min(facts.expects, default=400)}", Class.STATUS, sentence)
    sentence = f"A valid request to {facts.operation} is refused with {line.status}: {facts.said!r}."
    return Root(f"refused:{facts.operation}", Class.REFUSED, sentence, "the same words", also=_words(facts.said))


def _other(line: ExchangeLine, _: World) -> Root | None:
    facts = line.facts
    assert facts is not None
    return Root(
        f"status:{line.status}/{facts.operation}",
        Class.STATUS,
        f"{facts.method} {facts.operation} is answered {line.status}.",
    )


def _handler(said: str) -> str:
    """Return what an error handler says of every failure: the words before the first colon, else all of them."""
    return _words(said.partition(": ")[0]) + (":" if ": " in said else "")


def _words(said: str) -> str:
    return re.sub(r"[^a-z]+", " ", said.lower()).strip()[:50]


RULES = (_authentication, _route, _upstream, _accepted, _crashed, _refused, _other)
