"""
What the HTML reports share: the shell of a page, links, data for scripts, and text that is safe to show.

Everything that an endpoint sent is hostile. htpy and markupsafe escape every plain string; `page` makes visible what
would be invisible or would turn the reading direction, in the whole page at once, so that no text can miss it.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import htpy as h
from htpy import Node
from markupsafe import Markup, escape

from conformance.report.address import address
from conformance.wire.text import first_within, visible

LARGEST = 950_000
"""Bytes of a page. Rows or words are left out until it fits; the JSON file beside it has them all."""

_OUTWARD = Markup('<a rel="noreferrer noopener" href="%s">%s</a>')
_CODE = re.compile("`([^`]*)`")
_LINK = Markup('<a href="%s">%s</a>')


def markup(nodes: h.Element | h.Fragment) -> Markup:
    """Return what was built as text, to be measured or used more than once."""
    return Markup(nodes)  # noqa: S704  htpy escaped it


def content(text: str) -> Markup:
    """
    Return a text as the content of an element, as long as it will be in the page.

    Quotes have no meaning there, and JSON is full of them: escaped, a recorded body would be half as long again.
    """
    return Markup(str(escape(visible(text))).replace("&#34;", '"').replace("&#39;", "'"))  # noqa: S704  escaped


def coded(text: str) -> Node:
    """Return a text with what stands between two backticks as code."""
    return h.fragment[[h.code[part] if number % 2 else part for number, part in enumerate(_CODE.split(text))]]


def facts_table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Node:
    """Return a table of the matrix page; the first cell of a row is its head, and code."""
    head = h.thead[h.tr[[h.th(scope="col")[name] for name in heads]]]
    body = h.tbody[[h.tr[h.th(scope="row")[h.code[first]], [h.td[cell] for cell in cells]] for first, *cells in rows]]
    return h.div(class_="wide", tabindex=0)[h.table(class_="facts")[head, body]]


def link(path: str, text: str) -> Markup:
    """Return a link to a file beside or below the page. It can never be an address elsewhere."""
    return _LINK % (href(path), text)


def href(path: str) -> str:
    """Return what a link to a file beside or below the page names; file names of recordings hold `%` themselves."""
    return "./" + quote(path, safe="/.-_~#=")


def outward(url: str, text: str) -> Markup:
    """Return a link to a document elsewhere, which a reader may follow and no browser follows by itself."""
    return _OUTWARD % (address(url), text) if address(url) else Markup(escape(text))  # noqa: S704  escaped


def island(value: Any) -> Markup:
    """Return a JSON value that may stand inside a `script` element: nothing in it ends the element."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704  cannot end its element


def page(title: str, *body: Node, css: str, script: str = "", data: Any = None) -> str:
    """
    Return a whole page that needs no other file and calls nobody.

    Its policy allows this one style sheet and this one script by their digests, and nothing else.
    """
    policy = f"default-src 'none'; style-src {_digest(css)}; base-uri 'none'; form-action 'none'"
    policy += f"; script-src {_digest(script)}" if script else ""
    head = h.head[
        h.meta(charset="utf-8"),
        h.meta(http_equiv="Content-Security-Policy", content=policy),
        h.meta(name="viewport", content="width=device-width, initial-scale=1"),
        h.meta(name="referrer", content="no-referrer"),
        h.meta(name="color-scheme", content="light dark"),
        h.title[title],
        h.style[Markup(css)],  # noqa: S704  ours
    ]
    scripts = [
        h.script(type="application/json", id="data")[island(data)],
        h.script[Markup(script)],  # noqa: S704  ours
    ]
    return visible(f"{h.html(lang='en')[head, h.body[body, scripts if script else None]]}\n")


def fitting(pages: Iterable[str]) -> str:
    """Return the first of some pages that is not too large, or else the last; those behind it are not made."""
    return first_within(pages, LARGEST)


@cache
def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@cache
def read_asset(path: str) -> str:
    """Return a style sheet or script of the reports, by its path below this package."""
    return files("conformance.report").joinpath(path).read_text(encoding="utf-8")
