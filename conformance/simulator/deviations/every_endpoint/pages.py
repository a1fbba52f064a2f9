"""Lists in pages that are too long, come again, or leave something out."""

from dataclasses import replace

from conformance.simulator.deviations import change
from conformance.simulator.deviations.entry import INVENTED, deviation
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.registry import Handler

_LISTS = "paging.lists"
_PAGED = ("/files", "/batches", "/chat/completions")


def _is_page(call: Call) -> bool:
    return call.method == "GET" and (call.path in _PAGED or call.path.endswith("/messages"))


@deviation(
    "lists-limit-ignored",
    severity="minor",
    says="`limit` of a list of files, batches or stored chat completions is ignored: all entries are sent.",
    breaks="Clients that read page by page: one response has everything.",
    source=INVENTED,
    caught_by=(
        f"{_LISTS}/list_page/page_is_as_long_as_the_limit",
        f"{_LISTS}/messages_page/first_page_has_the_first_entries",
    ),
)
def limit_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without_query(call, "limit") if _is_page(call) else call)


@deviation(
    "lists-after-ignored",
    severity="critical",
    says="`after` of a list of files, batches or stored chat completions is ignored: each page is the first.",
    breaks="Clients that read a list to its end: they never get there.",
    source=INVENTED,
    caught_by=(
        f"{_LISTS}/list_page/page_begins_after_the_cursor",
        f"{_LISTS}/messages_next_page/next_page_has_the_next_entries",
    ),
)
def after_ignored(call: Call, handler: Handler) -> Answer:
    return handler(change.without_query(call, "after") if _is_page(call) else call)


@deviation(
    "lists-order-ignored",
    severity="minor",
    says="`order` of a list of files or stored chat completions is ignored: the oldest entry always comes first.",
    breaks="Clients that read the newest entry first: they get the oldest.",
    source=INVENTED,
    caught_by=(
        f"{_LISTS}/messages_descending/other_order_is_reversed",
        f"{_LISTS}/list_page/page_has_the_requested_order",
    ),
)
def order_ignored(call: Call, handler: Handler) -> Answer:
    return handler(replace(call, query={**call.query, "order": "asc"}) if _is_page(call) else call)


@deviation(
    "lists-sorted-by-id",
    severity="minor",
    says="A list is sorted by id, and its times go up and down.",
    breaks="Clients that look for the newest entry: it may be anywhere.",
    source=INVENTED,
    caught_by=(f"{_LISTS}/list_page/page_has_the_requested_order",),
)
def sorted_by_id(call: Call, handler: Handler) -> Answer:
    def timed(value: change.Object) -> None:
        rising = call.query.get("order") == "asc"
        for number, entry in enumerate(value["data"]):
            entry["created" if "created" in entry else "created_at"] += (-number if rising else number) * 2

    return change.body(handler(call), timed) if _is_page(call) else handler(call)


@deviation(
    "lists-end-untold",
    severity="major",
    says="A page of a list has no `has_more`.",
    breaks="Clients that read a list to its end: they stop after the first page, or request one too many.",
    source=INVENTED,
    caught_by=(f"{_LISTS}/list_page/page_says_whether_more_follows",),
)
def end_untold(call: Call, handler: Handler) -> Answer:
    def bare(value: change.Object) -> None:
        del value["has_more"]

    return change.body(handler(call), bare) if _is_page(call) else handler(call)
