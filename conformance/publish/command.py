"""
Publishes runs of real servers: `index`, `ten` and `requirements` in `reports/published`, and the table in the README.

A RUN is the folder of a run, its name, `latest`, or a target's name for its newest run; a target without one is
replayed from its committed cassettes. Each replaces what was published of that server before; without one the pages
are made again from what is published. What was only rehearsed, and the suite's own simulator, is rejected. Exit codes:
0 published, or with --check all is as it would be; 1 with --check something is not; 4 wrong use.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from conformance.alive import alive
from conformance.compare.side import Side, sides
from conformance.files import replace_file, shared_mode
from conformance.log.records import LOG
from conformance.publish.catalogue import digest, requirements, with_examples
from conformance.publish.document import SERVERS, Published, dump, read_all, verified_in
from conformance.publish.index_page import index_html
from conformance.publish.markdown import index_markdown, with_summary
from conformance.publish.measured import published
from conformance.publish.parts import INDEX, REQUIREMENTS, TEN, page_of
from conformance.publish.requirements_page import requirements_html
from conformance.publish.server_page import server_html
from conformance.publish.ten_page import ten_html, ten_markdown
from conformance.run.folder import CASSETTES, RUNS
from conformance.wire.text import printable
from conformance.wire.verdict import UsageError

OUTPUT, README = Path("reports") / "published", Path("README.md")
LARGEST = 4 * 1024 * 1024
"""Bytes of all that is published beside the detection score: a clone must stay small."""
USAGE = 4


def main(arguments: Sequence[str] | None = None) -> int:
    """Publish runs, or with `--check` compare; print what was written or differs, and return the exit code."""
    options = _parser().parse_args(arguments)
    try:
        if options.check:
            return _check(options.output, options.readme)
        for server in _measured(options):
            _write(options.output / SERVERS / f"{server.name}.json", dump(server))
            _say(f"{server.column}: {len(server.findings)} causes, recorded on {server.day}")
        for name in options.withdraw:
            _withdraw(options.output, name)
        written = _pages(options)
    except UsageError as error:
        sys.stderr.write(f"{printable(str(error))}\n")
        return USAGE
    _say(f"Published  {options.output / INDEX} ({written:,} bytes in all)")
    return 0


def _parser() -> argparse.ArgumentParser:
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    parser = argparse.ArgumentParser(prog="conformance publish", description=text, epilog=more)
    add = parser.add_argument
    add("run", nargs="*", metavar="RUN|TARGET", help="what is published; with #TARGET one target of a run")
    add("--check", action="store_true", help="write nothing, and say what is not as it would be")
    add(
        "--version", action="append", default=[], metavar="NAME=TEXT", help="the version of a server, if no pins say it"
    )
    add("--withdraw", action="append", default=[], metavar="NAME", help="publish no longer what is known of a server")
    add("--no-requirements", action="store_true", help="leave the page of the requirements: it takes a minute")
    add("--output", type=Path, default=OUTPUT, metavar="DIR", help=f"where it is written (default: {OUTPUT})")
    add("--readme", type=Path, default=README, metavar="FILE", help=f"whose table is written (default: {README})")
    add("--runs", type=Path, default=RUNS, metavar="DIR", help=f"where runs are (default: {RUNS})")
    return parser


def _measured(options: argparse.Namespace) -> Iterator[Published]:
    versions = dict(pair.partition("=")[::2] for pair in options.version)
    for name in options.run:
        with tempfile.TemporaryDirectory() as folder:
            for side in _sides(name, options.runs, Path(folder)):
                with alive(f"reading the recordings of {side.name}"):
                    found = published(side, versions.get(side.facts.name, ""))
                yield found


def _sides(name: str, runs: Path, folder: Path) -> list[Side]:
    try:
        return sides([name], Path.cwd(), runs)
    except UsageError:
        if not (CASSETTES / name).is_dir():
            raise
    _say(f"{name}: no run; replaying {CASSETTES / name}")
    words = ("--target", name, "--mode", "replay", "--level", "may", "--cost", "all", "--output", str(folder))
    command = [sys.executable, "-m", "conformance", "-q", *words]
    with alive(f"replaying {name}"):
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL)  # noqa: S603  our own; its code is the server's
    written = next(folder.glob(f"*/{LOG}"), None)
    if written is None:
        raise UsageError(f"{name}: its cassettes could not be replayed: python {' '.join(command[1:])}")
    return sides([str(written.parent)], Path.cwd(), folder)


def _withdraw(folder: Path, name: str) -> None:
    path = folder / SERVERS / f"{name}.json"
    if name not in {server.name for server in read_all(folder)}:
        raise UsageError(f"--withdraw {name}: nothing is published of it")
    path.unlink()
    path.with_suffix(".html").unlink(missing_ok=True)


def pages(servers: Sequence[Published], verified: Collection[str] = ()) -> Mapping[str, str]:
    """Return the pages that are made from what is published alone, by their path; that of the requirements is not."""
    return {
        "index.md": index_markdown(servers, verified),
        "ten.md": ten_markdown(servers),
        TEN: ten_html(servers),
        **{page_of(server): server_html(server) for server in servers},
        INDEX: index_html(servers, verified),
    }


def _pages(options: argparse.Namespace) -> int:
    """Write all pages and the table of the README; return how many bytes are published."""
    servers = read_all(options.output)
    for path, text in pages(servers, verified_in(options.output)).items():
        _write(options.output / path, text)
    if not options.no_requirements:
        with alive("asking the simulator for a response to each requirement"):
            text = requirements_html(with_examples(requirements(servers)))
        _write(options.output / REQUIREMENTS, text)
    if options.readme.is_file():
        _write(options.readme, with_summary(options.readme.read_text(encoding="utf-8"), servers))
    size = sum(path.stat().st_size for path in _files(options.output))
    if size > LARGEST:
        raise UsageError(f"{size:,} bytes are published, more than {LARGEST:,}: --withdraw a server")
    return size


def _files(folder: Path) -> list[Path]:
    found = [folder / "index.md", folder / "ten.md", *folder.glob("*.html"), *(folder / SERVERS).glob("*.*")]
    return [path for path in found if path.is_file()]


def _check(folder: Path, readme: Path) -> int:
    """Say what is not as it would be written; return 1 if there is something."""
    wrong = differing(folder, readme)
    for path in wrong:
        _say(f"{path} is not what `nox -s publish` writes")
    return 1 if wrong else 0


def differing(folder: Path, readme: Path) -> list[Path]:
    """Return the files that are not as they would be written; of the requirements the examples are not looked at."""
    servers = read_all(folder)
    made = {folder / path: text for path, text in pages(servers, verified_in(folder)).items()} if servers else {}
    wrong = [path for path, text in made.items() if _read(path) != text]
    told = _read(readme)
    wrong += [readme] if with_summary(told, servers) != told else []
    page = folder / REQUIREMENTS
    if page.is_file() and f'data-digest="{digest(requirements(servers))}"' not in _read(page):
        wrong.append(page)
    return wrong


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def _write(path: Path, text: str) -> None:
    """Write what is committed: it is readable by all, as every file of a checkout."""
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, text.encode("utf-8"), mode=shared_mode())


def _say(text: str) -> None:
    sys.stdout.write(f"{printable(text)}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
