"""How much to think: `reasoning_effort`, its likes in other dialects, and models that are named by it."""

from typing import Any

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import invalid_request
from conformance.simulator.http.registry import Handler

EFFORT = "reasoning.effort"


def effort_of(call: Call) -> Any:
    """Return the `reasoning_effort` of a request, or None."""
    return change.asked(call).get("reasoning_effort")


def _refuse_effort(call: Call, handler: Handler, effort: str) -> Answer:
    if effort_of(call) != effort:
        return handler(call)
    error = {"code": 400, "message": "Request contains an invalid argument.", "status": "INVALID_ARGUMENT"}
    return change.instead(handler(call), [{"error": error}], 400)


@deviation(
    "thinking-effort-none-rejected",
    severity="minor",
    says="`reasoning_effort` `none` is rejected with an error that does not name it.",
    breaks="Clients that turn reasoning off for all models.",
    source=("HKUDS/DeepTutor#809",),
    caught_by=(f"{EFFORT}.none/puzzle_effort_none/status",),
)
def none_rejected(call: Call, handler: Handler) -> Answer:
    return _refuse_effort(call, handler, "none")


@deviation(
    "thinking-effort-minimal-rejected",
    severity="minor",
    says="`reasoning_effort` `minimal` is rejected with an error that does not name it.",
    breaks="Clients whose default it is.",
    source=("versun/RSSBox#132",),
    caught_by=("reasoning.effort.other_values/puzzle_effort_other[minimal]/rejection_names_the_effort",),
)
def minimal_rejected(call: Call, handler: Handler) -> Answer:
    return _refuse_effort(call, handler, "minimal")


@deviation(
    "thinking-effort-garbage-accepted",
    severity="minor",
    says="An unknown `reasoning_effort` is ignored.",
    breaks="Clients with a typing error: no error tells them.",
    source=("BerriAI/litellm#27074",),
    caught_by=(f"{EFFORT}.other_values/puzzle_effort_unknown/status",),
)
def garbage_accepted(call: Call, handler: Handler) -> Answer:
    known = {"none", "minimal", "low", "medium", "high", "xhigh", "max", None}
    return handler(call if effort_of(call) in known else change.without(call, "reasoning_effort"))


@deviation(
    "thinking-effort-ignored",
    severity="minor",
    says="`reasoning_effort` is accepted and ignored.",
    breaks="Clients that want answers to be cheap or fast.",
    source=(
        "https://platform.claude.com/docs/en/api/openai-sdk",
        "https://docs.anthropic.com/ko/api/openai-sdk",
        "https://docs.parallel.ai/chat-api/sdk-compatibility",
    ),
    caught_by=(f"{EFFORT}.none/puzzle_effort_none/none_turns_reasoning_off",),
)
def effort_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without(call, "reasoning_effort"))


@deviation(
    "own-thinking-efforts-swapped",
    severity="major",
    says="Low effort reasons as much as high effort should, and high effort as little as low.",
    breaks="Clients that pay for the wrong one.",
    source=INVENTED,
    caught_by=(f"{EFFORT}.monotone/*/high_effort_uses_more_tokens_than_low",),
)
def efforts_swapped(call: Call, handler: Handler) -> Answer:
    other = {"low": "high", "high": "low"}.get(str(effort_of(call)))
    return handler(change.rewrite(call, lambda value: {**value, "reasoning_effort": other}) if other else call)


@deviation(
    "own-thinking-effort-refused-in-general",
    severity="minor",
    says="An unknown effort is rejected with an error that does not name it.",
    breaks="Developers who look for their mistake.",
    source=INVENTED,
    caught_by=(f"{EFFORT}.other_values/puzzle_effort_unknown/unknown_effort_is_rejected_by_name",),
)
def effort_refused_in_general(call: Call, handler: Handler) -> Answer:
    def blur(value: change.Object) -> None:
        value["error"].update(message="Request contains an invalid argument.", param=None, code=None)

    return change.error(handler(call), blur) if effort_of(call) else handler(call)


@deviation(
    "own-thinking-two-orders-taken",
    severity="minor",
    says=(
        "`reasoning_effort` and `thinking_config` together, which exclude each other, are accepted, and one is ignored."
    ),
    breaks="Clients that set both: one is silently lost.",
    source=INVENTED,
    caught_by=("reasoning.google_extra_body/effort_and_thinking_config/conflict_is_rejected_by_name",),
)
def two_orders_taken(call: Call, handler: Handler) -> Answer:
    both = effort_of(call) is not None and "extra_body" in change.asked(call)
    return handler(change.without(call, "reasoning_effort") if both else call)


@deviation(
    "own-thinking-config-ignored",
    severity="major",
    says="`thinking_config` is accepted and ignored.",
    breaks="Clients that request reasoning, or none.",
    source=INVENTED,
    caught_by=(
        "reasoning.google_extra_body/*/requested_reasoning_is_returned",
        "reasoning.*/zero_budget_turns_reasoning_off",
    ),
)
def config_ignored(call: Call, handler: Handler) -> Answer:
    nested = change.asked(call).get("extra_body")
    google = isinstance(nested, dict) and "google" in nested
    return handler(change.without(call, "extra_body") if google else call)


@deviation(
    "own-thinking-config-refused-in-general",
    severity="minor",
    says="Every reasoning parameter but `reasoning_effort` is rejected with an error that does not name it.",
    breaks="Clients cannot tell what to leave out.",
    source=INVENTED,
    caught_by=(
        "reasoning.google_extra_body/*/level_is_accepted_or_rejected_by_name",
        "reasoning.*/zero_budget_turns_reasoning_off",
    ),
)
def refused_in_general(call: Call, handler: Handler) -> Answer:
    if "extra_body" in change.asked(call):
        raise invalid_request("Request contains an invalid argument.")
    return handler(call)


@deviation(
    "own-thinking-switch-hides-only",
    severity="major",
    says="`enable_thinking` false hides the reasoning, which is generated and counted all the same.",
    breaks="Clients that turn reasoning off to save time and money.",
    source=INVENTED,
    caught_by=("reasoning.enable_thinking/*/enable_thinking_is_used",),
)
def hides_only(call: Call, handler: Handler) -> Answer:
    asked = change.asked(call)
    nested = asked.get("extra_body")
    off = asked.get("enable_thinking") is False or (isinstance(nested, dict) and nested.get("enable_thinking") is False)
    return handler(change.without(call, "enable_thinking", "extra_body") if off else call)


@deviation(
    "own-thinking-suffix-ignored",
    severity="major",
    says="The suffix `-nothinking` of a model's id is ignored: the model reasons.",
    breaks="Clients of gateways that write orders into the model's id.",
    source=INVENTED,
    caught_by=("reasoning.content_field/model_suffix/suffix_is_used_or_rejected",),
)
def suffix_ignored(call: Call, handler: Handler) -> Answer:
    name = change.asked(call).get("model")
    if not isinstance(name, str) or not name.endswith("-nothinking"):
        return handler(call)
    return handler(change.rewrite(call, lambda value: {**value, "model": name.removesuffix("-nothinking")}))
