"""One line about popular clients: for each of them, whether all works that it sends by default, or what fails first."""

from collections.abc import Iterable

from conformance.log.records import Result
from conformance.wire.text import cut, printable
from conformance.wire.verdict import Verdict

FAMILY = "clients."
_LONGEST = 80
_WORDS = {Verdict.UNSUPPORTED: "partly unsupported", Verdict.ERROR: "not measured", Verdict.UNRECORDED: "not measured"}


def clients_line(results: Iterable[Result]) -> str:
    """
    Return `clients: langchain works, codex fails (reason)` of one target's results; empty when none was judged.

    A client works when every check of its requests conforms; one that leaves something untold is not said to work.
    """
    by_client: dict[str, list[Result]] = {}
    for result in results:
        if result.capability.startswith(FAMILY) and result.case:
            by_client.setdefault(result.case.partition(",")[0], []).append(result)
    told = [f"{client} {_outcome(of_client)}" for client, of_client in by_client.items()]
    return f"clients: {', '.join(told)}" if told else ""


def _outcome(results: list[Result]) -> str:
    failed = next((result for result in results if result.verdict is Verdict.DEVIATES), None)
    if failed is not None:
        return f"fails ({cut(printable(failed.reason or failed.statement), _LONGEST)})"
    rest = {result.verdict for result in results} - {Verdict.CONFORMS}
    if not rest:
        return "works"
    return next((word for verdict, word in _WORDS.items() if verdict in rest), "not told")
