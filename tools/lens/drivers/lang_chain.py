"""
LangChain's `ChatOpenAI`, over chat completions and over the Responses API, as one process that answers many lines.

It runs in an environment of its own, without this package: LangChain takes an older `openai`.
"""

import base64
import json
import logging
import resource
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from typing import Any

import httpx
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

# The second time, because a machine that is busy is no hang.
CALL_S = (4.0, 20.0)
MEMORY = 2 * 1024**3
LONGEST = 200
BASE = "http://127.0.0.1:9/v1"

Given = dict[str, Any]
Got = dict[str, Any]


def _client(given: Given) -> httpx.Client:
    """Return a client that answers with the recorded bytes, whatever is requested."""

    def parts() -> Iterator[bytes]:
        for part in given["parts"]:
            yield base64.b64decode(part)
        if given["broken"]:
            raise httpx.RemoteProtocolError("as recorded")

    kept = [(name, value.encode("utf-8", "replace")) for name, value in given["headers"]]
    headers = [
        (name.encode(), value) for name, value in kept if name.lower() not in {"content-encoding", "content-length"}
    ]
    answer = httpx.MockTransport(lambda _: httpx.Response(given["status"], headers=headers, content=parts()))
    return httpx.Client(transport=answer, trust_env=False)


def _model(given: Given) -> Any:
    over_responses = "responses" in given["place"]
    options: dict[str, Any] = {"use_responses_api": over_responses, "stream_usage": True, "max_retries": 0}
    made = ChatOpenAI(model="m", base_url=BASE, api_key="none", http_client=_client(given), **options)  # type: ignore[arg-type]
    request = given["request"] if isinstance(given["request"], dict) else {}
    tools = [tool for tool in request.get("tools") or [] if isinstance(tool, dict) and tool.get("type") == "function"]
    return made.bind(tools=tools) if tools else made


def _read(message: Any) -> Got:
    calls = [(bool(call["id"]), call["name"], json.dumps(call["args"])) for call in message.tool_calls]
    usage = message.usage_metadata
    about = message.response_metadata
    return {
        "text": message.text if isinstance(message.text, str) else message.text(),
        "tool calls": calls,
        "invalid": [call["name"] for call in message.invalid_tool_calls],
        "finish reason": [reason] if (reason := about.get("finish_reason") or about.get("status")) else [],
        "usage": [usage["input_tokens"], usage["output_tokens"], usage["total_tokens"]] if usage else [],
    }


def _invoke(given: Given) -> Got:
    return _read(_model(given).invoke("-"))


def _stream(given: Given) -> Got:
    joined, chunks = None, 0
    for chunk in _model(given).stream("-"):
        chunks += 1
        joined = chunk if joined is None else joined + chunk
    return {**_read(joined), "chunks": bool(chunks)} if joined is not None else {"text": "", "chunks": False}


def _structured(given: Given) -> Got:
    """Return what structured output makes of it: the schema is that of the request."""
    form = given["request"].get("response_format") or given["request"]["text"]["format"]
    schema = (form.get("json_schema") or form)["schema"]
    made = ChatOpenAI(
        model="m",
        base_url=BASE,
        api_key="none",  # type: ignore[arg-type]
        http_client=_client(given),
        max_retries=0,
        use_responses_api="responses" in given["place"],
    )
    titled = {"title": "answer", **schema}
    return {"parsed": [made.with_structured_output(titled, method="json_schema").invoke("-")]}


def _embedded(given: Given) -> Got:
    asked = given["request"].get("input") if isinstance(given["request"], dict) else None
    texts = [str(text) for text in asked] if isinstance(asked, list) else ["-"]
    made = OpenAIEmbeddings(
        model="m",
        base_url=BASE,
        api_key="none",  # type: ignore[arg-type]
        http_client=_client(given),
        max_retries=0,
        check_embedding_ctx_length=False,
    )
    vectors = made.embed_documents(texts)
    return {"vectors": [(index, len(one), one[:4]) for index, one in enumerate(vectors)]}


def _calls(given: Given) -> dict[str, Callable[[Given], Got]]:
    request = given["request"] if isinstance(given["request"], dict) else {}
    text = request.get("text")
    form = request.get("response_format") or (text.get("format") if isinstance(text, dict) else None)
    parses = isinstance(form, dict) and form.get("type") == "json_schema"
    match given["place"]:
        case "POST chat/completions" | "POST responses":
            return {"invoke": _invoke, **({"with_structured_output": _structured} if parses else {})}
        case "POST chat/completions streamed" | "POST responses streamed":
            return {"stream": _stream}
        case "POST embeddings":
            return {"embed_documents": _embedded}
        case _:
            return {}


class _Hangs(BaseException):
    """A call takes too long."""


def _late(*_: object) -> None:
    raise _Hangs


def _view(call: Callable[[Given], Got], given: Given) -> dict[str, Any]:
    first = _tried(call, given, CALL_S[0])
    return _tried(call, given, CALL_S[1]) if first.get("raised") == "Hangs" else first


def _tried(call: Callable[[Given], Got], given: Given, limit: float) -> dict[str, Any]:
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        return {"got": call(given)}
    except _Hangs:
        return {"got": {}, "raised": "Hangs", "words": "it never ends"}
    except Exception as error:  # noqa: BLE001  whatever a client raises is what it says
        named = {key: getattr(error, key, None) for key in ("code", "type", "param")}
        got = named if hasattr(error, "status_code") else {}
        return {"got": got, "raised": type(error).__name__, "words": " ".join(str(error).split())[:LONGEST]}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> None:
    """Answer every line until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.signal(signal.SIGALRM, _late)
    warnings.simplefilter("ignore")
    logging.disable()
    out = sys.stdout
    sys.stdout = sys.stderr
    names = ("langchain-openai", "langchain-core", "openai")
    out.write(json.dumps({"versions": {name: version(name) for name in names}}) + "\n")
    out.flush()
    for line in sys.stdin:
        given = json.loads(line)
        views = {name: _view(call, given) for name, call in _calls(given).items()}
        out.write(json.dumps({"number": given["number"], "views": views}, default=str) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
