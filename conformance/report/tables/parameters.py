"""
The truth table of parameters: what became of each parameter at each target.

Derived from the results alone: which checks decide about which parameter stands beside the checks. Where several
decide, the worst counts; what is honoured in one form and not in another is honoured partly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from conformance.checks.params.table import TABLE, Decider
from conformance.log.records import ExchangeLine, Result, Run
from conformance.report.evidence.source import label
from conformance.wire.verdict import Verdict


class Fate(StrEnum):
    """What became of a parameter, the worst first."""

    BROKEN = "broken"
    IGNORED = "ignored"
    PARTLY = "partly"
    REJECTED = "rejected"
    HONOURED = "honoured"
    UNSEEN = "not observable"
    UNMEASURED = "not measured"

    @property
    def rank(self) -> int:
        """Return the place in the order, from 0."""
        return list(Fate).index(self)


def _by(*checks: str) -> Decider:
    return Decider(checks)


RESPONSES = {
    "instructions": _by("responses.basic/word_of_instructions/instructions_are_heard"),
    "max_output_tokens": _by("responses.basic/count_cut/output_is_within_the_limit"),
    "metadata": _by("responses.advanced/labelled/metadata_are_repeated"),
    "background": _by("responses.advanced/backgrounded/response_in_the_background_is_not_waited_for"),
    "text.format": _by(
        "responses.advanced/formatted/formatted_text_is_json",
        "responses.advanced/formatted/formatted_text_fits_the_schema",
    ),
}
_MORE = "images.generate.n_size_format"
IMAGES = {
    "prompt": _by("images.generate/painted/bytes_are_a_picture"),
    "n": _by(f"{_MORE}/painted_twice/there_are_n_pictures"),
    "size": _by(f"{_MORE}/painted_in_size/picture_has_the_size_asked_for"),
    "output_format": _by(f"{_MORE}/painted_as/picture_has_the_format_asked_for"),
    "background": _by(f"{_MORE}/painted_transparent/transparent_picture_has_an_alpha_channel"),
    "quality": _by(f"{_MORE}/painted_roughly/low_quality_is_not_dearer"),
    "response_format": _by(
        "images.generate/painted_in_base64/base64_comes_when_asked_for",
        f"{_MORE}/painted_behind_url/url_comes_when_asked_for",
    ),
    "stream": _by("images.other/painted_streamed/stream_ends_with_the_picture"),
    "partial_images": _by("images.other/painted_streamed/rough_pictures_are_numbered"),
}
SPEECH = {
    "input": _by("audio.endpoints/speech_wav/speech_is_as_long_as_speech_is"),
    "response_format": _by("audio.endpoints/speech_of_format/speech_is_of_the_format_asked_for"),
    "speed": _by("audio.endpoints/speech_wav_fast/speed_makes_it_shorter"),
    "stream_format": _by("audio.endpoints/speech_streamed/streamed_speech_is_whole"),
}
TRANSCRIPTIONS = {
    "file": _by("audio.endpoints/transcribed/recording_is_written_down"),
    "response_format": _by(
        "audio.endpoints/transcribed_as_text/text_is_plain_text",
        "audio.endpoints/transcribed_as_subtitles/subtitles_have_times",
    ),
    "timestamp_granularities": _by("audio.endpoints/transcribed_with_words/words_have_times"),
}
"""Checks of families that have no table of their own."""

DECIDERS: Mapping[str, Mapping[str, Decider]] = {
    **TABLE,
    "responses": RESPONSES,
    "images/generations": IMAGES,
    "audio/speech": SPEECH,
    "audio/transcriptions": TRANSCRIPTIONS,
}


@dataclass(frozen=True, slots=True)
class Told:
    """What one target did with one parameter, why we say so, and the exchange that shows it."""

    fate: Fate
    reason: str = ""
    exchange: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an endpoint; `told` in the order of the run's targets."""

    endpoint: str
    name: str
    told: tuple[Told, ...]


def parameters(run: Run) -> tuple[Parameter, ...]:
    """Return the parameters that were measured at one target at least, in the order of the table."""
    lines = {(line.target, label(line)): line for line in run.exchanges}
    by_check: dict[tuple[str, str], list[Result]] = {}
    for result in run.results:
        for name in _names(result):
            by_check.setdefault((result.target, name), []).append(result)
    found = []
    for endpoint, table in DECIDERS.items():
        for name, decider in table.items():
            told = tuple(_told(decider, facts.name, by_check, lines) for facts in run.header.targets)
            if any(one.fate is not Fate.UNMEASURED for one in told):
                found.append(Parameter(endpoint, name, told))
    return tuple(found)


def _names(result: Result) -> set[str]:
    """Return the ids that name a result: with its case, without the model that it was measured with, without both."""
    bare = result.check.replace(f"[{result.case}]", "", 1) if result.case else result.check
    case = result.case.partition(",")[0]
    exchange, slash, statement = bare.rpartition("/")
    return {result.check, bare, f"{exchange}[{case}]{slash}{statement}"}


def _told(
    decider: Decider,
    target: str,
    by_check: Mapping[tuple[str, str], Sequence[Result]],
    lines: Mapping[tuple[str, str], ExchangeLine],
) -> Told:
    results = [result for name in decider.checks for result in by_check.get((target, name), ())]
    found = [_fate(result, lines, seen=decider.seen) for result in results]
    if not found:
        return Told(Fate.UNMEASURED)
    worst = min(found, key=lambda told: told.fate.rank)
    if worst.fate in {Fate.IGNORED, Fate.REJECTED} and any(told.fate is Fate.HONOURED for told in found):
        return Told(Fate.PARTLY, worst.reason, worst.exchange)
    return worst


def _fate(result: Result, lines: Mapping[tuple[str, str], ExchangeLine], *, seen: bool) -> Told:
    """Return what one deciding check says; the exchange it is named after is the one that carries the parameter."""
    about = result.check.split("/")[1].partition("[")[0] if "/" in result.check else ""
    shown = next((name for name in result.exchanges if name.partition("[")[0].endswith(f"/{about}")), "")
    line = lines.get((result.target, shown))
    status = (line.status if line else None) or 0
    return Told(_judged(result, status, seen=seen), result.reason, shown)


def _judged(result: Result, status: int, *, seen: bool) -> Fate:
    refused = Fate.REJECTED if 400 <= status < 500 else Fate.BROKEN if status >= 500 else None
    match result.verdict:
        case Verdict.CONFORMS:
            return Fate.HONOURED if seen else refused or Fate.UNSEEN
        case Verdict.UNSUPPORTED:
            return Fate.REJECTED
        case Verdict.DEVIATES:
            return refused or _deviating(result, seen=seen)
        case Verdict.INCONCLUSIVE:
            return refused or (Fate.UNSEEN if status else Fate.UNMEASURED)
        case _:
            return Fate.UNMEASURED


def _deviating(result: Result, *, seen: bool) -> Fate:
    """Return what a finding says. One without a prefix says that the effect, which the check states, is not there."""
    prefixes = {name.partition(":")[0] if ":" in name else "" for name in result.findings}
    known = [fate for fate in (Fate.BROKEN, Fate.IGNORED, Fate.PARTLY) if fate.value in prefixes]
    return known[0] if known else Fate.IGNORED if seen and "" in prefixes else Fate.BROKEN
