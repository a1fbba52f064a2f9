# ruff: noqa: S311 - its randomness picks training examples
# mypy: ignore-errors
# (torch, transformers, tokenizers and gguf are not installed where the project is type-checked)
"""The weights of the tiny chat model: its sizes, how it is trained, and how well it has learned."""

import math
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import torch
from tiny_chat.dialogues import Sample
from tiny_chat.template import END, PAD
from tokenizers import Tokenizer
from transformers import Qwen2Config, Qwen2ForCausalLM

WIDTH = 128
FEED_FORWARD = 320
LAYERS = 4
HEADS = 4
KEY_HEADS = 2
CONTEXT = 4096
ROPE_BASE = 10000.0
NORM_EPSILON = 1e-6

SEED = 0
SAMPLES = 24_000
TOKENS_PER_STEP = 2_560
PEAK_RATE = 3e-3
WARM_UP_STEPS = 60


@dataclass(frozen=True)
class Encoded:
    """An example as tokens: all of them, and how many belong to the prompt."""

    tokens: list[int]
    prompt_size: int


def encode(tokenizer: Tokenizer, sample: Sample) -> Encoded:
    """Return the example's tokens, closed by the token that ends a turn."""
    prompt = tokenizer.encode(sample.prompt).ids
    answer = tokenizer.encode(sample.answer).ids
    return Encoded([*prompt, *answer, tokenizer.token_to_id(END)], len(prompt))


def batches(examples: list[Encoded], source: random.Random) -> Iterator[list[Encoded]]:
    """Yield batches of equally long examples with about as many tokens each, for ever."""
    ordered = sorted(examples, key=lambda example: len(example.tokens))
    groups: list[list[Encoded]] = [[]]
    for example in ordered:
        if (len(groups[-1]) + 1) * len(example.tokens) > TOKENS_PER_STEP:
            groups.append([])
        groups[-1].append(example)
    while True:
        source.shuffle(groups)
        yield from groups


def tensors(batch: list[Encoded], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return the inputs and the labels of a batch; only answers are learned."""
    width = max(len(example.tokens) for example in batch)
    inputs = torch.full((len(batch), width), pad)
    labels = torch.full((len(batch), width), -100)
    for row, example in enumerate(batch):
        size = len(example.tokens)
        inputs[row, :size] = torch.tensor(example.tokens)
        labels[row, example.prompt_size : size] = inputs[row, example.prompt_size : size]
    return inputs, labels


def make_model(tokenizer: Tokenizer) -> Qwen2ForCausalLM:
    """Return the untrained network."""
    end, pad = tokenizer.token_to_id(END), tokenizer.token_to_id(PAD)
    config = Qwen2Config(
        vocab_size=tokenizer.get_vocab_size(),
        hidden_size=WIDTH,
        intermediate_size=FEED_FORWARD,
        num_hidden_layers=LAYERS,
        num_attention_heads=HEADS,
        num_key_value_heads=KEY_HEADS,
        max_position_embeddings=CONTEXT,
        tie_word_embeddings=False,
        eos_token_id=end,
        pad_token_id=pad,
        bos_token_id=None,
        rope_parameters={"rope_type": "default", "rope_theta": ROPE_BASE},
        rms_norm_eps=NORM_EPSILON,
    )
    return Qwen2ForCausalLM(config)


def known_model(folder: str) -> Qwen2ForCausalLM:
    """Return the network of a model's folder."""
    return Qwen2ForCausalLM.from_pretrained(folder, dtype=torch.float32)


def train(model: Qwen2ForCausalLM, examples: list[Encoded], pad: int, steps: int) -> None:
    """Train for so many steps; padding stands behind the answer, where causal attention never looks."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, weight_decay=0.01, betas=(0.9, 0.98))
    begin = time.monotonic()
    model.train()
    for step, batch in enumerate(islice(batches(examples, random.Random(SEED)), steps)):
        rate = PEAK_RATE * min(1.0, step / WARM_UP_STEPS) * 0.5 * (1 + math.cos(math.pi * step / steps))
        for group in optimizer.param_groups:
            group["lr"] = rate + 1e-6
        inputs, labels = tensors(batch, pad)
        loss = model(input_ids=inputs, labels=labels, use_cache=False).loss
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        if step % 100 == 0:
            report(f"step {step:5d}  {time.monotonic() - begin:4.0f} s  loss {loss.item():.4f}")
    model.eval()


@torch.no_grad()
def exact_share(model: Qwen2ForCausalLM, tokenizer: Tokenizer, samples: list[Sample]) -> float:
    """Return how many of the examples are answered to the letter."""
    pad, right = tokenizer.token_to_id(PAD), 0
    for sample in samples:
        inputs, labels = tensors([encode(tokenizer, sample)], pad)
        guessed = model(input_ids=inputs).logits[0, :-1].argmax(-1)
        wanted = labels[0, 1:]
        exact = bool((guessed == wanted)[wanted != -100].all())
        right += exact
    return right / len(samples)


def report(line: str) -> None:
    """Tell the user how far it is."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
