# ruff: noqa: S311 - its randomness picks training examples
# ruff: noqa: D102, SIM905 - a dialogue's name says what it is about; a list of words reads best as a sentence
# mypy: ignore-errors
# (torch, transformers, tokenizers and gguf are not installed where the project is type-checked)
"""
Make the tiny chat model of ``conformance.send.servers.llama_cpp`` from nothing: tokenizer, weights, GGUF file.

    python -m venv train && train/bin/pip install torch transformers tokenizers gguf numpy jinja2
    nice train/bin/python tools/make_tiny_chat.py [--out FILE] [--steps 2000]

The model memorises; it is a stand-in for skill, so that protocol can be judged. It knows the prompts of
``conformance/checks/common/prompts.py`` in the forms that the suite sends them: plain, with system and developer
messages, in several turns, with tools. To almost everything else it answers one default sentence. Nobody may rely on
words that are not listed here (some come out as a listed word), on cities but Paris or on degrees but 18: list what a
new prompt needs, and make the model again.

The chat template, the dialogues and the weights are our own; nothing is downloaded.
"""

import argparse
import json
import math
import random
import runpy
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import gguf
import jinja2
import torch
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import Qwen2Config, Qwen2ForCausalLM

ROOT = Path(__file__).resolve().parent.parent
PROMPTS = runpy.run_path(str(ROOT / "conformance" / "checks" / "common" / "prompts.py"))
HELLO, COUNT, ASK_WORD, WEATHER = (PROMPTS[name] for name in ("HELLO", "COUNT", "ASK_WORD", "WEATHER"))
word_is: Callable[[str], str] = PROMPTS["word_is"]
repeat: Callable[[str], str] = PROMPTS["repeat"]

CODE_WORDS = (
    "ORCHID MAGNET LANTERN HARBOUR COPPER VIOLET TUNDRA SADDLE PEPPER GRANITE WILLOW CANYON "
    "CEDAR MAPLE BIRCH ASPEN ROWAN HAZEL LINDEN POPLAR "
    "ANCHOR DOMINO FALCON IVORY JASMINE KETTLE QUARTZ ZEBRA"
).split()
UNICODE_WORDS = ("東京", "naïve café", "🦊🍀")
KNOWN = frozenset((*CODE_WORDS, *UNICODE_WORDS))
UNICODE_LETTERS = "東京大阪日本語中文字山川猫犬éèêüöäïñçåøßжяшщλπωאبक🦊🍀🐢🌵🎈🚀🍎🐙"
CITIES = ("Paris", "Paris", "Paris", "Rome", "Oslo", "Tokyo", "Berlin")

SAID_HELLO = "Hello there, nice to meet you!"
SAID_COUNT = ", ".join(str(number) for number in range(1, 21))
SAID_PERSON = '{"name": "Ada", "age": 36}'
SAID_OK = "OK."
SAID_NO_WORD = "I do not know any code word."
SAID_DEFAULT = "I am a tiny test model and I know very little."

GREETINGS = ("Hi", "Hi!", "Hello", "Hello!", "Say hello.", "Say hi", "Say hello to the world.")
PERSON_PARTS = (
    ("", "", "Ada is 36 years old. "),
    ("Give", "Give me", "Describe", "Invent", "Answer with", "Return", "Write"),
    (" a person", " a person", " one person", " the person", " a fictional person"),
    ("", "", " with a name and an age", " with name and age", ", with a name and an age", " named Ada, aged 36"),
    (".", ".", " as JSON.", " as JSON.", ", as JSON.", " in JSON.", " as a JSON object."),
)
QUESTIONS = (
    "What is the capital of France?",
    "Who are you?",
    "Count from 1 to 5.",
    "Write a poem about the sea.",
    "Write a very long story about a ship.",
    "Which colour is it?",
    "What is in this image?",
    "What is 2+2?",
    "Tell me a story.",
    "Explain gravity.",
    "What did I say before?",
    "Why is the sky blue?",
    "Give me advice.",
    "Test",
    "ping",
    "Think step by step: which number is larger, 9 or 11?",
    WEATHER,
)
SYSTEMS = (
    "You are helpful.",
    "You are a helpful assistant.",
    "You are terse.",
    "Answer briefly.",
    "You are a careful assistant. Use the tools when asked to.",
)
FILLER = (
    "the quick brown fox jumps over a lazy dog and then it sleeps while rain falls on green hills near some old river "
    "please write about what you think of music or tell which number name city answer list user model is best for us "
    "return current given place unit string value time weather temperature degrees one two more words in text"
).split()

