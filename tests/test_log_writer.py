"""The log holds no secret, whatever it is given."""

from pathlib import Path

from conformance.log import records
from conformance.log.records import ExchangeLine
from conformance.log.writer import Log, without_secrets
from conformance.targets.secrets import Secrets
from conformance.wire.response import Ending
from conformance.wire.verdict import Verdict
from tests import runs
from tests.fakes import SECRET

TOLD = f'it tells "{SECRET}"'


def test_no_line_of_a_log_holds_a_secret(tmp_path: Path) -> None:
    log = Log(tmp_path, [runs.target("alpha")], ["pytest", f"--odd={SECRET}"], secrets=Secrets.of([SECRET]))
    log.add(runs.result(Verdict.DEVIATES, reason=TOLD, findings=[TOLD], places=[TOLD]))
    log.add_exchanges([ExchangeLine(target="alpha", id="a/b", ending=Ending.PEER, reason=TOLD, attempts=[TOLD])], 1)
    log.close(status=0, targets=[], whole=False)
    assert SECRET[:8] not in (tmp_path / records.LOG).read_text(encoding="utf-8")
    assert SECRET[:8] not in repr(log.results)
    (result,) = records.read(tmp_path).results
    assert result.reason.startswith('it tells "[our-key]**')
    assert len(result.reason) == len(TOLD)


def test_a_result_without_a_secret_is_the_same_result() -> None:
    result = runs.result(Verdict.DEVIATES, reason="it tells nothing")
    assert without_secrets(result, Secrets.of([SECRET])) is result
