"""
HTML that is safe by construction: every plain string is escaped, only `Markup` is taken as it is.

Everything that an endpoint sent is hostile. Besides the five characters of HTML, what would be invisible or would turn
the reading direction is shown by its code point.
"""

import base64
import hashlib
import html
import json
import re
from importlib.resources import files
from typing import Any
from urllib.parse import quote

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_VOID = frozenset({"meta", "input", "br"})


class Markup(str):
    """HTML that was built here, and is not escaped again."""

    __slots__ = ()


def visible(text: str) -> str:
    """Return a text in which control characters, lone surrogates and marks of direction show as `[U+202E]`."""
    return _INVISIBLE.sub(lambda match: f"[U+{ord(match[0]):04X}]", text)


def escape(text: str) -> Markup:
    """Return a text as the content of an element; markup stays as it is."""
    return text if isinstance(text, Markup) else Markup(html.escape(visible(text), quote=False))


def join(*parts: str) -> Markup:
    """Return the parts one after another, plain strings escaped."""
    return Markup("".join(escape(part) for part in parts))


def element(name: str, /, *children: str, **attributes: str | int | bool | None) -> Markup:
    """
    Return an element.

    An attribute that is None or False is left out, True stands without a value; `class_` is `class`, `data_x` is
    `data-x`.
    """
    written = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{html.escape(visible(str(value)))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    return Markup(f"<{name}{written}>" if name in _VOID else f"<{name}{written}>{join(*children)}</{name}>")


def link(path: str, *children: str, **attributes: str | None) -> Markup:
    """Return a link to a file beside or below the page. It can never be an address elsewhere."""
    return element("a", *children, href="./" + quote(path, safe="/.-_~#="), **attributes)


def island(value: Any) -> Markup:
    """Return a JSON value that may stand inside a `script` element: nothing in it ends the element."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def page(title: str, *body: str, css: str, script: str = "", data: Any = None) -> str:
    """
    Return a whole page that needs no other file and calls nobody.

    Its policy allows this one style sheet and this one script by their digests, and nothing else.
    """
    policy = f"default-src 'none'; style-src {_digest(css)}; base-uri 'none'; form-action 'none'"
    policy += f"; script-src {_digest(script)}" if script else ""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", Markup(css)),
    )
    scripts = []
    if script:
        scripts = [
            element("script", island(data), type="application/json", id="data"),
            element("script", Markup(script)),
        ]
    return f'<!DOCTYPE html>\n<html lang="en">{head}\n<body>{join(*body, *scripts)}</body></html>\n'


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def read_asset(path: str) -> str:
    """Return a style sheet or script of the reports, by its path below this package."""
    return files("conformance.report").joinpath(path).read_text(encoding="utf-8")
