"""The words of a report for who does not know this suite: its labels and ids are not among them."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from conformance.causes.cause import Cause
from conformance.log.records import ExchangeLine, Result, Run
from conformance.report.clients import FAMILY
from conformance.wire.text import cut, printable
from conformance.wire.verdict import Verdict

_KEY = re.compile(r"`([A-Z]\w+)/([\w.\[\]]+)`")
_FIRST = re.compile(r"\((\d+(?: of \d+)?) responses?, the first: [^()]*\)$")
_CAPABILITY = re.compile(r"\([a-z_]+(?:\.[a-z_]+)+(?:/\w+(?:\[[^\]]*\])?)?\)")
_LONGEST_TITLE = 180
_MOST_CASES, _MOST_OPERATIONS = 3, 2


def clearest(cause: Cause) -> Cause:
    """
    Return a cause with its clearest result first: what a certain client sends by default shows it less clearly.

    The result keeps its level: none of a weaker one is taken for one of a stronger one.
    """
    if not cause.first.capability.startswith(FAMILY):
        return cause
    plain = [one for one in cause.results if one.verdict is Verdict.DEVIATES and _is_plain(one, cause)]
    return replace(cause, first=plain[0], said="") if plain else cause


def _is_plain(result: Result, cause: Cause) -> bool:
    return not result.capability.startswith(FAMILY) and result.level is cause.first.level


def place_of(cause: Cause) -> str:
    """Return the label of the exchange that is shown for a cause: the one that its message names, else its first."""
    labels = tuple(cause.first.places) or cause.labels or tuple(cause.first.exchanges)
    named = [label for label in labels if f"{label})" in cause.message or f"{label}:" in cause.message]
    return (named or [*labels, ""])[0]


def requests_of(run: Run, target: str) -> Mapping[str, str]:
    """Return what was requested in each exchange by its label: `POST /chat/completions`, of a stream with that word."""
    return {line.label: _request(line) for line in run.exchanges if line.target == target}


def abouts_of(run: Run, target: str) -> Mapping[str, str]:
    """Return what is special about each exchange, by its label; nothing where that names another exchange."""
    own = [line for line in run.exchanges if line.target == target]
    names = {line.id.rpartition("/")[2] for line in own}
    abouts = {line.label: " ".join(line.about.split()) for line in own}
    return {label: "" if names & {*re.findall(r"`(\w+)`", text)} else text for label, text in abouts.items()}


def _request(line: ExchangeLine) -> str:
    facts = line.facts
    if facts is None or not facts.operation:
        return ""
    return f"{facts.method} /{facts.operation}{', streamed' if facts.streamed else ''}".strip()


def observed(cause: Cause, requests: Mapping[str, str]) -> str:
    """Return what was seen, as it is said of the first place, with requests in the place of this suite's labels."""
    text = _FIRST.sub(_often, cause.message)
    found = sorted((label for label in requests if label in text), key=len, reverse=True)
    for label in found:
        told = f"the response to {requests[label]}" if requests[label] else "a response"
        text = told.join(re.split(rf"(?<![\w./-]){re.escape(label)}(?![\w\[/@-])", text))
    return text


def _often(match: re.Match[str]) -> str:
    return f"(in {match[1]} responses)"


def fault(cause: Cause, abouts: Mapping[str, str]) -> str:
    """
    Return in a sentence what is wrong, without the words that only this suite's readers know.

    `abouts` says what is special about each exchange, by its label.
    """
    text = _KEY.sub(r"`\2` of `\1`", cause.sentence)
    special = _special(cause, abouts)
    text = _CAPABILITY.sub(lambda _: f"({special})" if special else "", text, count=1)
    not_met = text.removeprefix("Not met: ")
    return f"expected: {_lower(not_met)}" if not_met != text else text


def _special(cause: Cause, abouts: Mapping[str, str]) -> str:
    """Return what is special about the requests of a cause: what they are about, and which cases of it."""
    labels = cause.labels or tuple(cause.first.exchanges)
    about = _lower(abouts.get(place_of(cause), "").partition(":")[0].rstrip("."))
    cases = list(dict.fromkeys(label.partition("[")[2].removesuffix("]") for label in labels if "[" in label))
    more = f" and {len(cases) - _MOST_CASES} more" if len(cases) > _MOST_CASES else ""
    told = f"{', '.join(cases[:_MOST_CASES])}{more}"
    return f"{about}: {told}" if about and told else about or told


def titles(causes: Sequence[Cause], requests: Mapping[str, str], abouts: Mapping[str, str]) -> list[str]:
    """Return the title of each report, as a maintainer would search for it; no two are the same."""
    made: list[str] = []
    for cause in causes:
        title = cut(_title(cause, requests, abouts), _LONGEST_TITLE)
        if title in made:
            title = f"{cut(title, _LONGEST_TITLE - 60)} ({cut(cause.id, 56)})"
        number = 2
        while title in made:
            title, number = f"{title.rpartition(' #')[0] or title} #{number}", number + 1
        made.append(title)
    return made


def _title(cause: Cause, requests: Mapping[str, str], abouts: Mapping[str, str]) -> str:
    where = _operations(requests.get(label, "") for label in cause.labels or cause.first.exchanges)
    told = fault(cause, abouts).rstrip(".")
    # An operation that the sentence names already is not said twice.
    named = where.partition(" /")[2].partition(",")[0]
    return printable(told if not where or (named and named in told) else f"{where}: {told}")


def _operations(requests: Iterable[str]) -> str:
    """Return the one operation in which a cause shows, or both; of more nothing, for then it is a matter of all."""
    found = dict.fromkeys(request.removesuffix(", streamed") for request in requests if request)
    return " and ".join(found) if len(found) <= _MOST_OPERATIONS else ""


def _lower(text: str) -> str:
    """Return a sentence as it goes on within another: names and abbreviations stay as they are."""
    return text[:1].lower() + text[1:] if re.match(r"[A-Z][a-z]* ", text) else text
