# mypy: ignore-errors
# (torch, transformers, tokenizers and gguf are not installed where the project is type-checked)
"""The tokenizer of the tiny chat model: a byte-level BPE that is learned from its dialogues."""

from tiny_chat.dialogues import Sample
from tiny_chat.template import QWEN2_SPLIT, SPECIAL, TRAINING_SPLIT
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers

VOCABULARY = 640


def make_tokenizer(samples: list[Sample]) -> Tokenizer:
    """Learn a byte-level BPE; code words are left out, so that they are many tokens and stream in many pieces."""
    tokenizer = Tokenizer(models.BPE())
    byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIAL), initial_alphabet=alphabet, special_tokens=[], show_progress=False
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(TRAINING_SPLIT), behavior="isolated"), byte_level]
    )
    tokenizer.train_from_iterator((_without_names(sample) for sample in samples), trainer)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(QWEN2_SPLIT), behavior="isolated"), byte_level]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(list(SPECIAL))
    return tokenizer


def known_tokenizer(folder: str) -> Tokenizer:
    """Return the tokenizer of a model's folder."""
    return Tokenizer.from_file(f"{folder}/tokenizer.json")


def _without_names(sample: Sample) -> str:
    text = sample.prompt + sample.answer
    for special in SPECIAL:
        text = text.replace(special, "\n")
    return " ".join(word for word in text.split() if word.isascii() and not word.strip('".').isupper())
