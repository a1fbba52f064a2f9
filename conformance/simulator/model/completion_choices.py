"""The choices of `POST /completions`: text, echo, and log probabilities in their legacy form."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from conformance.simulator.media.tokens import pieces
from conformance.simulator.model.chat_request import ChatRequest
from conformance.simulator.model.generation import Choice, generate
from conformance.simulator.model.logprobs import token_logprobs


@dataclass(frozen=True, slots=True)
class Text:
    """
    One choice. `head` is what all parts of the answer share.

    `echo` holds the tokens of the prompt when they are repeated; `alternatives` is `logprobs` of the request.
    """

    head: dict[str, Any]
    said: Choice
    echo: tuple[str, ...]
    alternatives: int | None

    @property
    def tokens(self) -> tuple[str, ...]:
        """All tokens that are told."""
        return (*self.echo, *self.said.tokens)

    def choice(self, index: int) -> dict[str, Any]:
        """Return the choice as the plain answer holds it."""
        return self._part(index, 0, len(self.tokens), self.said.finish_reason)

    def parts(self, index: int) -> Iterator[dict[str, Any]]:
        """Return the choice in parts: one a token, and a last one with the reason."""
        for place in range(len(self.tokens)):
            yield self._part(index, place, place + 1, None)
        yield self._part(index, len(self.tokens), len(self.tokens), self.said.finish_reason)

    def _part(self, index: int, start: int, end: int, finish_reason: str | None) -> dict[str, Any]:
        text = "".join(self.tokens[start:end])
        logprobs = None if self.alternatives is None or (start == end and start) else self._logprobs(start, end)
        return {"text": text, "index": index, "logprobs": logprobs, "finish_reason": finish_reason}

    def _logprobs(self, start: int, end: int) -> dict[str, Any]:
        offset = len("".join(self.tokens[:start]))
        offsets, chances, ranked = [], [], []
        for place in range(start, end):
            entry = token_logprobs(self.tokens[place], self.alternatives or 0)
            # The first token of a prompt follows nothing, so nothing made it likely.
            first = place == 0 and bool(self.echo)
            offsets.append(offset)
            chances.append(None if first else entry["logprob"])
            ranked.append(None if first else {one["token"]: one["logprob"] for one in entry["top_logprobs"]})
            offset += len(self.tokens[place])
        return {
            "tokens": list(self.tokens[start:end]),
            "token_logprobs": chances,
            "top_logprobs": ranked if self.alternatives else None,
            "text_offset": offsets,
        }


def write(requests: Sequence[ChatRequest], body: dict[str, Any]) -> list[Text]:
    """Let the scripted model go on with each prompt, `n` times."""
    texts: list[Text] = []
    name = f"cmpl-{uuid.uuid4().hex}"
    for request in requests:
        generation = generate(request)
        head = {
            "id": name,
            "object": "text_completion",
            "created": generation.created if not texts else texts[0].head["created"],
            "model": request.model.id,
            "system_fingerprint": "fp_simulator",
        }
        echo = pieces(request.messages[0]["content"]) if body.get("echo") else ()
        texts += [Text(head, choice, echo, body.get("logprobs")) for choice in generation.choices]
    return texts


def usage(requests: Sequence[ChatRequest], texts: Sequence[Text], body: dict[str, Any]) -> dict[str, Any]:
    """Return the token counts; of `best_of` candidates all are counted, also those that are not shown."""
    read = sum(request.prompt_tokens for request in requests)
    shown = body.get("n", 1)
    written = sum(text.said.spent for text in texts) * max(body.get("best_of", shown), shown) // shown
    return {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
