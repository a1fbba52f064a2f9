"""
Output that nobody reads any more, as behind `| head`: a run goes on without it, and its reports are written.

Otherwise the next word on the screen would end the run amid its requests, with a traceback and with exit code 1, which
means that something is wrong at the endpoint.
"""

import os
import sys
from typing import Any, TextIO

_WORDS = "nobody reads stdout any more: the run goes on, and its reports are written (Ctrl-C ends it)\n"


class Lasting:
    """A stream that becomes silent when the pipe behind it is closed. All else is the stream's own."""

    def __init__(self, stream: TextIO, words: str = "") -> None:
        self._stream = stream
        self._words = words

    def write(self, text: str) -> int:
        """Write a text, or nothing at all."""
        try:
            return self._stream.write(text)
        except BrokenPipeError:
            self._end()
            return len(text)

    def flush(self) -> None:
        """Write what is kept back."""
        try:
            self._stream.flush()
        except BrokenPipeError:
            self._end()

    def _end(self) -> None:
        """Let what is written vanish, also what is kept back; say so once, though pytest opens the pipe again."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, self._stream.fileno())
        os.close(nowhere)
        words, self._words = self._words, ""
        if words:
            sys.stderr.write(words)

    def __getattr__(self, name: str) -> Any:
        """Return what else the stream has."""
        return getattr(self._stream, name)


def outlast_readers() -> None:
    """Let the streams of this process last; what stands for them has all that a text stream has."""
    sys.stderr = Lasting(sys.stderr)
    sys.stdout = Lasting(sys.stdout, _WORDS)
