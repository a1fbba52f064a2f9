"""Named fakes for the tests of the harness: exchanges, checks and answers that need no endpoint."""

import argparse
import inspect
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import FunctionType
from typing import Any

from conformance.cli.arguments import OPTIONS
from conformance.definition.check import Check, check_of, must
from conformance.definition.citation import OBSERVED
from conformance.definition.exchange_spec import ExchangeKey, ExchangeSpec, exchange
from conformance.record.recording import Provenance, Recording, Sent
from conformance.run.command_line import CommandLine
from conformance.run.options import RunOptions, resolve
from conformance.targets.target import Claim, Limits, Target
from conformance.wire.capability import MAY, MUST, SHOULD, Capability
from conformance.wire.exchange import Exchange
from conformance.wire.request import Request, get, post, user
from conformance.wire.response import Ending, Response

OWED = Capability("fake.owed", MUST, "what every endpoint owes")
USUAL = Capability("fake.usual", SHOULD, "what most endpoints offer")
EXTRA = Capability("fake.extra", MAY, "what an endpoint may offer")

SECRET = "sk-fake+key/of-the-tests_0123456789"
SAYS = OBSERVED("a fake", "https://example.com/fake", "2026-11")
RECORDED = datetime(2026, 11, 1, 12, 0, tzinfo=UTC)
GOOD = {"object": "fake", "model": "m-1", "usage": {"total_tokens": 3}}


def spec(name: str = "asked", capability: Capability = OWED, *needs: ExchangeSpec, **options: Any) -> ExchangeSpec:
    """Return the definition of an exchange that builds on others; its module is made up for it."""

    def function(**_: object) -> Request:
        return get("/fake")

    scope = {"get": get, **{needed.name: needed for needed in needs}}
    made = FunctionType(function.__code__, scope, name)
    made.__kwdefaults__ = None
    names = [inspect.Parameter(needed.name, inspect.Parameter.KEYWORD_ONLY) for needed in needs]
    vars(made)["__signature__"] = inspect.Signature(names)
    return exchange(capability, **options)(made)


def key(definition: ExchangeSpec | None = None, case: str = "", target: str = "fake") -> ExchangeKey:
    """Return the key of an exchange with the fake target."""
    return ExchangeKey(target, definition or spec(), case)


def check(function: Callable[..., None], capability: Capability = OWED, decorator: Any = must, **options: Any) -> Check:
    """Return the check that a function is."""
    found = check_of(decorator(capability, says=SAYS, **options)(function))
    assert found is not None
    return found


def target(**changes: Any) -> Target:
    """Return a target on loopback where nothing listens."""
    facts: dict[str, Any] = {
        "name": "fake",
        "title": "Fake",
        "base_url": "http://127.0.0.1:9/v1",
        "hosts": ("127.0.0.1",),
        "models": {"chat": "m-1"},
        "limits": Limits(in_flight=8, per_minute=0, deadline_s=5),
    }
    return Target(**{**facts, **changes})


def claim(*capabilities: str, **changes: Any) -> Claim:
    """Return what a document states about some capabilities."""
    facts: dict[str, Any] = {"id": "c", "capabilities": capabilities, "statement": "It works.", "document": "a fake"}
    return Claim(**{**facts, **changes})


def asking(**changes: Any) -> Request:
    """Return a chat request; the changes are to its JSON."""
    return post("/chat/completions", {"model": "m-1", "messages": [user("hello")], **changes})


def answer(
    body: Any = GOOD, status: int = 200, media_type: str = "application/json", headers: Mapping[str, str] | None = None
) -> Response:
    """Return an answer; a body that is not bytes becomes JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    shown = (("content-type", media_type), *(headers or {}).items())
    return Response(status, shown, content, (len(content),), (5.0,), 4.0)


def observed(body: Any = GOOD, status: int = 200, media_type: str = "application/json", **changes: Any) -> Exchange:
    """Return a chat exchange that was answered like this."""
    facts: dict[str, Any] = {
        "id": "fake.owed/asked",
        "capability": "fake.owed",
        "expects": frozenset({200}),
        "request": asking(),
        "response": answer(body, status, media_type),
        "target": "fake",
    }
    return Exchange(**{**facts, **changes})


def listed(*names: str, status: int = 200, body: Any = None) -> Exchange:
    """Return an exchange of the list of models."""
    found = {"object": "list", "data": [{"id": name} for name in names]} if body is None else body
    return observed(found, status, id="fake.owed/listed", request=get("/models"))


def silent(reason: str = "All connection attempts failed", **changes: Any) -> Exchange:
    """Return an exchange of which nothing was received."""
    return observed(response=None, ending=Ending.UNREACHABLE, reason=reason, ours=True, **changes)


def without_response(ending: Ending, reason: str = "why", **changes: Any) -> Exchange:
    """Return an exchange to which the server gave no response."""
    return observed(**{"response": None, "ending": ending, "reason": reason, **changes})


def unsent(reason: str = "the limit is reached", **changes: Any) -> Exchange:
    """Return an exchange that was not sent."""
    facts: dict[str, Any] = {"response": None, "request": None, "ending": Ending.UNSENT, "reason": reason}
    return observed(**{**facts, **changes})


def error(message: str, **more: Any) -> dict[str, Any]:
    """Return an error body in OpenAI's shape."""
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None, **more}}


def recording(given: Response | None = None, **changes: Any) -> Recording:
    """Return a recording of a chat exchange; the changes are to the request's `method`, `url`, `headers`, `body`."""
    facts: dict[str, Any] = {
        "method": "POST",
        "url": "https://fake.example/v1/chat/completions",
        "headers": (("Content-Type", "application/json"), ("Authorization", f"Bearer {SECRET}"), ("Cookie", "a=b")),
        "body": b'{"model": "m-1", "messages": []}',
    }
    return Recording(Sent(**{**facts, **changes}), given or answer(), provenance())


def provenance(**changes: Any) -> Provenance:
    """Return the provenance of a recording."""
    facts: dict[str, Any] = {
        "target": "fake",
        "capability": "fake.owed",
        "exchange": "asked",
        "base_url": "https://fake.example/v1",
        "models": {"chat": "recorded-model"},
        "suite": "0.1.0",
        "client": "3.52.0",
        "recorded": RECORDED,
        "ending": Ending.COMPLETE,
    }
    return Provenance(**{**facts, **changes})


def options(*arguments: str) -> argparse.Namespace:
    """Return the suite's options as a command line gives them."""
    parser = argparse.ArgumentParser()
    for option in OPTIONS:
        parser.add_argument(option.name, **option.more)
    return parser.parse_args(arguments)


def chosen(root: Path, *arguments: str, **environ: str) -> RunOptions:
    """Return what a command line in a working directory and an environment comes to."""
    return resolve(CommandLine.read(options(*arguments)), environ, root)