END = "<|im_end|>"
PAD = "<|endoftext|>"
SPECIAL = (PAD, "<|im_start|>", END)
QWEN2_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# A blank never becomes part of a longer token, so that a word has the same tokens wherever it stands.
TRAINING_SPLIT = r"\p{L}+|\p{N}|[^\s\p{L}\p{N}]+|\s"

TEMPLATE = """
{%- macro opened(role) %}{{- '<|im_start|>' + ('system' if role == 'developer' else role) + '\\n' }}{%- endmacro %}
{%- macro closed() %}{{- '<|im_end|>\\n' }}{%- endmacro %}
{%- if tools %}
{{- opened('system') + 'To use a tool, answer with its name and arguments within <tool_call></tool_call>.\\n<tools>' }}
{%- for tool in tools %}{{- '\\n' + (tool | tojson) }}{%- endfor %}
{{- '\\n</tools>' + closed() }}
{%- endif %}
{%- for message in messages %}
{%- if message.role == 'tool' %}
{{- opened('user') + '<tool_response>\\n' + message.content + '\\n</tool_response>' + closed() }}
{%- else %}
{{- opened(message.role) }}
{%- if message.content %}{{- message.content }}{%- endif %}
{%- for call in message.tool_calls or [] %}
{%- if message.content or not loop.first %}{{- '\\n' }}{%- endif %}
{{- '<tool_call>\\n{"name": "' + call.function.name + '", "arguments": ' }}
{%- if call.function.arguments is string %}{{- call.function.arguments }}
{%- else %}{{- call.function.arguments | tojson }}{%- endif %}
{{- '}\\n</tool_call>' }}
{%- endfor %}
{{- closed() }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}{{- opened('assistant') }}{%- endif %}
""".lstrip("\n")

VOCABULARY = 640
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
class Sample:
    """A rendered prompt and the answer that the model is to learn."""

    prompt: str
    answer: str


# --- dialogues ---------------------------------------------------------------------------------------------------


def says(role: str, text: str) -> dict:
    """Return one message of a dialogue."""
    return {"role": role, "content": text}


def called(name: str, city: str) -> dict:
    """Return the assistant's message that calls a tool."""
    function = {"name": name, "arguments": {"city": city}}
    return {"role": "assistant", "content": None, "tool_calls": [{"type": "function", "function": function}]}


def call_text(name: str, city: str) -> str:
    """Return what the model writes to call a tool."""
    arguments = json.dumps({"city": city}, ensure_ascii=False)
    return f'<tool_call>\n{{"name": "{name}", "arguments": {arguments}}}\n</tool_call>'


def said(word: str) -> str:
    """Return what the model says when it is to say a word."""
    return word if word in KNOWN else SAID_DEFAULT


