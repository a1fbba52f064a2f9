"""
Endpoints without a file: targets made of `--base-url` or `--endpoint NAME=URL` and the options that belong to them.

With one endpoint its options need no name. With several, `NAME=VALUE` says whose they are: a key or a header never
goes to an endpoint that it was not given to.
"""

import re
import shlex
from collections.abc import Mapping, Sequence

from pydantic import ValidationError

from conformance.plan.loader import load_specs
from conformance.run.command_line import CommandLine
from conformance.targets import load
from conformance.targets.auth import Auth, Tls
from conformance.targets.suggestion import near, unknown
from conformance.targets.target import Target
from conformance.targets.url import clean_url
from conformance.wire.verdict import UsageError

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_KEY_HEADERS = frozenset({"authorization", "proxy-authorization", "api-key", "x-api-key", "x-goog-api-key"})


def endpoints(given: CommandLine, models: Mapping[str, Mapping[str, str]]) -> list[Target]:
    """Return the targets that need no file; `models` by name and role. Raises `UsageError`."""
    urls = _urls(given)
    return [_endpoint(given, name, urls, models.get(name, {})) for name in urls]


def names_of(given: CommandLine) -> list[str]:
    """Return the names of the endpoints without a file. Raises `UsageError`."""
    return list(_urls(given))


def _urls(given: CommandLine) -> dict[str, str]:
    if given.base_url:
        (url,) = given.base_url
        return {given.name or load.name_of(clean_url(url, "--base-url")): url}
    found: dict[str, str] = {}
    for item in given.endpoint:
        name, equals, url = item.partition("=")
        if not equals or not name.strip() or "://" in name:
            raise UsageError("--endpoint: use NAME=URL, for example gate=https://api.example.com/v1")
        if name in found:
            raise UsageError(f"--endpoint `{name}`: two endpoints have this name")
        found[name] = url
    return found


def _endpoint(given: CommandLine, name: str, urls: Mapping[str, str], models: Mapping[str, str]) -> Target:
    option, names = "--base-url" if given.base_url else "--endpoint", list(urls)
    if not models:
        raise UsageError(f"{option} `{name}` needs --model {name}:ID: the model to ask")

    def one(of: str, items: Sequence[str]) -> str | None:
        return next(reversed(own_values(of, items, name, names)), None)

    key_env = one("--api-key-env", given.api_key_env)
    if key_env is not None and not _VARIABLE.match(key_env):
        raise UsageError("--api-key-env: name the environment variable that holds the key; never give the key itself")
    try:
        auth = Auth(
            header=one("--auth-header", given.auth_header) or "Authorization",
            prefix=one("--auth-prefix", given.auth_prefix),
        )
        tls = Tls(
            ca_file=one("--ca-file", given.ca_file),
            client_cert=one("--client-cert", given.client_cert),
            client_key=one("--client-key", given.client_key),
        )
    except ValidationError as error:
        raise UsageError(f"{option} `{name}`: {error.errors(include_input=False)[0]['msg'].lower()}") from None
    target = load.ad_hoc(
        urls[name],
        models,
        name=given.name if given.base_url else name,
        headers=_headers(own_values("--header", given.header, name, names)),
        key_env=key_env,
        auth=auth,
        tls=tls,
        option=option,
    )
    return target.told_by(given.upstream_record) if given.upstream_record else target


def own_values(option: str, items: Sequence[str], name: str, names: Sequence[str]) -> list[str]:
    """Return the values of an option that are for one endpoint. Raises `UsageError` when it is not said for which."""
    found = []
    for item in items:
        whose, equals, value = item.partition("=")
        if equals and whose in names:
            found += [value] if whose == name else []
        elif equals and option == "--api-key-env":  # a variable's name has no such sign
            # It is not repeated: it could be a key that was given by mistake.
            known, hint = ", ".join(names), near(whose, names) or "."
            raise UsageError(f"{option}: no endpoint is called like what stands before `=`{hint} Use: {known}")
        elif len(names) > 1:
            raise UsageError(f"{option}: there are several endpoints; say for which by {option} NAME=VALUE")
        else:
            found.append(item)
    return found


def _headers(items: Sequence[str]) -> dict[str, str]:
    headers = {}
    for item in items:
        name, colon, value = item.partition(":")
        if not colon or not name.strip() or not value.strip():
            raise UsageError(f'--header `{name}`: use "Name: value"')
        if name.strip().lower() in _KEY_HEADERS:
            raise UsageError(
                f"--header {name.strip().lower()}: a key comes from the environment; name it by --api-key-env VAR, and "
                "the header by --auth-header NAME"
            )
        headers[name.strip()] = value.strip()
    return headers


def models_of(items: Sequence[str], names: Sequence[str]) -> dict[str, dict[str, str]]:
    """
    Return the models that were given, by target's name and role.

    An item is `[NAME:][ROLE=]ID`; without a name it is for every target, without a role for `chat`. A colon in an id
    is left alone unless a target is called like what stands before it. Raises `UsageError`.
    """
    found: dict[str, dict[str, str]] = {name: {} for name in names}
    for item in items:
        whose, colon, rest = item.partition(":")
        named = bool(colon) and whose in found
        given = rest if named else item
        role, equals, model = given.partition("=")
        role, model = (role, model) if equals and role.isidentifier() else ("chat", given)
        if not model.strip():
            raise UsageError(f"--model `{item}`: use ID, or ROLE=ID for one role")
        for name in [whose] if named else names:
            found[name][role] = model
    return found


def as_options(target: Target) -> str:
    """Return the options that choose an endpoint without a file again. They name its key's variable, not its key."""
    words = ["--base-url", target.base_url, "--name", target.name]
    words += [word for role, model in target.models.items() for word in ("--model", f"{role}={model.id}")]
    words += ["--api-key-env", target.key_env] if target.key_env else []
    words += [] if target.auth.usual else ["--auth-header", target.auth.header]
    return shlex.join(words)


def refuse_unknown_roles(models: Mapping[str, Mapping[str, str]], targets: Sequence[Target]) -> None:
    """Raise `UsageError` for a model of a role that no target and no exchange knows."""
    roles = {role for named in models.values() for role in named} - {role for one in targets for role in one.models}
    if not roles - {"chat"}:
        return
    known = sorted({role for spec in load_specs() for role in spec.all_roles})
    for role in sorted(roles - {*known}):
        raise UsageError(f"--model `{role}=...`: {unknown('role', role, known)}")
