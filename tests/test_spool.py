import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.definition.exchange_spec import ExchangeKey
from conformance.record.recording import CassetteError, KeyFound, Recording
from conformance.record.spool import Failure, Spool, failed, observed, relative, unrecorded, unsent
from conformance.wire.capability import MUST, Capability
from conformance.wire.response import Ending
from tests.fakes import SECRET, answer, asking, key, recording, spec

ODD = [
    "plain",
    "a/b",
    "../../up",
    "..",
    "/abs",
    "Grüße 世界",
    "a\nb",
    "a\0b",
    "a--b",
    "50%",
    "a.json",
    "CON",
    "\ud83d\ude00",
]


def _claims(folder: str, answers: Any) -> None:
    """Try, in another process, to claim the exchange `asked`."""
    lock = Spool(Path(folder)).claim(key(spec("asked")))
    answers.put(lock is not None)
    if lock is not None:
        lock.release()


def _claimed_elsewhere(folder: Path) -> bool:
    context = multiprocessing.get_context("spawn")
    answers = context.Queue()
    process = context.Process(target=_claims, args=(str(folder), answers))
    process.start()
    claimed: bool = answers.get(timeout=60)
    process.join(60)
    return claimed


def test_an_exchange_is_claimed_by_one_process_at_a_time(tmp_path: Path) -> None:
    lock = Spool(tmp_path).claim(key(spec("asked")))
    assert lock is not None
    assert not _claimed_elsewhere(tmp_path)
    lock.release()
    assert _claimed_elsewhere(tmp_path)


