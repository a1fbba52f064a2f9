"""
The tiny chat model as a Hugging Face folder, for servers that read no GGUF; made from the same file, bit for bit.

    python model_folder.py [--for-embeddings] PROGRAM [WORD...]

writes it into the folder `tiny-chat` of a new temporary one, goes there and becomes PROGRAM, for which `tiny-chat` is
then both the path and the name of the model. It imports the standard library alone and nothing of the suite: it runs in
the environment of the server.

`--for-embeddings`: the tokenizer closes each text with the token that ends a turn, as models that are made for
embeddings do; the network cannot work on no token at all, which an empty text would be.

Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (version 3), https://huggingface.co/docs/safetensors.
"""

import json
import os
import struct
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import prod
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

MODEL_FILE = Path(__file__).with_name("tiny-chat.gguf")
MODEL_NAME = "tiny-chat"
FOR_EMBEDDINGS = "--for-embeddings"

_LONGEST_ANSWER = 640
"""Held to a grammar that it cannot end, so small a model writes until its context is full."""

_CONTROL = 3
_STRING, _ARRAY = 8, 9
_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_DTYPES = {0: ("F32", 4), 1: ("F16", 2)}
_OUTER = {"token_embd": "model.embed_tokens", "output_norm": "model.norm", "output": "lm_head"}
_INNER = {
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
    "attn_norm": "input_layernorm",
    "ffn_norm": "post_attention_layernorm",
}
# How GGUF's `tokenizer.ggml.pre` "qwen2" splits a text before it is made tokens.
_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


