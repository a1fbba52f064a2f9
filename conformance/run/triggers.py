"""The triggers of a run: those of a target's file, those of options, and the keys of second accounts."""

from collections.abc import Mapping, Sequence

from conformance.run.command_line import CommandLine
from conformance.targets.keys import Keys, key_of
from conformance.targets.target import Target
from conformance.targets.triggers import Triggers
from conformance.wire.request import OTHER_ACCOUNT
from conformance.wire.verdict import UsageError


def triggered(target: Target, given: CommandLine, environ: Mapping[str, str]) -> Target:
    """
    Return a target with the triggers of the options. Raises `UsageError`.

    Without the key of its second account it has none: a server that the suite starts gets one made for it.
    """
    triggers = with_triggers(target.triggers, given.trigger) if given.trigger else target.triggers
    other = key_of(triggers.other_key_env, environ)
    if target.server is None and triggers.other_key_env is not None:
        if other is None:
            triggers = triggers.model_copy(update={"other_key_env": None})
        elif other == key_of(target.key_env, environ):
            raise UsageError(f"{target.name}: {triggers.other_key_env} holds the key of the first account")
    return target if triggers == target.triggers else target.model_copy(update={"triggers": triggers})


def others(targets: Sequence[Target], environ: Mapping[str, str]) -> Keys:
    """Return the keys of second accounts, of the targets that have one."""
    named = {one.name: key_of(one.triggers.other_key_env, environ) for one in targets if one.server is None}
    return Keys({name: key for name, key in named.items() if key})


def others_at(keys: Mapping[str, str]) -> dict[str, str]:
    """Return the keys of second accounts at servers that the suite has started, by target."""
    return {name: f"{key}{OTHER_ACCOUNT}" for name, key in keys.items()}


def with_triggers(triggers: Triggers, given: tuple[str, ...]) -> Triggers:
    """Return triggers with those of the option `--trigger NAME=VALUE`. Raises `UsageError`."""
    pairs = [text.partition("=")[::2] for text in given]
    known = list(Triggers.model_fields)
    for name, value in pairs:
        if name not in known or not value:
            raise UsageError(f"--trigger {name}=...: needs a value; known: {', '.join(known)}")
    try:
        return Triggers.model_validate({**triggers.model_dump(), **dict(pairs)})
    except ValueError:
        raise UsageError("--trigger: image_url is an http(s) URL, other_key_env the name of a variable") from None
