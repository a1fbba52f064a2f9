"""
Sends the recorded requests of your application to another endpoint, and says what differs there.

PATH is what `judge` reads. Without `--send` nothing is sent: you are told how many requests would go where, and what
they may cost, since they hold what people wrote. The options of the endpoint, its models and its limits are those of
`nox -s conformance -- --help`; `--model OLD=NEW` asks another model in the place of a recorded one. Exit codes: 0 all
go on as recorded; 1 something breaks the application or deviates; 4 wrong use; 5 nothing can be sent; 6 not measured.
"""

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from conformance.alive import alive
from conformance.cli.arguments import OPTIONS
from conformance.files import write_text
from conformance.foreign.command import everything_in, tell_passed_over
from conformance.foreign.exchange import Found
from conformance.foreign.judged import Column, column, kind_checks
from conformance.foreign.readers import PassedOver
from conformance.foreign.write import recording_of, write
from conformance.record import cassette
from conformance.resend.differences import differences
from conformance.resend.report import Compared, kinds, markdown, summary
from conformance.resend.requests import Again, why_not
from conformance.resend.sending import Sent, send
from conformance.run import folder as runs
from conformance.run import started
from conformance.run.command_line import CommandLine
from conformance.run.options import ChosenTarget, RunOptions, resolve
from conformance.targets.redact import redact
from conformance.targets.secrets import Secrets, all_of
from conformance.wire.operation import template
from conformance.wire.text import visible
from conformance.wire.usage import usage_in
from conformance.wire.verdict import HarnessError, UsageError

USAGE, NOTHING, NOT_MEASURED = 4, 5, 6

TAKEN = (
    *("--target", "--base-url", "--header", "--api-key-env", "--auth-header", "--auth-prefix", "--ca-file"),
    *("--client-cert", "--client-key", "--name", "--max-requests", "--max-minutes", "--max-cost", "--deadline"),
    *("--secret-header", "--keep", "--output"),
)
"""The options of a run that mean the same here."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, say what would be sent, send it where that is confirmed, compare; return the exit code."""
    given = parser().parse_args(arguments)
    try:
        return _resend(given, ["conformance", "resend", *(arguments or ())])
    except (UsageError, HarnessError) as error:
        sys.stderr.write(f"{visible(str(error))}\n")
        return USAGE


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command's options."""
    text, _, more = (__doc__ or "").strip().partition("\n\n")
    made = argparse.ArgumentParser(prog="conformance resend", description=text, epilog=more, allow_abbrev=False)
    made.add_argument("path", nargs="+", type=Path, metavar="PATH", help="a file of recordings, or a folder of them")
    made.add_argument("--send", action="store_true", help="send the requests; without it nothing is sent")
    made.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="[OLD=]NEW",
        help="ask this model, in the place of any or of OLD",
    )
    for option in OPTIONS:
        if option.name in TAKEN:
            options = {"metavar": option.metavar, **option.more} if option.metavar else option.more
            made.add_argument(option.name, help=option.help, **options)
    return made


def _resend(given: argparse.Namespace, command: Sequence[str]) -> int:
    models = dict(one.rpartition("=")[::2] if "=" in one else ("*", one) for one in given.model)
    line = replace(CommandLine.read(given), model=tuple(dict.fromkeys(models.values())), mode="live")
    options = resolve(line, os.environ, Path.cwd())
    if len(options.targets) != 1:
        raise UsageError("resend sends to one endpoint: name it once, with --target or --base-url")
    with alive("reading recordings"):
        everything, secrets = everything_in(given.path)
    found = [_without_keys(one, secrets) for one in everything if isinstance(one, Found)]
    sendable = [one for one in found if not why_not(one.exchange)]
    left = [PassedOver(one.exchange.case, why) for one in found if (why := why_not(one.exchange))]
    tell_passed_over([*(one for one in everything if isinstance(one, PassedOver)), *left])
    if not sendable:
        _say(f"Exit code {NOTHING}: no request in these files can be sent")
        return NOTHING
    _plan(sendable, options.targets[0], models)
    if not given.send:
        _say("nothing was sent: --send sends them")
        return 0
    with started.serving(options.targets) as servers:
        folder = runs.make(options.root / options.output, runs.new_name([options.targets[0].target.name]))
        options = options.with_servers(servers.place(folder, 1), servers.keys)
        return _sent(options, folder, sendable, Again(models), command, all_of([secrets, options.secrets]))


