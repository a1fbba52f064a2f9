"""
Loading targets: from the suite's own files, from a file of the user's, or from options alone.

A key in a file is refused: keys come from the environment alone. What the environment overrides is applied here; the
result never holds a key.
"""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import ValidationError

from conformance.targets.auth import USUAL, Auth, Tls
from conformance.targets.mistake import explain
from conformance.targets.model import Model
from conformance.targets.name import LONGEST, is_name
from conformance.targets.suggestion import unknown
from conformance.targets.target import Limits, Target
from conformance.targets.url import clean_url, is_loopback
from conformance.wire.verdict import UsageError

TARGETS = Path(__file__).parent

MOST_IN_FLIGHT = 16
"""So many requests may be in flight to an endpoint that nobody has described, if it pays to send more than at first."""

_SECRET = re.compile(r"\b(sk-|AIza|Bearer\s)[A-Za-z0-9_\-]{8,}")


def names(folder: Path = TARGETS) -> list[str]:
    """Return the names of all target files."""
    return sorted(path.stem for path in folder.glob("*.toml"))


def load(name: str, environ: Mapping[str, str], folder: Path = TARGETS) -> Target:
    """Return a target by name, with what the environment overrides. Raises `UsageError`."""
    path = folder / f"{name}.toml"
    if not is_name(name) or not path.is_file():
        raise UsageError(f"{unknown('target', name, names(folder))}, or the path of a TOML file")
    return _read(path, f"targets/{name}.toml", environ)


def is_path(name: str) -> bool:
    """Tell whether a target is named by the path of its file."""
    return name.endswith(".toml") or "/" in name or "\\" in name


def load_file(given: str, root: Path, environ: Mapping[str, str]) -> Target:
    """Return the target that a file of the user's describes; it is called like the file. Raises `UsageError`."""
    path = root / given
    if not path.is_file():
        raise UsageError(f"--target {given}: there is no such file")
    if not is_name(path.stem):
        raise UsageError(f"--target {given}: name the file in lower-case letters, digits, dots and hyphens")
    return _read(path, given, environ)


def _read(path: Path, place: str, environ: Mapping[str, str]) -> Target:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{place}: cannot be read as UTF-8 text: {error}") from None
    target = parse(text, path.stem, place)
    changes: dict[str, Any] = {"models": _models(target, environ), "base_url": _base_url(target, environ)}
    if target.tls:
        paths = target.tls.model_dump(exclude_none=True)
        changes["tls"] = Tls(**{name: str(path.parent / value) for name, value in paths.items()})
    if target.server:
        changes["server"] = target.server.model_copy(update={"beside": str(path.parent)})
    return target.model_copy(update=changes)


def parse(text: str, name: str, place: str) -> Target:
    """Return the target that a TOML text describes. Raises `UsageError` that names the place and the mistake."""
    if _SECRET.search(text):
        raise UsageError(f"{place}: holds what looks like a key; put it into an environment variable and name that")
    try:
        described = tomllib.loads(text)
        if "name" in described:
            raise UsageError(f"{place}: `name`: a target has the name of its file")
        target = Target.model_validate({"name": name, **described})
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{place}: {error}") from None
    except ValidationError as error:
        raise UsageError(f"{place}{explain(error, Target, text)}") from None
    return target.model_copy(update={"base_url": clean_url(target.base_url, place)}) if target.base_url else target


def _models(target: Target, environ: Mapping[str, str]) -> dict[str, Model]:
    """Return the models of a target, with those that the environment names instead."""
    return {
        role: model.model_copy(update={"id": environ.get(model.env or "") or model.id})
        for role, model in target.models.items()
    }


def _base_url(target: Target, environ: Mapping[str, str]) -> str:
    """Return the base URL of a target, or the one that the environment names instead."""
    override = environ.get(target.base_url_env or "")
    if not override:
        host = urlsplit(target.base_url or "").hostname or ""
        if target.base_url and target.hosts and host not in target.hosts:
            raise UsageError(f"{target.name}: `base_url` is at `{host}`, and `hosts` is {', '.join(target.hosts)}")
        return target.base_url
    url = clean_url(override, str(target.base_url_env))
    host = urlsplit(url).hostname or ""
    if url.startswith("http://") and not is_loopback(host):
        raise UsageError(f"{target.base_url_env}: `{host}` would get the key unencrypted; use https")
    if host not in target.hosts:
        raise UsageError(
            f"{target.base_url_env} points to `{host}`, which is no host of {target.name} "
            f"({', '.join(target.hosts)}): the key would go to a stranger. Use --base-url for another endpoint."
        )
    return url


def ad_hoc(  # noqa: PLR0913  one argument for each thing that an option says
    base_url: str,
    models: Mapping[str, str],
    *,
    name: str | None = None,
    headers: Mapping[str, str] | None = None,
    key_env: str | None = None,
    auth: Auth | None = None,
    tls: Tls | None = None,
    option: str = "--base-url",
) -> Target:
    """Return a target for any endpoint, without a file; `option` is the one that named it. Raises `UsageError`."""
    url = clean_url(base_url, option)
    host = urlsplit(url).hostname or ""
    if name is not None and not is_name(name):
        named = "--name" if option == "--base-url" else option
        raise UsageError(f"{named} `{name}`: use lower-case letters, digits, dots and hyphens")
    return Target(
        name=name or name_of(url),
        title=url,
        base_url=url,
        hosts=(host,),
        key_env=key_env,
        auth=auth or USUAL,
        tls=tls or Tls(),
        headers=dict(headers or {}),
        models={role: Model(id=model) for role, model in models.items()},
        limits=Limits(most_in_flight=MOST_IN_FLIGHT, per_minute=0 if is_loopback(host) else 30),
    )


def name_of(base_url: str) -> str:
    """Return the name of an endpoint that was given none: that of its host."""
    plain = re.sub(r"[^a-z0-9.]+", "-", urlsplit(base_url).netloc.lower()).strip("-.")
    return plain[:LONGEST].strip("-.") or "endpoint"
