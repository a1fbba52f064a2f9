"""The line about popular clients says what works and what fails first."""

from typing import Any

from conformance.report.clients import clients_line
from conformance.wire.verdict import Verdict


class FakeResult:
    """What the line reads of a result."""

    def __init__(self, case: str, verdict: Verdict, reason: str = "", capability: str = "clients.chat") -> None:
        self.case, self.verdict, self.reason, self.capability = case, verdict, reason, capability
        self.statement = "plain_chat_works"


def line(*results: FakeResult) -> str:
    given: Any = results
    return clients_line(given)


def test_a_client_whose_checks_all_conform_works() -> None:
    assert line(FakeResult("langchain", Verdict.CONFORMS), FakeResult("langchain", Verdict.CONFORMS)) == (
        "clients: langchain works"
    )


def test_a_failure_is_named_with_its_reason_in_one_line() -> None:
    failed = FakeResult("codex", Verdict.DEVIATES, "the stream\nhas no text")
    assert line(FakeResult("codex", Verdict.CONFORMS), failed) == "clients: codex fails (the stream has no text)"


def test_what_is_inconclusive_or_unsupported_is_not_said_to_work() -> None:
    untold = FakeResult("langchain", Verdict.INCONCLUSIVE)
    refused = FakeResult("ai-sdk", Verdict.UNSUPPORTED)
    assert line(FakeResult("langchain", Verdict.CONFORMS), untold, refused) == (
        "clients: langchain not told, ai-sdk partly unsupported"
    )


def test_without_a_result_about_clients_there_is_no_line() -> None:
    assert line(FakeResult("", Verdict.CONFORMS, capability="chat.basic")) == ""
