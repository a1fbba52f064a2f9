"""Under xdist every request is sent once, whatever number of processes judge."""

import re
from collections import Counter

from conformance.wire.verdict import Verdict
from tests import hostile
from tests.hostile import serving
from tests.whole_run import KEY, Runner, endpoint, run

__all__ = ["run"]

SELECTION = ("--capability", "chat.role.*", "--capability", "models.*", "--capability", "chat.stream.basic")
PLAN = re.compile(r"at most \d+ requests, about \d+ tokens")


DYING = hostile.where(lambda seen: b"code word" in seen.body, hostile.hang_up, hostile.faithful(KEY))
"""Some exchanges are tried three times and fail; what failed for one worker must not be tried again by the other."""


def asked_for(asked: list[tuple[str, bytes]]) -> list[tuple[str, bytes]]:
    """Return what was asked, but for looks whether anything is answered, which turn on what else is in flight."""
    return [pair for pair in asked if pair != ("GET /v1/models", b"")]


def test_two_processes_send_what_one_sends_and_judge_the_same(run: Runner) -> None:
    with serving(DYING) as alone_server:
        alone = run.at(alone_server.base_url, "--name", "endpoint", *SELECTION)
        expected, verdicts, owed = alone_server.asked, alone.verdicts, alone.run.footer
        (run.root / "reports" / "runs").rename(run.root / "first")
    with serving(DYING) as shared_server:
        shared = run.process(*endpoint(shared_server.base_url), "--name", "endpoint", *SELECTION, "-n", "2")
    assert asked_for(shared_server.asked) == asked_for(expected)
    assert 3 in Counter(expected).values()
    assert {Verdict.CONFORMS, Verdict.INCONCLUSIVE} <= set(verdicts.values())
    assert shared.verdicts == verdicts
    assert shared.code == alone.code
    assert owed is not None
    assert shared.run.footer is not None
    assert (shared.run.footer.requests, owed.requests) == (len(shared_server.asked), len(expected))
    assert {(line.id, line.case) for line in shared.run.exchanges} >= {("chat.basic/hello", "")}
    assert len(PLAN.findall(shared.said)) == 1
    assert PLAN.findall(shared.said) == PLAN.findall(alone.said)
    assert hostile.files_with(run.root, KEY) == []
