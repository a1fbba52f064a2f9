# mypy: ignore-errors
# (torch, transformers, tokenizers and gguf are not installed where the project is type-checked)
"""
Make the tiny chat model of ``conformance.servers.llama_cpp`` from nothing: tokenizer, weights, GGUF file.

    python -m venv train && train/bin/pip install torch transformers tokenizers gguf numpy jinja2
    nice train/bin/python tools/make_tiny_chat.py [--out FILE] [--steps 2000] [--further]

The model memorises; it is a stand-in for skill, so that protocol can be judged. It knows the prompts of
``conformance/checks/common/prompts.py`` in the forms that the suite sends them: plain, with system and developer
messages, in several turns, with tools. To almost everything else it answers one default sentence. Nobody may rely on
words that are not listed here (some come out as a listed word), on cities but Paris or on degrees but 18: list what a
new prompt needs, and make the model again.

The chat template, the dialogues and the weights are our own; nothing is downloaded.
"""

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from tiny_chat.dialogues import Dialogues
from tiny_chat.gguf_file import write_gguf
from tiny_chat.template import PAD
from tiny_chat.tokenizer import known_tokenizer, make_tokenizer
from tiny_chat.training import SAMPLES, SEED, encode, exact_share, known_model, make_model, report, train
from tiny_chat.words import ROOT

sys.path.insert(0, str(ROOT / "conformance" / "servers"))
from model_folder import MODEL_FILE, write_folder


def main() -> None:
    """Make the model, say how well it learned, write it."""
    parser = argparse.ArgumentParser(description="Make the tiny chat model.")
    parser.add_argument("--out", type=Path, default=ROOT / "conformance" / "servers" / "tiny-chat.gguf")
    parser.add_argument(
        "--steps", type=int, default=2000, help="how long to train: 2000 take 5 minutes on two idle cores"
    )
    parser.add_argument("--further", action="store_true", help="train the model that stands there; 400 steps do")
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    source = Dialogues(SEED, known_share=0.9)
    samples = [source.sample() for _ in range(SAMPLES)]
    with TemporaryDirectory() as folder:
        if options.further:
            write_folder(MODEL_FILE, Path(folder))
        tokenizer = known_tokenizer(folder) if options.further else make_tokenizer(samples[:3000])
        model = known_model(folder) if options.further else make_model(tokenizer)
    examples = [encode(tokenizer, sample) for sample in samples]
    sizes = sorted(len(example.tokens) for example in examples)
    weights = sum(weight.numel() for weight in model.parameters())
    report(f"{weights} weights, {len(sizes)} examples of {sizes[len(sizes) // 2]} tokens (median), at most {sizes[-1]}")
    train(model, examples, tokenizer.token_to_id(PAD), options.steps)
    for text, share in (("known words", 1.0), ("unknown words", 0.0)):
        unseen = Dialogues(SEED + 1, known_share=share)
        report(f"{text}: {100 * exact_share(model, tokenizer, [unseen.sample() for _ in range(400)]):.1f} % exact")
    write_gguf(options.out, model, tokenizer)
    report(f"{options.out}: {options.out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
