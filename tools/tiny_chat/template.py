# mypy: ignore-errors
"""The chat template of the tiny model, its special tokens, and how text is split before it is made tokens."""

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
