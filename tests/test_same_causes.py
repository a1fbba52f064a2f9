"""One run, its replay, its replay in two processes and its resumption tell the same causes, in the same order."""

import shutil

from conformance.causes.gather import causes
from conformance.log.records import Run
from conformance.record.spool import EXCHANGES
from conformance.simulator.app.server import running
from conformance.simulator.deviations import table
from tests.whole_run import KEY_ENV, Runner, run

__all__ = ["run"]

WRONG = "error-code-is-integer-no-type,usage-fields-null,stream-chunk-object-empty-string"
SELECTED = ("chat.basic", "chat.stream.basic", "chat.stream.chunk_schema", "usage.present", "errors.missing_field")
FILTER = tuple(argument for name in SELECTED for argument in ("--capability", name))


def told(run: Run) -> list[tuple[object, ...]]:
    """Return what the page says of the causes, from top to bottom."""
    (facts,) = run.header.targets
    return [
        (cause.id, cause.damage, cause.agents, cause.breaks, cause.similar, cause.labels, cause.first.reason)
        for cause in causes(run, facts.name)
    ]


def test_causes_order_and_damage_do_not_depend_on_how_a_run_is_judged(run: Runner) -> None:
    with running(None, table()) as url:
        at = ("--base-url", url.replace("/v1", f"/~{WRONG}/v1"), "--model", "sim-chat", "--api-key-env", KEY_ENV)
        first = run.whole(*at, *FILTER)
        expected, folder = told(first.run), first.folder
        assert len(expected) > 2, first.said
        assert len({damage for _, damage, *_ in expected}) > 1
        for begin, more in ((run.whole, ()), (run.whole.process, ("-n", "2"))):
            again = begin("--mode", "replay", "--from", str(folder), *FILTER, *more)
            assert again.folder != folder, again.said
            assert told(again.run) == expected
            shutil.rmtree(again.folder)
        shutil.rmtree(next((folder / EXCHANGES).glob("*/chat.stream.basic")))
        resumed = run.whole("--resume", str(folder), "--api-key-env", KEY_ENV)
    assert resumed.folder == folder, resumed.said
    # What was asked again has ids of its own, which reasons quote.
    assert [cause[:-1] for cause in told(resumed.run)] == [cause[:-1] for cause in expected]
