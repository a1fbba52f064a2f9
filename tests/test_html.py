"""What every HTML report relies on: nothing is markup that we did not build, and nothing is invisible."""

import htpy as h
import pytest

from conformance.report.html import coded, content, island, link, page
from tests.pages import Elements

HIDDEN = "a\u202eb\x00\ud800"
SHOWN = "a[U+202E]b[U+0000][U+D800]"


def test_a_page_shows_what_is_invisible_in_texts_and_in_attributes() -> None:
    found = Elements(page(HIDDEN, h.p(title=HIDDEN)[HIDDEN], css=""))
    assert found.text.strip() == SHOWN + SHOWN
    assert ("p", {"title": SHOWN}) in found.tags


def test_a_text_never_becomes_markup() -> None:
    found = Elements(page("t", h.p(title='"><img src=x>')["<script>alert(1)</script>", content("<b>")], css=""))
    assert {tag for tag, _ in found.tags}.isdisjoint({"img", "script", "b"})
    assert found.text.strip() == "t<script>alert(1)</script><b>"


def test_quotes_in_a_content_cost_no_bytes() -> None:
    assert content("{\"a\": 'b'} & &#34;") == "{\"a\": 'b'} &amp; &amp;#34;"


@pytest.mark.parametrize("path", ["//evil.example/x", "javascript:alert(1)", 'a"b', "evidence/a.html"])
def test_a_link_leads_nowhere_else(path: str) -> None:
    ((_, attributes),) = Elements(link(path, "text")).tags
    assert (attributes["href"] or "").startswith("./")


def test_data_cannot_end_its_element() -> None:
    assert island("</script><!--&") == r'"\u003c/script\u003e\u003c!--\u0026"'


def test_what_stands_between_two_backticks_is_code() -> None:
    assert str(coded("`a` is <b>, not `c")) == "<code>a</code> is &lt;b&gt;, not `c"
