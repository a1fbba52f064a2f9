"""The tiny model as a folder holds what the GGUF file holds."""

import json
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from conformance.servers.model_folder import MODEL_FILE, MODEL_NAME, read_gguf, write_folder


def test_every_tensor_is_in_the_folder_with_its_shape_and_its_bytes(tmp_path: Path) -> None:
    write_folder(MODEL_FILE, tmp_path)
    content = (tmp_path / "model.safetensors").read_bytes()
    (size,) = struct.unpack("<Q", content[:8])
    header, data = json.loads(content[8 : 8 + size]), content[8 + size :]
    _, tensors = read_gguf(MODEL_FILE.read_bytes())
    assert tensors
    assert set(header) == {tensor.name for tensor in tensors} | {"__metadata__"}
    for tensor in tensors:
        begin, end = header[tensor.name]["data_offsets"]
        assert data[begin:end] == tensor.data
        assert header[tensor.name]["shape"] == list(tensor.shape)


def test_the_names_are_those_of_the_network(tmp_path: Path) -> None:
    _, tensors = read_gguf(MODEL_FILE.read_bytes())
    names = {tensor.name: tensor.shape for tensor in tensors}
    write_folder(MODEL_FILE, tmp_path)
    config = json.loads((tmp_path / "config.json").read_text("utf-8"))
    assert names["model.embed_tokens.weight"] == (config["vocab_size"], config["hidden_size"])
    last = config["num_hidden_layers"] - 1
    assert names[f"model.layers.{last}.mlp.up_proj.weight"] == (config["intermediate_size"], config["hidden_size"])
    assert names["lm_head.weight"] == names["model.embed_tokens.weight"]


def test_every_token_stands_once_in_the_tokenizer(tmp_path: Path) -> None:
    write_folder(MODEL_FILE, tmp_path)
    tokenizer = json.loads((tmp_path / "tokenizer.json").read_text("utf-8"))
    numbers = [*tokenizer["model"]["vocab"].values(), *(token["id"] for token in tokenizer["added_tokens"])]
    assert sorted(numbers) == list(range(len(numbers)))
    assert "<|im_end|>" in {token["content"] for token in tokenizer["added_tokens"]}


def test_the_program_finds_the_folder_by_the_name_of_the_model() -> None:
    script = Path(MODEL_FILE).with_name("model_folder.py")
    listing = "import os, sys; print(sorted(os.listdir(sys.argv[1])))"
    words = [sys.executable, str(script), sys.executable, "-c", listing, MODEL_NAME]
    said = subprocess.run(words, check=True, capture_output=True, text=True, timeout=60)
    assert "model.safetensors" in said.stdout
    assert "tokenizer.json" in said.stdout


def test_what_is_not_a_gguf_file_is_named() -> None:
    with pytest.raises(ValueError, match="not a GGUF file"):
        read_gguf(b"PK" + bytes(60))
