"""A server that the suite installs, starts and stops: a module of its own, or a command of somebody else's."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from conformance.targets.suggestion import unknown

PLACEHOLDERS = ("python", "bin", "node", "modules", "port", "key", "files", "model", "upstream", "upstream_key")
"""What stands in braces in a command, its environment and the target's headers; all other braces are left alone."""

_WORD = re.compile(r"\{([a-z_]+)\}")
_NAME = r"^[a-z0-9][a-z0-9.-]{0,62}$"
_HEADERS = frozenset({"key", "model", "port", "upstream"})
_NEEDS = {
    "bin": "python",
    "node": "node",
    "modules": "node",
    "files": "files",
    "upstream": "upstream",
    "upstream_key": "upstream",
}
_OF_A_COMMAND = ("python", "node", "env", "ready", "files", "upstream")


class Server(BaseModel):
    """
    A server that the suite starts and stops, on loopback.

    `module` is one that prints `listening on <base URL>` and takes `arguments`; `requirements` is the name of the
    pins that it needs beside the suite, `deviations` are what the simulator serves, if it is the simulator.

    `command` is a program of somebody else's; its words may hold `PLACEHOLDERS`. `python` and `node` name the pins of
    the environment that it runs in, `env` is added to what it sees. It serves its API below `path`; `ready` is a path
    of the whole server that answers below 400 once it serves. `files` is a folder beside the target's file. `upstream`
    is what the server forwards to: the simulator, speaking that API.

    It is given up after `ready_s` seconds without an answer, and ended when it takes more than `memory_gb`. `heavy`:
    it is only measured with others when it is named. `cannot` says what a reader must know of it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    module: str | None = None
    command: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    requirements: str | None = None
    deviations: tuple[str, ...] = ()
    python: str | None = Field(default=None, pattern=_NAME)
    node: str | None = Field(default=None, pattern=_NAME)
    env: Mapping[str, str] = Field(default_factory=dict)
    path: str = Field(default="/v1", pattern=r"^(/[^\s?#]*[^\s?#/])?$")
    ready: str = Field(default="", pattern=r"^(/\S*)?$")
    ready_s: float = Field(default=60.0, gt=0)
    files: str = ""
    upstream: Literal["gemini", "openai"] | None = None
    heavy: bool = False
    memory_gb: float = Field(default=6.0, gt=0)
    cannot: tuple[str, ...] = ()
    beside: str = Field(default="", exclude=True, description="the folder of the target's file; set when it is loaded")

    @model_validator(mode="after")
    def _one_of_two(self) -> "Server":
        if bool(self.module) == bool(self.command):
            raise ValueError("name either a `module` of the suite's or a `command`")
        if self.module and (wrong := [name for name in _OF_A_COMMAND if getattr(self, name)]):
            raise ValueError(f"`{wrong[0]}` goes with a `command`; a `module` has `arguments`")
        if self.command and (self.arguments or self.requirements or self.deviations):
            raise ValueError("`arguments`, `requirements` and `deviations` go with a `module`")
        if self.command and not self.ready:
            raise ValueError('say by `ready` which path answers once the server serves, for example "/health"')
        return self

    @model_validator(mode="after")
    def _filled(self) -> "Server":
        for word in placeholders(*self.command, *self.env.values()):
            self._refuse(word)
        if self.command and "port" not in set(placeholders(*self.command, *self.env.values())):
            raise ValueError("the port is chosen by the suite: say `{port}` in `command` or `env`")
        return self

    def _refuse(self, word: str) -> None:
        if word not in PLACEHOLDERS:
            raise ValueError(unknown("placeholder", word, PLACEHOLDERS))
        needs = _NEEDS.get(word)
        if needs and not getattr(self, needs):
            raise ValueError(f"`{{{word}}}` needs `{needs} = ...`")

    @property
    def sends_upstream_key(self) -> bool:
        """Tell whether the server sends another key upstream than it gets."""
        return "upstream_key" in set(placeholders(*self.command, *self.env.values()))

    @property
    def folder(self) -> Path:
        """Return the folder with the server's own files."""
        return Path(self.beside) / self.files


def refuse_headers(headers: Mapping[str, str], server: Server | None) -> None:
    """Raise `ValueError` for a placeholder in a target's headers that cannot be filled there."""
    for word in placeholders(*headers.values()):
        if server is None or not server.command or word not in PLACEHOLDERS:
            continue
        if word not in _HEADERS or (word == "upstream" and not server.upstream):
            raise ValueError(f"`{{{word}}}` cannot stand in `headers`; what can: {', '.join(sorted(_HEADERS))}")


def placeholders(*texts: str) -> Iterator[str]:
    """Yield the words in braces."""
    for text in texts:
        yield from _WORD.findall(text)


def filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its placeholders filled; what has no value is left as it is."""
    return _WORD.sub(lambda match: values.get(match[1], match[0]), text)