def _plan(found: Sequence[Found], chosen: ChosenTarget, models: dict[str, str]) -> None:
    """Say how many requests would go where, to which models, and about how much that would be."""
    target = chosen.target
    asked = {str(one.exchange.sent.json["model"]) for one in found if _names_model(one)}
    to = ", ".join(sorted({models.get(name) or models.get("*", name) for name in asked})) or "none"
    counted = [usage_in(one.exchange.received.decoded) for one in found]
    tokens = sum(one.input + one.output for one in counted if one)
    where = target.base_url or f"{target.title}, which is started here"
    plural = "" if len(found) == 1 else "s"
    _say(f"{len(found)} request{plural} to {where} (models: {to}); {tokens:,} tokens were counted when recorded")
    prices = [target.prices[name] for name in target.prices if name in to]
    if prices:
        dearest = max(prices, key=lambda price: price.output)
        _say(f"at most about ${tokens * dearest.output / 1_000_000:.4f} by the prices in the target's file")
    else:
        _say("what they cost is not known: the target's file names no price for these models")


def _names_model(one: Found) -> bool:
    body = one.exchange.sent.json
    return isinstance(body, dict) and isinstance(body.get("model"), str)


def _without_keys(one: Found, secrets: Secrets) -> Found:
    """Return an exchange whose request names no key that was found in the recordings: nobody else may get one."""
    request = one.exchange.sent
    if request.json is None:
        return one
    body = json.dumps(request.json, ensure_ascii=False).encode("utf-8", "surrogatepass")
    clean, count = redact(body, secrets)
    if not count:
        return one
    exchange = replace(one.exchange, request=replace(request, json=json.loads(clean)))
    return replace(one, exchange=exchange)


def _sent(  # noqa: PLR0913, PLR0917  what is sent, where it is kept, and what may not be written
    options: RunOptions, folder: Path, found: Sequence[Found], again: Again, command: Sequence[str], secrets: Secrets
) -> int:
    chosen = options.targets[0]
    sent = asyncio.run(send(options, chosen, folder, found, again, _say))
    compared = [_compared(folder, one, secrets) for one in sent]
    with alive("writing reports"):
        told = _column(chosen, sent)
        outcome, matrix, trouble = write(folder, [told], command, secrets, bodies=not options.keep_shapes)
        write_text(folder / "resent.md", markdown(compared, f"Requests of the application at {chosen.target.name}"))
    worst = [f"{one.impact}: {one.what}: {one.before} -> {one.after} ({number}x)" for one, number in kinds(compared)]
    for line in [*trouble, *worst[:20], summary(compared), f"Requests  {folder / 'resent.md'}", f"Matrix    {matrix}"]:
        _say(line)
    if any(one.breaks for one in compared):
        return 1
    return outcome.code or (NOT_MEASURED if all(one.why for one in compared) else 0)


def _column(chosen: ChosenTarget, sent: Sequence[Sent]) -> Column:
    answered = [(key, exchange) for _, key, exchange in sent if exchange.response is not None]
    keys, exchanges = [key for key, _ in answered], [exchange for _, exchange in answered]
    return column(chosen.facts, chosen.target, keys, exchanges, kind_checks())


def _compared(folder: Path, sent: Sent, secrets: Secrets) -> Compared:
    one, _, exchange = sent
    request = one.exchange.sent
    operation = f"{request.method} {template(request.path)}{' streamed' if request.streamed else ''}"
    if exchange.response is None or not exchange.evidence:
        return Compared(one.exchange.case, operation, why=exchange.reason or "nothing was received")
    new = cassette.read(folder / exchange.evidence, folder)
    old = recording_of(one.exchange, one.base_url, "recorded", secrets)
    return Compared(one.exchange.case, operation, tuple(differences(old, new)))


def _say(text: str) -> None:
    sys.stdout.write(f"{visible(text)}\n")
    sys.stdout.flush()
