"""
Writes a check of your own from a recorded exchange: what is sent, and the shape of the response as assertions.

`conformance new check --from FILE[:N] --to acme --name greeting` makes the package `acme`, or adds to it:
`exchange_greeting.py` sends the recorded request, `test_greeting.py` holds one assertion for each key of the recorded
response. Edit them; then `--checks acme --capability 'acme.*'` runs them. Exit codes: 0; 4 wrong use.
"""

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from keyword import iskeyword
from pathlib import Path
from pprint import pformat
from typing import Any

from conformance.files import write_text
from conformance.foreign.command import everything_in
from conformance.foreign.exchange import Found
from conformance.wire.response import NotJson
from conformance.wire.text import visible
from conformance.wire.verdict import UsageError

USAGE = 4
WIDTH = 100
MOST = 60
WORDS = frozenset({"object", "type", "role", "finish_reason", "status"})
"""Keys whose values are words of the protocol: of the others only the type is asserted."""

_TYPES = {str: "str", bool: "bool", int: "int", float: "float", list: "list", dict: "dict"}
_KEY = re.compile(r"[A-Za-z_][\w-]{0,60}", re.ASCII)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the files, say which; return the exit code."""
    options = parser().parse_args(arguments)
    try:
        written = write(options.source, options.to, options.name)
    except (UsageError, OSError) as error:
        sys.stderr.write(f"{visible(str(error))}\n")
        return USAGE
    for path in written:
        sys.stdout.write(f"written: {path}\n")
    package = options.to.name
    sys.stdout.write(f"run it with: --checks {options.to} --capability '{package}.{options.name}'\n")
    return 0


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance new", description=text, epilog=more)
    made.add_argument("what", choices=["check"])
    made.add_argument(
        "--from", dest="source", required=True, metavar="FILE[:N]", help="the N-th exchange of a recording"
    )
    made.add_argument("--to", type=Path, required=True, metavar="FOLDER", help="the package of your checks")
    made.add_argument("--name", required=True, help="what the exchange is called, for example greeting")
    return made


def write(source: str, folder: Path, name: str) -> list[Path]:
    """Write a check from a recorded exchange into a package. Raises `UsageError`; nothing that is there is replaced."""
    for word in (name, folder.name):
        if not word.isidentifier() or not word.isascii() or iskeyword(word):
            raise UsageError(f"`{word}` cannot be the name of a module: use small letters, digits and underscores")
    found = _found(source)
    files = {
        folder / f"exchange_{name}.py": _exchange(found, folder.name, name),
        folder / f"test_{name}.py": _checks(found, folder.name, name),
    }
    for path in files:
        if path.exists():
            raise UsageError(f"{path} is there already: choose another --name")
    if not (folder / "__init__.py").exists():
        files = {folder / "__init__.py": '"""Checks of our own."""\n', **files}
    for path, text in files.items():
        write_text(path, text)
    return list(files)


def _found(source: str) -> Found:
    place, _, number = source.rpartition(":") if re.search(r":\d+\Z", source) else (source, "", "1")
    everything, _ = everything_in([Path(place)])
    found = {one.exchange.case: one for one in everything if isinstance(one, Found)}
    wanted = f"{Path(place).name}:{number}"
    if wanted not in found:
        known = ", ".join(sorted(found)[:5]) or "none that can be used"
        raise UsageError(f"there is no exchange {number} in {place}; there are: {known}")
    return found[wanted]


def _exchange(found: Found, package: str, name: str) -> str:
    request = found.exchange.sent
    body = request.json
    if body is None and request.method != "GET":
        raise UsageError("its request is not JSON: write the exchange by hand, see CONTRIBUTING.md")
    modelled = isinstance(body, dict) and isinstance(body.get("model"), str)
    shown = pformat({**body, "model": None} if modelled else body, width=WIDTH, sort_dicts=False)
    call = f"post({request.path!r}, body)" if request.method == "POST" else f"get({request.path!r})"
    role = "embedding" if request.operation == "embeddings" else "chat"
    lines = [
        f'"""What is sent for `{package}.{name}`, as it was recorded."""',
        "",
        "from conformance import MUST, Capability, Request, Target, exchange",
        f"from conformance.requests import {'post' if request.method == 'POST' else 'get'}",
        "",
        f'CAPABILITY = Capability("{package}.{name}", MUST, "{name.replace("_", " ")}")',
        "",
        *([f"BODY = {shown}", ""] if request.method == "POST" else []),
        "",
        f"@exchange(CAPABILITY{'' if modelled else ', roles=()'})",
        f"def {name}(target: Target) -> Request:",
        f'    """The recorded request `{request.method} /{request.operation}`."""',
        *_call(call, role, modelled=modelled),
    ]
    return "\n".join(lines) + "\n"


def _call(call: str, role: str, *, modelled: bool) -> Iterator[str]:
    if "body" in call:
        yield f'    body = {{**BODY, "model": target.model("{role}")}}' if modelled else "    body = BODY"
    yield f"    return {call}"


def _checks(found: Found, package: str, name: str) -> str:
    asserted = list(_assertions(found, name))[:MOST]
    lines = [
        f'"""What must hold of the response to `{package}.{name}`: its shape, as it was recorded."""',
        "",
        f"from {package}.exchange_{name} import CAPABILITY, {name}",
        "from conformance import OBSERVED, Exchange, must",
        "",
        "# Say where it is agreed, and when: both are printed when an endpoint is accused.",
        'AGREED = OBSERVED("our own recording", "https://example.com/agreement", "2026-01")',
        "",
        "",
        "@must(CAPABILITY, says=AGREED)",
        f"def test_{name}_has_the_recorded_shape({name}: Exchange) -> None:",
        '    """The response has the keys and the types that were recorded."""',
        *(f"    {line}" for line in asserted),
    ]
    return "\n".join(lines) + "\n"


def _assertions(found: Found, name: str) -> Iterator[str]:
    response = found.exchange.received
    if found.exchange.is_stream:
        events = [event.event for event in found.exchange.events if event.event]
        last = "[DONE]" if found.exchange.events[-1].data.strip() == "[DONE]" else ""
        yield f"assert {name}.chunks"
        if events:
            yield f"assert {{event.event for event in {name}.events}} >= set({sorted(set(events))!r})"
        if last:
            yield f'assert {name}.events[-1].data.strip() == "{last}"'
        return
    try:
        value = response.json
    except NotJson:
        yield f"assert {name}.received.body"
        return
    yield from _of(value, name, "")


def _of(value: Any, name: str, path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if _KEY.fullmatch(key):
                yield from _key(one, name, f"{path}.{key}" if path else key, key)
    elif isinstance(value, list) and value and path:
        yield from _of(value[0], name, f"{path}.0")


def _key(value: Any, name: str, path: str, key: str) -> Iterator[str]:
    if value is None:
        return
    kind = "float" if isinstance(value, float) else _TYPES[type(value)]
    if key in WORDS and isinstance(value, str) and _KEY.fullmatch(value.replace(".", "_")):
        yield f'assert {name}.at("{path}", str) == {value!r}'
    elif not isinstance(value, dict):
        yield f'{name}.at("{path}", {kind})'
    yield from _of(value, name, path)
