"""
The `curl` command that sends a request: one that was recorded, or one as a check writes it. For a POSIX shell.

It holds no secret: the key, and the values of other headers that carry one, are named by variables.
"""

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from html import escape
from urllib.parse import urlsplit

from conformance.record.form import Part, parts
from conformance.record.headers import KEY_VARIABLE
from conformance.record.recording import Recording, Sent
from conformance.targets.auth import USUAL, Auth
from conformance.wire.request import WRONG_KEY, Key, Request
from conformance.wire.text import visible

BASE_VARIABLE = "BASE_URL"

_LONGEST = 10_000
_EXPECTS = 1024 * 1024
"""From so many bytes of a body on, curl asks with `Expect` whether it may send them."""

_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_INERT = re.compile(r"[\w :./=,;-]*", re.ASCII)
_PLAIN_FIELD = re.compile(r"[\w ./:-]*", re.ASCII)


def command_of(recording: Recording, body_file: str, key: Key = Key.VALID) -> str:
    """Return the command for a recording; `body_file` and `key` as in `command`."""
    provenance = recording.provenance
    return command(recording.sent, key, body_file, provenance.auth or USUAL, provenance.withheld)


def command_for(request: Request, body_file: str) -> str:
    """Return the command for a request as a check writes it: a shell has the base URL and the key in variables."""
    headers = dict(request.headers)
    content = request.content or b""
    if request.json is not None:
        content = json.dumps(request.json, ensure_ascii=False).encode("utf-8", "backslashreplace")
        headers = {"Content-Type": "application/json", **headers}
    sent = Sent(request.method, request.path, tuple(headers.items()), content)
    return command(sent, request.key, body_file, base=BASE_VARIABLE)


def command(  # noqa: PLR0913  what was sent, and what a recording tells of it
    sent: Sent,
    key: Key,
    body_file: str,
    auth: Auth = USUAL,
    withheld: Mapping[str, str] | None = None,
    *,
    base: str = "",
) -> str:
    """
    Return the command, in one line but for line feeds of the body, quoted for a POSIX shell.

    `withheld` names the headers with a secret value, and the variable of each; it is None where the recording does not
    tell, and `key` says then which key was sent. `body_file` is where a body lies that no command line can hold.
    `base`: the variable with the base URL, where the URL of what was sent is a path below it.
    """
    form = _form(sent)
    words = ["curl", "-sS", "-i", "-N"]
    if any(character in sent.url for character in "[]{}"):
        words.append("--globoff")
    if "/." in sent.url:
        words.append("--path-as-is")
    if sent.method == "HEAD":
        words.append("--head")
    elif sent.method != ("POST" if sent.body else "GET"):
        words += ["-X", sent.method]
    written = [shlex.quote(word) for word in words]
    written.append(f'"${base}"{shlex.quote(sent.url)}' if base else shlex.quote(_with_scheme(sent.url)))
    written += _authorization(key, auth) if withheld is None else _secret_headers(withheld, auth)
    for header in _headers(sent, without_type=bool(form), whole=withheld is not None):
        written += ["-H", shlex.quote(header)]
    if form:
        written += _form_words(form, body_file)
    elif sent.body:
        written += _body(sent, body_file)
    return " ".join(written)


def _with_scheme(url: str) -> str:
    return url if urlsplit(url).scheme in {"http", "https"} else f"http:{url}"


def files_beside(sent: Sent, body_file: str) -> dict[str, bytes]:
    """Return the files that the command reads, by name: the body, or the files of a form."""
    form = _form(sent)
    if form:
        return {_part_file(body_file, n): part.content for n, part in enumerate(form) if part.filename is not None}
    return {body_file: sent.body} if sent.body and body_as_file(sent) else {}


def body_as_file(sent: Sent) -> bool:
    """Tell whether the body is better read from a file: it is long, or a shell could not pass it on."""
    return not _fits(sent.body)


def _fits(data: bytes) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return text.replace("\n", "").isprintable() and len(_in_a_page(shlex.quote(text)).encode()) <= _LONGEST


def _in_a_page(text: str) -> str:
    return escape(visible(text), quote=False)


def _headers(sent: Sent, *, without_type: bool, whole: bool) -> Iterator[str]:
    """Yield the headers as curl takes them; `whole`: what is not among them was not sent, and curl is to leave it."""
    told = {name.lower() for name, _ in sent.headers}
    for name, value in sent.headers:
        if _NAME.fullmatch(name) and not (without_type and name.lower() == "content-type"):
            yield f"{name}: {value}" if value else f"{name};"
    if sent.body and not without_type and "content-type" not in told:
        yield "Content-Type:"  # else curl would call it a form
    if whole and "accept" not in told:
        yield "Accept:"
    if len(sent.body) >= _EXPECTS and "expect" not in told:
        yield "Expect:"


def _authorization(key: Key, auth: Auth) -> list[str]:
    match key:
        case Key.VALID:
            return ["-H", _with_variable(f"{auth.header}: {auth.value('')}", KEY_VARIABLE)]
        case Key.WRONG:
            return ["-H", shlex.quote(f"{auth.header}: {auth.value(WRONG_KEY)}")]
        case Key.OTHER:
            return ["-H", _with_variable(f"{auth.header}: {auth.value('')}", f"OTHER_{KEY_VARIABLE}")]
        case Key.NONE:
            return []


def _secret_headers(withheld: Mapping[str, str], auth: Auth) -> Iterator[str]:
    for name, variable in withheld.items():
        before = auth.value("") if name.lower() == auth.header.lower() else ""
        yield from ("-H", _with_variable(f"{name}: {before}", variable))


def _with_variable(text: str, variable: str) -> str:
    """Return a word in which the shell puts a value in; nothing else in it has a meaning for the shell."""
    return f'"{text}${variable}"' if _INERT.fullmatch(text) else f'{shlex.quote(text)}"${variable}"'


def _form(sent: Sent) -> list[Part]:
    """Return the parts of a form that curl can put together again; none for another body."""
    media_type = next((value for name, value in sent.headers if name.lower() == "content-type"), "")
    found = list(parts(sent.body, media_type))
    return found if all(part.filename is not None or _fits(part.content) for part in found) else []


def _form_words(form: list[Part], body_file: str) -> Iterator[str]:
    for number, part in enumerate(form):
        if part.filename is not None:
            path = _quoted(_part_file(body_file, number))
            file = f"@{path};filename={_quoted(part.filename)};type={part.media_type}"
            yield from ("-F", shlex.quote(f"{part.name}={file}"))
        else:
            text = part.content.decode()
            plain = _PLAIN_FIELD.fullmatch(text) and text == text.strip()
            yield from ("-F" if plain else "--form-string", shlex.quote(f"{part.name}={text}"))


def _part_file(body_file: str, number: int) -> str:
    return f"{body_file}.{number}"


def _quoted(text: str) -> str:
    """Return a text as curl reads it in a form."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _body(sent: Sent, body_file: str) -> list[str]:
    if body_as_file(sent):
        return ["--data-binary", shlex.quote(f"@{body_file}")]
    return ["--data-raw", shlex.quote(sent.body.decode())]
