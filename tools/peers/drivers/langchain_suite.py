"""
LangChain's own standard tests of chat models and embeddings, `langchain-tests`, with `ChatOpenAI` as it tests OpenAI.

Run as a driver it runs itself by pytest. The files that the tests take from the internet are made here instead.
"""

import io
import os
import struct
import sys
import types
import wave
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import langchain_tests.integration_tests.chat_models as standard
import pytest
from common import limited, stay_here, tell
from langchain_openai import ChatOpenAI, OpenAIEmbeddings
from langchain_tests.integration_tests import ChatModelIntegrationTests, EmbeddingsIntegrationTests

SERVED: dict[str, Any] = {"base_url": sys.argv[1], "api_key": "none", "max_retries": 0}


class Chat(ChatModelIntegrationTests):
    """Chat completions, with the abilities that LangChain declares for OpenAI."""

    chat_model_class = ChatOpenAI
    chat_model_params = SERVED | {"model": "sim-chat", "stream_usage": True}
    supports_image_inputs = True
    supports_image_urls = True
    supports_json_mode = True
    supports_pdf_inputs = True
    supports_anthropic_inputs = True
    model_override_value = "sim-thinking"


class ChatThinking(Chat):
    """Chat completions with a model that reasons, which takes no temperature."""

    chat_model_params = SERVED | {"model": "sim-thinking", "stream_usage": True}
    standard_chat_model_params = types.MappingProxyType({})
    model_override_value = "sim-chat"


class Responses(Chat):
    """The Responses API."""

    chat_model_params = SERVED | {"model": "sim-chat", "use_responses_api": True}
    supports_image_tool_message = True
    supports_pdf_tool_message = True


class ResponsesThinking(ChatThinking):
    """The Responses API with a model that reasons."""

    chat_model_params = SERVED | {"model": "sim-thinking", "use_responses_api": True}
    supports_image_tool_message = True
    supports_pdf_tool_message = True


class Audio(ChatModelIntegrationTests):
    """Chat completions with a model that hears."""

    chat_model_class = ChatOpenAI
    chat_model_params = SERVED | {"model": "sim-audio", "modalities": ["text"], "stream_usage": True}
    supports_audio_inputs = True


for kind in (Chat, ChatThinking, Responses, ResponsesThinking, Audio):
    globals()[f"Test{kind.__name__}"] = type(f"Test{kind.__name__}", (kind,), {})
del kind


class TestEmbeddings(EmbeddingsIntegrationTests):
    """Embeddings of texts: a tokenizer would have to be downloaded for those of tokens."""

    embeddings_class = OpenAIEmbeddings
    embedding_model_params = SERVED | {"model": "sim-embedding", "check_embedding_ctx_length": False}


class Teller:
    """A plugin of pytest: tells what came of each test, and gives none more than its time."""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self) -> Iterator[None]:
        with limited():
            return (yield)

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or report.outcome != "passed":
            case = report.nodeid.partition("::")[2].replace("::", "/").replace("Test", "", 1).replace("test_", "", 1)
            if report.outcome == "skipped":
                tell(case, "skipped")
            else:
                said = report.longrepr.reprcrash.message if report.failed else ""
                tell(case, "fails" if report.failed else "passes", said)


def given(url: str, **_: Any) -> types.SimpleNamespace:
    """Return a file of the media type that an address of the tests stands for."""
    ending = url.rpartition(".")[2]
    return types.SimpleNamespace(content={"png": png, "pdf": pdf, "wav": wav}[ending]())


def png() -> bytes:
    """Return a red picture of 64 by 64 pixels."""
    rows = zlib.compress((b"\0" + b"\xff\0\0" * 64) * 64)
    parts = ((b"IHDR", struct.pack(">IIBBBBB", 64, 64, 8, 2, 0, 0, 0)), (b"IDAT", rows), (b"IEND", b""))
    chunks = (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def wav() -> bytes:
    """Return a second of silence."""
    file = io.BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 2, 16_000, 0, "NONE", ""))
        sound.writeframes(bytes(32_000))
    return file.getvalue()


def pdf() -> bytes:
    """Return a document of one page with the words `Dummy PDF file`."""
    text = b"BT /F1 24 Tf 72 720 Td (Dummy PDF file) Tj ET"
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(text), text),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    )
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Root 1 0 R/Size 6>>\nstartxref\n%d\n%%%%EOF" % len(body)
    return body + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


if __name__ == "__main__":
    standard.httpx = types.SimpleNamespace(get=given)
    stay_here()
    # The configuration of this repository's own tests is not for them.
    options = ["-c", os.devnull, "--rootdir", str(Path(__file__).parent), "-p", "no:cacheprovider", "-p", "no:terminal"]
    # One loop for all tests: LangChain keeps the connections of one that has ended.
    options += ["-o", "asyncio_mode=auto", "-o", "asyncio_default_test_loop_scope=session"]
    options += ["-o", "asyncio_default_fixture_loop_scope=session"]
    sys.exit(pytest.main([*options, __file__], plugins=[Teller()]) > 1)
