"""What gateways answered, in small: each accusation stands up to the bytes, and names the response that shows it."""

from typing import Any

import pytest

from conformance.judge.judge import Judgement, judge
from conformance.plan.loader import load
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request, post, user
from conformance.wire.verdict import Verdict
from tests.fakes import observed

CHECKS = {check.id(): check for check in load().checks if not check.builtin}
NOTE = {"type": "custom", "custom": {"name": "write_note", "description": "Write a short note."}}
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}}
TEXT = {"index": 0, "message": {"role": "assistant", "content": "Hello."}, "finish_reason": "stop"}
UPSTREAM = "google error: * GenerateContentRequest.contents: contents is not specified\n"


def chat(**fields: Any) -> Request:
    return post("/chat/completions", {"model": "m-1", "messages": [user("Say hello.")], **fields})


def judged(check: str, *exchanges: Exchange) -> Judgement:
    return judge(CHECKS[check], {"taken": exchanges}, claimed=False)


def of_table(check: str, *exchanges: Exchange) -> Judgement:
    name = check.split("/")[1]
    return judge(CHECKS[check], {name: exchanges}, claimed=False)


def answered(request: Request, *choices: dict[str, Any]) -> Exchange:
    return observed(request=request, body={"choices": [*choices]})


def rejected(table: str, case: str, status: int, body: Any) -> Exchange:
    facts: dict[str, Any] = {"id": table, "case": case, "invalid": True, "expects": frozenset({400})}
    return observed(request=chat(), status=status, body=body, **facts)


def test_a_custom_tool_that_is_dropped_does_not_say_that_tool_choice_has_no_effect() -> None:
    required = "tools.choice.required/chat_completion/required_function_is_called"
    assert judged(required, answered(chat(tools=[NOTE], tool_choice="required"), TEXT)).verdict is Verdict.INCONCLUSIVE
    found = judged(required, answered(chat(tools=[WEATHER], tool_choice="required"), TEXT))
    assert (found.verdict, found.findings) == (Verdict.DEVIATES, ("ignored:tool_choice",))


def test_what_is_quoted_of_an_error_are_its_bytes() -> None:
    named = CHECKS["errors.missing_field/invalid_field/error_names_the_field"]
    error = {"message": UPSTREAM, "type": "INVALID_ARGUMENT", "param": None, "code": 400}
    taken = rejected("errors.missing_field/invalid_field", "no-messages", 400, {"error": error})
    found = judge(named, {"invalid_field": taken}, claimed=False)
    assert "GenerateContentRequest.contents" in found.reason


@pytest.mark.parametrize(
    ("check", "wrong", "right"),
    [
        ("errors.missing_field/invalid_field/malformed_message_is_rejected", "message-without-role", "no-model"),
        ("auth.missing/invalid_key/missing_key_is_rejected", "no-key", "wrong-key"),
    ],
)
def test_of_a_table_only_the_request_that_was_answered_wrongly_is_accused(check: str, wrong: str, right: str) -> None:
    table = CHECKS[check].sent[0].id
    served = rejected(table, wrong, 200, {"choices": [TEXT]})
    refused = rejected(table, right, 400, {"error": {"message": "No.", "type": "invalid_request_error"}})
    found = of_table(check, refused, served)
    assert (found.verdict, found.places) == (Verdict.DEVIATES, (f"{table}[{wrong}]",))


@pytest.mark.parametrize(("choices", "finding"), [(1, "ignored:n"), (2, "partly:n")])
def test_fewer_choices_than_requested_say_whether_n_is_read(choices: int, finding: str) -> None:
    found = judged("params.n/chat_completion/there_are_n_choices", answered(chat(n=3), *[TEXT] * choices))
    assert (found.verdict, found.findings) == (Verdict.DEVIATES, (finding,))
