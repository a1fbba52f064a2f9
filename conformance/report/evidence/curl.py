"""The `curl` command that sends an exchange's request again. It names the key by a variable and never holds one."""

import shlex
from urllib.parse import urlsplit

from conformance.record.recording import Sent
from conformance.report.html import content
from conformance.targets.auth import USUAL, Auth
from conformance.wire.request import WRONG_KEY, Key

_LONGEST = 10_000


def body_as_file(sent: Sent) -> bool:
    """Tell whether the body is better read from a file: it is long, or a shell could not pass it on."""
    try:
        text = sent.body.decode()
    except UnicodeDecodeError:
        return True
    return not text.replace("\n", "").isprintable() or len(content(shlex.quote(text)).encode()) > _LONGEST


def command(sent: Sent, key: Key, body_file: str, auth: Auth = USUAL) -> str:
    """Return the command, in one line but for line feeds of the body, quoted for a POSIX shell."""
    words = ["curl", "-sS", "-i", "-N"]
    if any(character in sent.url for character in "[]{}"):
        words.append("--globoff")
    if sent.method == "HEAD":
        words.append("--head")
    elif sent.method != ("POST" if sent.body else "GET"):
        words += ["-X", sent.method]
    words.append(sent.url if urlsplit(sent.url).scheme in {"http", "https"} else f"http:{sent.url}")
    written = [shlex.quote(word) for word in words]
    written += _authorization(key, auth)
    for name, value in sent.headers:
        written += ["-H", shlex.quote(f"{name}: {value}")]
    if sent.body:
        if not any(name.lower() == "content-type" for name, _ in sent.headers):
            written += ["-H", "Content-Type:"]  # else curl would call it a form
        written += _body(sent, body_file)
    return " ".join(written)


def _authorization(key: Key, auth: Auth) -> list[str]:
    match key:
        case Key.VALID:
            # Double quotes, because the shell is to put the key in; what a target's file says stays out of them.
            given = shlex.quote(f"{auth.header}: {auth.value('')}")
            return ["-H", '"Authorization: Bearer $API_KEY"' if auth.usual else f'{given}"$API_KEY"']
        case Key.WRONG:
            return ["-H", shlex.quote(f"{auth.header}: {auth.value(WRONG_KEY)}")]
        case Key.NONE:
            return []


def _body(sent: Sent, body_file: str) -> list[str]:
    if body_as_file(sent):
        return ["--data-binary", shlex.quote(f"@{body_file}")]
    return ["--data-raw", shlex.quote(sent.body.decode())]
