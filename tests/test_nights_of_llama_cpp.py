"""Two nights of a real server: the same again is no drift, and a start option is told by what it changes alone."""

from importlib.util import find_spec
from pathlib import Path

import pytest

from conformance.contract.command import main as contract
from conformance.contract.file import CONTRACTS
from conformance.drift.command import main as drift
from conformance.drift.document import Document
from conformance.drift.finding import Who
from conformance.shapes.change import Impact
from tests.whole_run import Ran, Runner, run

__all__ = ["run"]

pytestmark = [
    pytest.mark.long,  # it starts the server three times
    pytest.mark.skipif(
        find_spec("xllamacpp") is None, reason="xllamacpp is not installed: requirements/servers/llama-cpp.txt"
    ),
]

ASKED = [
    option
    for name in ("chat.basic", "chat.stream.done", "tools.basic", "embeddings.*", "models.*")
    for option in ("--capability", name)
]


def night(run: Runner, *arguments: str) -> Ran:
    """Start the server with some options, and measure it."""
    (run.root / "targets").mkdir(exist_ok=True)
    (run.root / "targets/tiny.toml").write_text(
        'title = "tiny"\n[models]\nchat = "tiny-chat"\nembedding = "tiny-chat"\n[server]\n'
        f'module = "conformance.servers.llama_cpp"\narguments = {list(arguments)}\n[limits]\nper_minute = 0\n',
        encoding="utf-8",
    )
    return run.whole("--target", "targets/tiny.toml", "--level", "may", *ASKED)


def drifted(root: Path, ran: Ran) -> tuple[int, Document]:
    code = drift(["--target", "tiny", "--run", str(ran.folder)])
    return code, Document.model_validate_json((root / "reports/drift/tiny/drift.json").read_bytes())


def test_a_start_option_is_told_by_what_it_changes_and_the_same_again_by_nothing(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(run.root)
    night(run)
    assert contract(["--target", "tiny"]) == 0
    first = (run.root / CONTRACTS / "tiny.json").read_text(encoding="utf-8")

    again = night(run)
    code, same = drifted(run.root, again)
    assert (code, same.findings, same.unmeasured) == (0, [], [])
    assert contract(["--target", "tiny", "--output", "again"]) == 0
    name, other = (min((run.root / "reports/runs").iterdir()).name, again.folder.name)
    assert (run.root / "again/tiny.json").read_text(encoding="utf-8") == first.replace(name, other)

    code, changed = drifted(run.root, night(run, "--no-embeddings"))
    assert code == 1
    (breaking,) = changed.findings
    assert breaking.impact is Impact.BREAKING
    assert breaking.moved.who is Who.VENDOR
    assert "501" in breaking.after
    assert all(part.startswith("embeddings.") for part in breaking.parts)