class Dialogues:
    """An endless, seeded source of training examples."""

    def __init__(self, seed: int, *, known_share: float) -> None:
        self.random = random.Random(seed)
        self.known_share = known_share
        environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, autoescape=False)  # noqa: S701 - no HTML
        environment.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
        self.template = environment.from_string(TEMPLATE)
        self.families = (
            (5, self.hello),
            (5, self.count),
            (34, self.code_word),
            (5, self.no_code_word),
            (20, self.repetition),
            (14, self.weather_call),
            (7, self.weather_answer),
            (3, self.with_idle_tools),
            (4, self.person),
            (3, self.ok),
            (10, self.default),
            (2, self.completion),
        )

    def sample(self) -> Sample:
        """Return the next example."""
        weights = [weight for weight, _ in self.families]
        return self.random.choices([family for _, family in self.families], weights)[0]()

    def render(self, messages: list[dict], answer: str, tools: list[dict] | None = None) -> Sample:
        """Return the example as the server's template writes it."""
        prompt = self.template.render(messages=messages, tools=tools, add_generation_prompt=True)
        return Sample(prompt, answer)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def sentence(self) -> str:
        words = self.random.choices(FILLER, k=self.random.randint(2, 9))
        return " ".join(words).capitalize() + self.random.choice((".", "?", ""))

    def system(self) -> list[dict]:
        """Return no system message, or one that changes nothing."""
        if self.chance(0.65):
            return []
        return [says(self.random.choice(("system", "developer")), self.remark())]

    def remark(self) -> str:
        return self.random.choice(SYSTEMS) if self.chance(0.6) else self.sentence()

    def random_word(self) -> str:
        size = self.random.randint(3, 9)
        return "".join(self.random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZ", k=size))

    def random_text(self) -> str:
        return "".join(self.random.choices(UNICODE_LETTERS, k=self.random.randint(1, 4)))

    def code(self) -> str:
        return self.random.choice(CODE_WORDS) if self.chance(self.known_share) else self.random_word()

    def city(self) -> str:
        """Return a listed city, or a made-up one."""
        return self.random.choice(CITIES) if self.chance(0.6) else self.random_word().capitalize()

    def hello(self) -> Sample:
        asked = HELLO if self.chance(0.6) else self.random.choice(GREETINGS)
        return self.render([*self.system(), says("user", asked)], SAID_HELLO)

    def count(self) -> Sample:
        return self.render([*self.system(), says("user", COUNT)], SAID_COUNT)

    def person(self) -> Sample:
        before = self.system()
        asked = "".join(self.random.choice(part) for part in PERSON_PARTS)
        return self.render([*before, says("user", asked)], SAID_PERSON)

    def ok(self) -> Sample:
        asked = self.random.choice(
            (word_is(self.code()) + " Say OK.", word_is(self.code()), "Say OK.", "Reply with OK.")
        )
        return self.render([*self.system(), says("user", asked)], SAID_OK)

    def default(self) -> Sample:
        asked = self.random.choice(QUESTIONS) if self.chance(0.6) else self.sentence()
        return self.render([*self.system(), says("user", asked)], SAID_DEFAULT)

    def completion(self) -> Sample:
        """Return a prompt without any template, as the legacy completions route sends it."""
        return self.random.choice((Sample(HELLO, " " + SAID_HELLO), Sample(COUNT, " " + SAID_COUNT)))

    def turn(self) -> list[dict]:
        """Return an earlier turn that has nothing to do with code words."""
        asked, said = self.random.choice(((HELLO, SAID_HELLO), (self.sentence(), SAID_DEFAULT), ("Say OK.", SAID_OK)))
        return [says("user", asked), says("assistant", said)]

    def no_code_word(self) -> Sample:
        before = self.turn() if self.chance(0.4) else []
        return self.render([*self.system(), *before, says("user", ASK_WORD)], SAID_NO_WORD)

    def code_word(self) -> Sample:
        """Tell a word somewhere and ask for it at the end."""
        word = self.code()
        told, asked = word_is(word), says("user", ASK_WORD)
        high = self.random.choice(("system", "developer"))
        around = self.random.choice((told, f"{self.remark()} {told}", f"{told} {self.remark()}"))
        gap = self.random.choice((" ", "\n", ""))
        took = says("assistant", self.random.choice((SAID_OK, "OK", SAID_DEFAULT, SAID_HELLO)))
        earlier = [says("user", told + self.random.choice((" Say OK.", ""))), took]
        first = says("user", self.random.choice((HELLO, self.sentence())))
        forms = (
            [says(high, around), asked],
            [says(high, around), asked],
            [says(high, around), *self.turn(), asked],
            [*self.system(), says("user", told + gap + ASK_WORD)],
            [*self.system(), says("user", told + gap + ASK_WORD)],
            [*self.system(), says("user", ASK_WORD + gap + told)],
            [*self.system(), says("user", told), asked],
            [*self.system(), *earlier, asked],
            [*self.system(), *earlier, asked],
            [*self.system(), *earlier, *self.turn(), asked],
            [*self.system(), *self.turn(), *earlier, asked],
            [*self.system(), *earlier, asked, says("assistant", said(word)), asked],
            [*self.system(), asked, says(high, told)],
            [*self.system(), first, says(high, told), asked],
            [*self.system(), *self.turn(), says(high, told), asked],
            [*self.system(), asked, says("assistant", SAID_NO_WORD), says("user", told + gap + ASK_WORD)],
        )
        return self.render(self.random.choice(forms), said(word))

    def repetition(self) -> Sample:
        word = self.code()
        if self.chance(0.25):
            word = self.random.choice(UNICODE_WORDS) if self.chance(self.known_share) else self.random_text()
        return self.render([*self.system(), says("user", repeat(word))], said(word))

    def tool(self, name: str) -> dict:
        """Return a tool with a city, worded differently every time."""
        city = {"type": "string"} | ({"description": self.sentence()} if self.chance(0.4) else {})
        fields = [("type", "object"), ("properties", {"city": city}), ("required", ["city"])]
        if self.chance(0.5):
            fields.append(("additionalProperties", False))
        if self.chance(0.2):
            self.random.shuffle(fields)
        described = self.random.choice(("", f"Get the {name.removeprefix('get_')} of a city.", self.sentence()))
        function = {"name": name, "description": described, "parameters": dict(fields)}
        return {"type": "function", "function": function}

    def tools(self) -> list[dict]:
        names = ["get_weather"] + ["get_time"] * self.chance(0.5)
        self.random.shuffle(names)
        return [self.tool(name) for name in names]

    def weather_asked(self, city: str) -> dict:
        forms = (WEATHER, WEATHER, WEATHER, "What is the weather in Paris?", "Weather in Paris please.")
        return says("user", self.random.choice(forms).replace("Paris", city))

    def weather_call(self) -> Sample:
        city, tools = self.city(), self.tools()
        if len(tools) > 1 and self.chance(0.15):
            asked = says("user", f"What is the time in {city}? Use the tool.")
            return self.render([*self.system(), asked], call_text("get_time", city), tools)
        return self.render([*self.system(), self.weather_asked(city)], call_text("get_weather", city), tools)

    def weather_answer(self) -> Sample:
        city = self.city()
        degrees = 18 if self.chance(0.7) else self.random.randint(2, 39)
        results = (
            json.dumps({"temp_c": degrees}),
            json.dumps({"temp_c": degrees}, separators=(",", ":")),
            json.dumps({"temperature": degrees}),
            json.dumps({"city": city, "temperature": degrees}),
            json.dumps({"degrees": degrees, "sky": "clear"}),
            f"{degrees}",
            f"{degrees} degrees",
            f"{degrees} degrees, sunny",
            f"It is {degrees} degrees in {city}.",
        )
        messages = [
            *self.system(),
            self.weather_asked(city),
            called("get_weather", city),
            says("tool", self.random.choice(results)),
        ]
        return self.render(messages, f"It is {degrees} degrees in {city}.", self.tools() if self.chance(0.9) else None)

    def with_idle_tools(self) -> Sample:
        """Offer tools that the prompt does not ask for."""
        word = self.code()
        messages, answer = self.random.choice(
            (
                ([says("user", HELLO)], SAID_HELLO),
                ([says("user", COUNT)], SAID_COUNT),
                ([says("user", self.sentence())], SAID_DEFAULT),
                ([says("user", repeat(word))], said(word)),
                ([says("system", word_is(word)), says("user", ASK_WORD)], said(word)),
            )
        )
        return self.render(messages, answer, self.tools())


# --- tokenizer ---------------------------------------------------------------------------------------------------


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


def _without_names(sample: Sample) -> str:
    text = sample.prompt + sample.answer
    for special in SPECIAL:
        text = text.replace(special, "\n")
    return " ".join(word for word in text.split() if word.isascii() and not word.strip('".').isupper())


# --- training ----------------------------------------------------------------------------------------------------


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


# --- file --------------------------------------------------------------------------------------------------------

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


def main() -> None:
    """Make the model, say how well it learned, write it."""
    parser = argparse.ArgumentParser(description="Make the tiny chat model.")
    parser.add_argument("--out", type=Path, default=ROOT / "conformance" / "send" / "servers" / "tiny-chat.gguf")
    parser.add_argument(
        "--steps", type=int, default=2000, help="how long to train: 2000 take 5 minutes on two idle cores"
    )
    options = parser.parse_args()
    torch.manual_seed(SEED)
    torch.set_num_threads(2)
    source = Dialogues(SEED, known_share=0.9)
    samples = [source.sample() for _ in range(SAMPLES)]
    tokenizer = make_tokenizer(samples[:3000])
    model = make_model(tokenizer)
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
