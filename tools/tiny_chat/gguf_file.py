# mypy: ignore-errors
# (torch, transformers, tokenizers and gguf are not installed where the project is type-checked)
"""The file of the tiny chat model, in the format GGUF."""

import json
from pathlib import Path

import gguf
import torch
from tiny_chat.template import END, PAD, SPECIAL, TEMPLATE
from tiny_chat.training import CONTEXT, FEED_FORWARD, HEADS, KEY_HEADS, LAYERS, NORM_EPSILON, ROPE_BASE, WIDTH
from tokenizers import Tokenizer
from transformers import Qwen2ForCausalLM

OUTER_NAMES = {
    "model.embed_tokens.weight": "token_embd.weight",
    "model.norm.weight": "output_norm.weight",
    "lm_head.weight": "output.weight",
}
LAYER_NAMES = {
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "input_layernorm": "attn_norm",
    "post_attention_layernorm": "ffn_norm",
}


def gguf_name(name: str) -> str:
    """Return what the GGUF file calls a tensor."""
    if name in OUTER_NAMES:
        return OUTER_NAMES[name]
    _, _, layer, inner = name.split(".", 3)
    module, kind = inner.rsplit(".", 1)
    return f"blk.{layer}.{LAYER_NAMES[module]}.{kind}"


def write_gguf(path: Path, model: Qwen2ForCausalLM, tokenizer: Tokenizer) -> None:
    """Write the file: matrices in half precision, vectors in single."""
    writer = gguf.GGUFWriter(path, "qwen2")
    writer.add_name("tiny-chat")
    writer.add_block_count(LAYERS)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(FEED_FORWARD)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(KEY_HEADS)
    writer.add_rope_freq_base(ROPE_BASE)
    writer.add_layer_norm_rms_eps(NORM_EPSILON)
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    write_tokenizer(writer, tokenizer)
    for name, tensor in model.state_dict().items():
        kind = torch.float16 if tensor.dim() > 1 else torch.float32
        writer.add_tensor(gguf_name(name), tensor.to(kind).numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def write_tokenizer(writer: gguf.GGUFWriter, tokenizer: Tokenizer) -> None:
    """Write vocabulary, merges and chat template."""
    vocabulary = tokenizer.get_vocab(with_added_tokens=True)
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    kinds = [gguf.TokenType.CONTROL if token in SPECIAL else gguf.TokenType.NORMAL for token in tokens]
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(tokens)
    writer.add_token_types(kinds)
    writer.add_token_merges([" ".join(merge) for merge in merges])
    writer.add_eos_token_id(tokenizer.token_to_id(END))
    writer.add_pad_token_id(tokenizer.token_to_id(PAD))
    writer.add_add_bos_token(value=False)
    writer.add_chat_template(TEMPLATE)