@dataclass(frozen=True)
class Tensor:
    """One tensor: the name and shape that the network knows, its type in safetensors, its bytes."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    data: bytes


@dataclass(frozen=True)
class _Head:
    """What a GGUF file says of one tensor: its offset is in bytes, from where the data begins."""

    name: str
    shape: tuple[int, ...]
    kind: int
    offset: int


def main() -> NoReturn:
    """Write the folder and become the server."""
    words = [word for word in sys.argv[1:] if word != FOR_EMBEDDINGS]
    if not words:
        raise SystemExit(f"usage: python {sys.argv[0]} [{FOR_EMBEDDINGS}] PROGRAM [WORD...]")
    folder = Path(tempfile.mkdtemp()) / MODEL_NAME
    folder.mkdir()
    write_folder(MODEL_FILE, folder, closed=FOR_EMBEDDINGS in sys.argv[1:])
    os.chdir(folder.parent)
    os.execv(words[0], words)  # noqa: S606 - the words of the target's file, as the starter gave them


def write_folder(source: Path, folder: Path, *, closed: bool = False) -> None:
    """
    Write the weights, the tokenizer and the configuration of a GGUF file into a folder that exists.

    `closed`: the tokenizer closes each text with the token that ends a turn.
    """
    facts, tensors = read_gguf(source.read_bytes())
    (folder / "model.safetensors").write_bytes(_safetensors(tensors))
    special = _special(facts)
    for name, document in {
        "config": _config(facts),
        "generation_config": _generation_config(facts),
        "tokenizer": _tokenizer(facts, special) | ({"post_processor": _closing(facts)} if closed else {}),
        "tokenizer_config": _tokenizer_config(facts),
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(document), "utf-8")
    (folder / "chat_template.jinja").write_text(facts["tokenizer.chat_template"], "utf-8")


def read_gguf(content: bytes) -> tuple[dict[str, Any], list[Tensor]]:
    """Return the metadata and the tensors of a GGUF file; raise `ValueError` for what is not one of version 3."""
    stream = BytesIO(content)
    if stream.read(4) != b"GGUF" or _scalar(stream, "<I") != 3:
        raise ValueError("not a GGUF file of version 3")
    count, pairs = _scalar(stream, "<Q"), _scalar(stream, "<Q")
    facts = {_text(stream): _value(stream, _scalar(stream, "<I")) for _ in range(pairs)}
    heads = [_head(stream) for _ in range(count)]
    step = int(facts.get("general.alignment", 32))
    data = memoryview(content)[-(-stream.tell() // step) * step :]
    return facts, [_tensor(data, head) for head in heads]


def _head(stream: BinaryIO) -> _Head:
    name = _text(stream)
    sizes = [_scalar(stream, "<Q") for _ in range(_scalar(stream, "<I"))]
    # The fastest dimension stands first in GGUF, last everywhere else.
    return _Head(name, tuple(reversed(sizes)), _scalar(stream, "<I"), _scalar(stream, "<Q"))


def _tensor(data: memoryview, head: _Head) -> Tensor:
    if head.kind not in _DTYPES:
        raise ValueError(f"tensor {head.name} is of type {head.kind}; only single and half precision are read")
    dtype, width = _DTYPES[head.kind]
    end = head.offset + width * prod(head.shape)
    return Tensor(_network_name(head.name), head.shape, dtype, bytes(data[head.offset : end]))


def _network_name(name: str) -> str:
    module, kind = name.rsplit(".", 1)
    if module in _OUTER:
        return f"{_OUTER[module]}.{kind}"
    _, layer, inner = module.split(".")
    return f"model.layers.{layer}.{_INNER[inner]}.{kind}"


def _scalar(stream: BinaryIO, form: str) -> Any:
    return struct.unpack(form, stream.read(struct.calcsize(form)))[0]


def _text(stream: BinaryIO) -> str:
    return stream.read(_scalar(stream, "<Q")).decode()


def _value(stream: BinaryIO, kind: int) -> Any:
    if kind == _STRING:
        return _text(stream)
    if kind == _ARRAY:
        inner, size = _scalar(stream, "<I"), _scalar(stream, "<Q")
        return [_value(stream, inner) for _ in range(size)]
    return _scalar(stream, _SCALARS[kind])


def _safetensors(tensors: Sequence[Tensor]) -> bytes:
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    end = 0
    for tensor in tensors:
        begin, end = end, end + len(tensor.data)
        header[tensor.name] = {"dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [begin, end]}
    head = json.dumps(header).encode()
    head += b" " * (-len(head) % 8)
    return struct.pack("<Q", len(head)) + head + b"".join(tensor.data for tensor in tensors)


def _config(facts: Mapping[str, Any]) -> dict[str, object]:
    def of(name: str) -> Any:
        return facts[f"qwen2.{name}"]

    return {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "vocab_size": len(facts["tokenizer.ggml.tokens"]),
        "hidden_size": of("embedding_length"),
        "intermediate_size": of("feed_forward_length"),
        "num_hidden_layers": of("block_count"),
        "num_attention_heads": of("attention.head_count"),
        "num_key_value_heads": of("attention.head_count_kv"),
        "max_position_embeddings": of("context_length"),
        "rms_norm_eps": of("attention.layer_norm_rms_epsilon"),
        "rope_theta": of("rope.freq_base"),
        "rope_parameters": {"rope_type": "default", "rope_theta": of("rope.freq_base")},
        "hidden_act": "silu",
        "tie_word_embeddings": False,
        "eos_token_id": facts["tokenizer.ggml.eos_token_id"],
        "pad_token_id": facts["tokenizer.ggml.padding_token_id"],
        "bos_token_id": None,
        "dtype": "float32",
    }


def _generation_config(facts: Mapping[str, Any]) -> dict[str, object]:
    end, pad = (facts[f"tokenizer.ggml.{name}_token_id"] for name in ("eos", "padding"))
    return {"do_sample": False, "max_new_tokens": _LONGEST_ANSWER, "eos_token_id": end, "pad_token_id": pad}


def _special(facts: Mapping[str, Any]) -> dict[str, int]:
    kinds = facts["tokenizer.ggml.token_type"]
    return {token: at for at, token in enumerate(facts["tokenizer.ggml.tokens"]) if kinds[at] == _CONTROL}


def _tokenizer(facts: Mapping[str, Any], special: Mapping[str, int]) -> dict[str, object]:
    vocabulary = {token: at for at, token in enumerate(facts["tokenizer.ggml.tokens"]) if token not in special}
    flags = {"single_word": False, "lstrip": False, "rstrip": False, "normalized": False, "special": True}
    level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    split = {"type": "Split", "pattern": {"Regex": _SPLIT}, "behavior": "Isolated", "invert": False}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": at, "content": token, **flags} for token, at in special.items()],
        "normalizer": None,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [split, level]},
        "post_processor": None,
        "decoder": {"type": "ByteLevel", "add_prefix_space": True, "trim_offsets": True, "use_regex": True},
        "model": {
            "type": "BPE",
            "dropout": None,
            "unk_token": None,
            "continuing_subword_prefix": None,
            "end_of_word_suffix": None,
            "fuse_unk": False,
            "byte_fallback": False,
            "ignore_merges": False,
            "vocab": vocabulary,
            "merges": [merge.split(" ") for merge in facts["tokenizer.ggml.merges"]],
        },
    }


def _closing(facts: Mapping[str, Any]) -> dict[str, object]:
    at = facts["tokenizer.ggml.eos_token_id"]
    end = facts["tokenizer.ggml.tokens"][at]
    parts = {name: {"Sequence": {"id": name, "type_id": 0}} for name in ("A", "B")}
    close = {"SpecialToken": {"id": end, "type_id": 0}}
    return {
        "type": "TemplateProcessing",
        "single": [parts["A"], close],
        "pair": [parts["A"], close, parts["B"], close],
        "special_tokens": {end: {"id": end, "ids": [at], "tokens": [end]}},
    }


def _tokenizer_config(facts: Mapping[str, Any]) -> dict[str, object]:
    tokens = facts["tokenizer.ggml.tokens"]
    return {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": tokens[facts["tokenizer.ggml.eos_token_id"]],
        "pad_token": tokens[facts["tokenizer.ggml.padding_token_id"]],
        "model_max_length": facts["qwen2.context_length"],
        "clean_up_tokenization_spaces": False,
        "chat_template": facts["tokenizer.chat_template"],
    }


if __name__ == "__main__":
    main()
