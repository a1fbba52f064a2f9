"""What is cited by a model that searches: the shape, and the place in the text."""

from collections.abc import Callable

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

SEARCH = "chat.web_search"


def _each(answer: Answer, apply: Callable[[change.Object], None]) -> Answer:
    """Change every annotation of a chat, non-streaming and streamed."""

    def choices(value: change.Object) -> None:
        for holder in (value.get("message"), value.get("delta")):
            for annotation in (holder or {}).get("annotations") or ():
                apply(annotation)

    return change.each_choice(answer, choices)


@deviation(
    "search-citation-flat",
    severity="major",
    says="The fields of a citation stand in the annotation itself, and not under `url_citation`.",
    breaks="Clients that link what is cited: no address is found.",
    source=INVENTED,
    caught_by=(f"{SEARCH}/chat_completion/citation_has_an_address", f"{SEARCH}/chat_stream/streamed_citation_*"),
)
def citation_flat(call: Call, handler: Handler) -> Answer:
    def flatten(annotation: change.Object) -> None:
        annotation.update(annotation.pop("url_citation", {}))

    return _each(handler(call), flatten) if change.is_chat(call) else handler(call)


@deviation(
    "search-citation-beyond-the-text",
    severity="minor",
    says="The indices of a citation count bytes of the page, and lie beyond the text.",
    breaks="Clients that mark in the text what is cited.",
    source=INVENTED,
    caught_by=(f"{SEARCH}/chat_completion/citation_lies_within_the_text",),
)
def citation_beyond(call: Call, handler: Handler) -> Answer:
    def move(annotation: change.Object) -> None:
        annotation["url_citation"].update(start_index=4096, end_index=8192)

    return _each(handler(call), move) if change.is_chat(call) else handler(call)
