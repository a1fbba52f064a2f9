"""
Parameters of the Responses API: accepted or rejected by name, and repeated as they were sent.

Not checked: that a response repeats them at all, which OpenAI's document leaves open; whether `prompt_cache_retention`
is repeated (each model of OpenAI has its own); what `truncation: auto` leaves out, as only a very long input shows it.
"""

import math
from typing import Any

from conformance import ABSENT, DOC, SDK, Deviation, Exchange, Inconclusive, may, should
from conformance.checks.common.conditions import REPEATED, SERVICE_TIER, SETTING
from conformance.checks.common.errors import error_of
from conformance.checks.common.kinds import response
from conformance.checks.params.reading import NAMED, names
from conformance.checks.responses.events import TEXT_DELTA, events_of
from conformance.checks.responses.parameters.exchanges import (
    OUTSIDE,
    PARAMS,
    greeted_obfuscated,
    other_setting,
    setting,
    setting_out_of_range,
)
from conformance.checks.responses.reading import require_whole, text_of, whole
from conformance.counterexamples import DELETE, broken, changed, every_chunk
from conformance.wire.text import brief

BARE = {"message": "Bad request.", "param": None}
NEAR = 0.001
"""Of a number, relative to it: some servers compute in single precision."""


def returns_text(observed: Exchange) -> None:
    """Assert that a response has text, unless it was cut off."""
    require_whole(whole(observed))
    assert text_of(observed).strip(), "the response has no text"


def as_others(observed: Exchange) -> Exchange:
    """Let the response repeat other values than were sent."""
    for name in set(REPEATED) & set(observed.sent.json):
        new = not observed.sent.json[name] if isinstance(observed.sent.json[name], bool) else 0.125
        observed = broken(None, name, new).change(observed)
    return observed


def silent(observed: Exchange) -> Exchange:
    """Return no text, or reject without naming what is invalid."""
    return broken(None, *(("output", []) if observed.status == 200 else ("error", BARE))).change(observed)


def contrary(observed: Exchange) -> Exchange:
    """Let events be padded where they should not be, and the other way round."""
    return every_chunk(greeted_obfuscated, "obfuscation", DELETE if observed.case == "on" else "aB3").change(observed)


@should(
    PARAMS,
    says=DOC("createResponse"),
    counterexample=broken(setting, "output", []),
    decides="responses: {case}",
    effect_seen=False,
)
def test_setting_returns_text(setting: Exchange) -> None:
    """A greeting with an optional parameter of the Responses API returns text."""
    returns_text(setting)


@should(
    PARAMS,
    says=DOC("createResponse"),
    counterexample=changed(other_setting, silent),
    decides="responses: {case}",
    effect_seen=False,
)
def test_setting_is_served_or_named(other_setting: Exchange) -> None:
    """In the Responses API, `service_tier` and `prompt_cache_retention` return text, or are rejected by their name."""
    if other_setting.status == 200:
        returns_text(other_setting)
    else:
        names(other_setting, other_setting.case)


@should(PARAMS, says=SDK("Response.temperature"), counterexample=changed(setting, as_others), when=(SETTING,))
def test_settings_are_repeated(response: Exchange) -> None:
    """If a Responses API response has a parameter such as `temperature` or `user`, it has the value that was sent."""
    sent = {name: response.sent.json[name] for name in REPEATED if response.sent.json.get(name) is not None}
    seen = {name: response.get(name) for name in sent if response.get(name) is not ABSENT}
    if not seen:
        raise Inconclusive("the response repeats none of the parameters that were sent")
    wrong = [name for name in seen if not _is_same(seen[name], sent[name])]
    if wrong:
        name = wrong[0]
        raise Deviation(f"`{name}` is {brief(seen[name])} where {brief(sent[name])} was sent")


def _is_same(seen: Any, sent: Any) -> bool:
    numbers = [isinstance(one, int | float) and not isinstance(one, bool) for one in (seen, sent)]
    return math.isclose(seen, sent, rel_tol=NEAR) if all(numbers) else bool(seen == sent)


@should(
    PARAMS,
    says=SDK("Response.service_tier"),
    counterexample=broken(other_setting, "service_tier", DELETE),
    when=(SERVICE_TIER,),
)
def test_service_tier_is_reported(response: Exchange) -> None:
    """If a Responses API request sends `service_tier`, the response reports the tier that was used."""
    if response.get("service_tier") in (ABSENT, None, ""):
        raise Deviation("the response has no `service_tier`", finding="ignored:service_tier")
    response.at("service_tier", str)


@should(
    PARAMS,
    says=SDK("response_create_params.StreamOptions.include_obfuscation"),
    counterexample=changed(greeted_obfuscated, contrary),
    decides="responses: stream_options.include_obfuscation",
)
def test_obfuscation_is_as_requested(greeted_obfuscated: Exchange) -> None:
    """Text deltas of a Responses API stream have `obfuscation` with `include_obfuscation: true`, not with `false`."""
    deltas = events_of(greeted_obfuscated, TEXT_DELTA)
    if not deltas:
        raise Inconclusive("the stream has no text deltas")
    padded = any(event.get("obfuscation") not in (ABSENT, None) for event in deltas)
    if padded != (greeted_obfuscated.case == "on"):
        seen, sent = ("deltas have" if padded else "no delta has"), "false" if padded else "true"
        message = f"{seen} `obfuscation` with `include_obfuscation: {sent}`"
        raise Deviation(message, finding="ignored:stream_options.include_obfuscation")


def _fields(observed: Exchange) -> tuple[str, ...]:
    """Return what an error may name: the fields that were sent; a model without log probabilities names just those."""
    sent = tuple(OUTSIDE[observed.case])
    return (*sent, "logprobs") if "top_logprobs" in sent else sent


@should(PARAMS, says=NAMED, counterexample=broken(setting_out_of_range, "error", BARE))
def test_error_names_the_parameter(setting_out_of_range: Exchange) -> None:
    """The error for an invalid value in a Responses API request names the parameter in `param` or `message`."""
    names(setting_out_of_range, *_fields(setting_out_of_range))


@may(PARAMS, says=SDK("ErrorObject.param"), counterexample=broken(setting_out_of_range, "error.param", "input"))
def test_param_is_the_parameter(setting_out_of_range: Exchange) -> None:
    """The error for an invalid value in a Responses API request has the name of the parameter in `param`."""
    param = error_of(setting_out_of_range).at("param", str | None)
    seen = "null" if param is None else brief(param)
    fields = _fields(setting_out_of_range)
    named = param is not None and param.startswith(fields)
    assert named, f"`error.param` is {seen} where `{fields[0]}` is invalid"