def test_an_exchange_is_claimed_once_within_a_process(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    lock = spool.claim(key(spec("asked")))
    assert lock is not None
    assert spool.claim(key(spec("asked"))) is None
    assert spool.claim(key(spec("other"))) is not None
    lock.release()
    assert spool.claim(key(spec("asked"))) is not None


def test_nothing_is_known_of_an_exchange_that_was_not_stored(tmp_path: Path) -> None:
    assert Spool(tmp_path).load(key()) is None
    assert list(tmp_path.iterdir()) == []


def test_a_stored_recording_is_loaded_and_lies_where_its_evidence_says(tmp_path: Path) -> None:
    spool, one = Spool(tmp_path), key(spec("asked"), "a b")
    evidence = spool.store(one, recording(), (SECRET,))
    assert evidence == "exchanges/fake/fake.owed/asked--a b.json"
    assert (tmp_path / evidence).is_file()
    found = spool.load(one)
    assert isinstance(found, Recording)
    assert found.response == answer()


def test_a_stored_failure_is_loaded_and_can_be_forgotten(tmp_path: Path) -> None:
    spool, one = Spool(tmp_path), key(spec("asked"), "x.y")
    spool.store_failure(one, Failure("refused", ("nothing received", "nothing received")))
    spool.store(key(spec("good")), recording(), ())
    assert Spool(tmp_path).load(one) == Failure("refused", ("nothing received", "nothing received"))
    spool.forget_failures()
    assert spool.load(one) is None
    assert isinstance(spool.load(key(spec("good"))), Recording)


def test_a_failure_keeps_its_ending_and_that_of_an_older_run_is_unreachable(tmp_path: Path) -> None:
    spool, one = Spool(tmp_path), key()
    spool.store_failure(one, Failure("a NUL", ("nothing received",), Ending.NOT_HTTP))
    assert spool.load(one) == Failure("a NUL", ("nothing received",), Ending.NOT_HTTP)
    spool.path(one).with_suffix(".failed").write_text('{"reason": "refused", "attempts": []}', encoding="utf-8")
    assert spool.load(one) == Failure("refused", (), Ending.UNREACHABLE)


def test_failures_of_a_run_without_any_are_forgotten(tmp_path: Path) -> None:
    Spool(tmp_path / "fresh").forget_failures()


def test_a_recording_counts_more_than_an_earlier_failure(tmp_path: Path) -> None:
    spool, one = Spool(tmp_path), key()
    spool.store_failure(one, Failure("refused", ()))
    spool.store(one, recording(), ())
    assert isinstance(spool.load(one), Recording)


def test_a_recording_that_holds_a_key_is_not_stored(tmp_path: Path) -> None:
    spool, one = Spool(tmp_path), key()
    with pytest.raises(KeyFound):
        spool.store(one, recording(answer({"key": SECRET})), (SECRET,))
    assert spool.load(one) is None


def test_a_damaged_recording_is_named(tmp_path: Path) -> None:
    spool, one = Spool(tmp_path), key()
    path = tmp_path / spool.store(one, recording(), ())
    path.write_text(path.read_text(encoding="utf-8")[:100], encoding="utf-8")
    with pytest.raises(CassetteError, match="cut or damaged"):
        spool.load(one)


@pytest.mark.parametrize("case", [case.encode("utf-16", "surrogatepass").decode("utf-16") for case in ODD])
def test_an_odd_case_has_a_file_of_its_own_within_the_folder(tmp_path: Path, case: str) -> None:
    spool, one = Spool(tmp_path), key(spec("asked"), case)
    path = spool.path(one)
    assert path.parent == tmp_path / "exchanges" / "fake" / "fake.owed"
    spool.store(one, recording(), ())
    assert isinstance(spool.load(one), Recording)
    lock = spool.claim(one)
    assert lock is not None
    locks = tmp_path / ".locks" / "fake" / "fake.owed"
    assert [found.suffix for found in locks.iterdir()] == [".lock"]


NAMES = st.sampled_from(["asked", "asked_a", "a"])
CASES = st.one_of(
    st.sampled_from(["", *ODD[:-1], "%2F", "a%2Fb"]), st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
)


@given(st.tuples(NAMES, CASES), st.tuples(NAMES, CASES), st.sampled_from([".json", ".failed", ".lock"]))
def test_two_exchanges_never_share_a_file(one: tuple[str, str], other: tuple[str, str], suffix: str) -> None:
    paths = [relative(key(spec(name), case)).with_suffix(suffix) for name, case in (one, other)]
    assert (paths[0] == paths[1]) == (one == other)


def test_exchanges_of_different_capabilities_and_targets_do_not_share_a_file(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    other = Capability("fake.owed.more", MUST, "more")
    keys = [
        ExchangeKey("a", spec("x")),
        ExchangeKey("b", spec("x")),
        ExchangeKey("a", spec("x", other)),
        ExchangeKey("a", spec("x"), "1"),
    ]
    assert len({spool.path(one) for one in keys}) == 4


def test_an_exchange_from_a_recording_is_what_the_recording_says() -> None:
    found = observed(key(spec("asked", expects={200, 201}), "c"), asking(), recording(), "exchanges/x.json")
    assert (found.id, found.case, found.target, found.evidence) == ("fake.owed/asked", "c", "fake", "exchanges/x.json")
    assert found.expects == {200, 201}
    assert found.ending is Ending.COMPLETE
    assert found.response == answer()


def test_what_was_not_observed_says_whose_fault_it_is() -> None:
    nothing = failed(key(), asking(), Failure("refused", ("nothing received",)))
    assert (nothing.ending, nothing.ours, nothing.response) == (Ending.UNREACHABLE, True, None)
    assert [attempt.outcome for attempt in nothing.attempts] == ["nothing received"]
    for ending in (Ending.NOT_HTTP, Ending.CLOSED):
        without = failed(key(), asking(), Failure("why", (), ending))
        assert (without.ending, without.ours, without.response) == (ending, False, None)
    assert (unsent(key(), "why").ending, unsent(key(), "why").ours) == (Ending.UNSENT, False)
    assert unsent(key(), "why", ours=True).ours
    assert (unrecorded(key(), "no file").ending, unrecorded(key(), "no file").ours) == (Ending.UNRECORDED, False)


def test_why_something_was_not_observed_is_one_printable_line() -> None:
    """Whatever an endpoint said in it: the log and the terminal must be able to hold it."""
    hostile = "it said\n  \x1b[2J \ud800\u202e"
    for found in (unsent(key(), hostile), unrecorded(key(), hostile), failed(key(), None, Failure(hostile, ()))):
        assert found.reason == "it said \ufffd[2J \ufffd\ufffd"
