"""
`POST /completions`: the scripted model takes a prompt as what a user says.

Parameters are those of the official client's `CompletionCreateParams`. OpenAI serves models of their own here; this
endpoint serves its chat models, as servers do that have one model for both.
"""

from itertools import zip_longest
from typing import Any

from conformance.simulator.catalog import models
from conformance.simulator.http.answer import DONE, Answer, Event, Events
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.validation import (
    Rule,
    array,
    boolean,
    by_type,
    fields,
    integer,
    invalid_type,
    mapping,
    number,
    string,
)
from conformance.simulator.media.tokens import count
from conformance.simulator.model.chat_request import ChatRequest
from conformance.simulator.model.completion_choices import Text, usage, write

MOST_PROMPTS = 128
_DEFAULT_LIMIT = 16
_HUGE = 2**63 - 1
_TOKEN = integer(0, 199_999)
_ENTRY: Rule = by_type(
    "a string, a token or an array of tokens", {str: string(), int: _TOKEN, list: array(_TOKEN, 1, of="integers")}
)
_KINDS: Rule = by_type("a string or an array", {str: string(), list: array(_ENTRY, 1, of="strings or integers")})


def _prompt(value: Any, path: str) -> None:
    _KINDS(value, path)
    if isinstance(value, list) and len({type(entry) for entry in value}) > 1:
        raise invalid_type(value, path, "strings only, tokens only or arrays of tokens only")


PARAMETERS = fields(
    {"model": string(empty=False), "prompt": _prompt},
    {
        "best_of": integer(1, 20),
        "echo": boolean,
        "frequency_penalty": number(-2, 2),
        "logit_bias": mapping(number(-100, 100), key_rule=string(pattern="[0-9]+")),
        "logprobs": integer(0, 5),
        "max_tokens": integer(0, _HUGE),
        "n": integer(1, 128),
        "presence_penalty": number(-2, 2),
        "seed": integer(-(2**63), _HUGE),
        "stop": by_type(
            "one of a string or array of strings", {str: string(), list: array(string(), 0, 4, of="strings")}
        ),
        "stream": boolean,
        "stream_options": fields({}, {"include_usage": boolean, "include_obfuscation": boolean}),
        "suffix": string(),
        "temperature": number(0, 2),
        "top_p": number(0, 1),
        "user": string(),
    },
)


def complete(call: Call) -> Answer:
    """Answer a request for completions, plain or streamed."""
    body = {name: value for name, value in json_body(call).items() if value is not None}
    requests = _read(body)
    texts = write(requests, body)
    if body.get("stream"):
        return Answer(_stream(texts, requests, body), headers=(("cache-control", "no-cache"),))
    choices = [text.choice(index) for index, text in enumerate(texts)]
    return Answer({**texts[0].head, "choices": choices, "usage": usage(requests, texts, body)})


def _read(body: dict[str, Any]) -> list[ChatRequest]:
    """Return a request to the scripted model for each prompt."""
    PARAMETERS(body, "")
    model = models.find(body["model"])
    if model.kind != "chat":
        raise ApiError(404, "This model is not supported in the v1/completions endpoint.", param="model")
    _check_relations(body)
    stop = body.get("stop") or ()
    stops = tuple(text for text in ((stop,) if isinstance(stop, str) else stop) if text)
    limit = body.get("max_tokens", _DEFAULT_LIMIT)
    requests = []
    for text, size in _prompts(body["prompt"]):
        read = size + count(body.get("suffix", ""))
        if read + limit > model.context:
            told = f"This model's maximum context length is {model.context} tokens, however you requested"
            told = f"{told} {read + limit} tokens ({read} in your prompt; {limit} for the completion)."
            raise invalid_request(told, param="prompt", code="context_length_exceeded")
        messages = [{"role": "user", "content": text}]
        # No thinking aloud: what counts is the text that goes on.
        asked = {**body, "messages": messages, "reasoning_effort": "none"}
        requests.append(ChatRequest(model, messages, asked, read, limit, stops, body.get("n", 1)))
    return requests


def _prompts(prompt: Any) -> list[tuple[str, int]]:
    """Return each prompt's text and its number of tokens; a token that came as a number is told by that number."""
    single = isinstance(prompt, str) or isinstance(prompt[0], int)
    entries = [prompt] if single else prompt
    if len(entries) > MOST_PROMPTS:
        raise invalid_request(
            f"At most {MOST_PROMPTS} prompts are allowed.", param="prompt", code="array_above_max_length"
        )
    return [
        (entry, count(entry)) if isinstance(entry, str) else ("".join(f" {token}" for token in entry), len(entry))
        for entry in entries
    ]


def _check_relations(body: dict[str, Any]) -> None:
    if "best_of" in body and body["best_of"] < body.get("n", 1):
        raise invalid_request("'best_of' must not be less than 'n'.", param="best_of")
    if body.get("best_of", 1) > 1 and body.get("stream"):
        raise invalid_request("Results with 'best_of' greater than 1 cannot be streamed.", param="best_of")
    if "stream_options" in body and not body.get("stream"):
        text = "The 'stream_options' parameter is only allowed when 'stream' is enabled."
        raise invalid_request(text, param="stream_options")


def _stream(texts: list[Text], requests: list[ChatRequest], body: dict[str, Any]) -> Events:
    head = texts[0].head
    told = [text.parts(index) for index, text in enumerate(texts)]
    chunks = [{**head, "choices": [part]} for turn in zip_longest(*told) for part in turn if part is not None]
    if (body.get("stream_options") or {}).get("include_usage"):
        chunks = [{**chunk, "usage": None} for chunk in chunks]
        chunks.append({**head, "choices": [], "usage": usage(requests, texts, body)})
    return Events((*(Event(chunk) for chunk in chunks), DONE))
