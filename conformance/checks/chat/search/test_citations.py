"""
What a model that searches the web cites.

Not checked: that it cites anything, as a search may find nothing; that an address exists, or says what is cited of it.
"""

from typing import Any

from conformance import SDK, Document, Exchange, Inconclusive, must
from conformance.checks.chat.search.exchanges import SEARCHED, searched, searched_streamed
from conformance.checks.common.chat import text_of
from conformance.checks.common.conditions import WEB_SEARCH
from conformance.checks.common.kinds import chat_completion, chat_stream
from conformance.counterexamples import DELETE, broken, every_chunk

ANNOTATIONS = "choices.0.message.annotations"
CITATION = "url_citation"


def annotations(observed: Exchange) -> list[Any]:
    """Return the annotations of a message; null and no key are none."""
    found = observed.get(ANNOTATIONS)
    return found if isinstance(found, list) else []


def cited(found: list[Any]) -> list[Document]:
    """Return the citations of addresses. Raises `Inconclusive` when there is none; other annotations are left out."""
    citations = [one for one in found if isinstance(one, dict) and one.get("type") == CITATION]
    if not citations:
        raise Inconclusive("nothing is cited: the search may have found nothing")
    return [Document(one.get(CITATION), place=f"citation {number}") for number, one in enumerate(citations)]


def streamed(observed: Exchange) -> list[Any]:
    """Return the annotations of all deltas of a stream."""
    deltas = [chunk.get("choices.0.delta.annotations") for chunk in observed.chunks]
    return [one for delta in deltas if isinstance(delta, list) for one in delta]


def assert_addresses(citations: list[Document]) -> None:
    """Assert that each citation has an address and a title."""
    for one in citations:
        one.at("title", str)
        url = one.at("url", str)
        assert url.startswith(("http://", "https://")), f"`url` of {one.place} is {url[:60]!r}"


@must(
    SEARCHED,
    says=SDK("chat_completion_message.AnnotationURLCitation"),
    counterexample=broken(searched, f"{ANNOTATIONS}.0.{CITATION}.url", DELETE),
    when=(WEB_SEARCH,),
)
def test_citation_has_an_address(chat_completion: Exchange) -> None:
    """Each `url_citation` of a chat completion with `web_search_options` has a `title`, and the `url` of a page."""
    assert_addresses(cited(annotations(chat_completion)))


@must(
    SEARCHED,
    says=SDK("chat_completion_message.AnnotationURLCitation.end_index"),
    counterexample=broken(searched, f"{ANNOTATIONS}.0.{CITATION}.end_index", 1_000_000),
    when=(WEB_SEARCH,),
)
def test_citation_lies_within_the_text(chat_completion: Exchange) -> None:
    """`start_index` and `end_index` of each `url_citation` of a chat completion lie in its text, in this order."""
    # Some count characters, some the units of UTF-16: the longer of the two is the bound.
    length = len(text_of(chat_completion).encode("utf-16-le", "surrogatepass")) // 2
    for one in cited(annotations(chat_completion)):
        start, end = one.at("start_index", int), one.at("end_index", int)
        assert 0 <= start <= end <= length, (
            f"{one.place} is from {start} to {end}, and the text has {length} characters"
        )


@must(
    SEARCHED,
    says=SDK("chat_completion_message.AnnotationURLCitation"),
    counterexample=every_chunk(searched_streamed, "choices.0.delta.annotations.0.url_citation", DELETE),
    when=(WEB_SEARCH,),
)
def test_streamed_citation_has_an_address(chat_stream: Exchange) -> None:
    """Each `url_citation` of a streamed chat completion has a `title`, and the `url` of a page."""
    assert_addresses(cited(streamed(chat_stream)))
