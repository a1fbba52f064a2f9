"""
The Responses API as agents use it: reasoning that is sent back, several calls, and all forms of input items.

Where the requirements of chat completions have their counterparts here:

| chat completions | Responses API |
|---|---|
| `reasoning.effort` is taken, its tokens counted | `test_reasoning`: `effort_returns_text` |
| an effort costs more than a lower one | none: measured in chat completions, for the model is the same |
| reasoning is not in `content` | `test_reasoning`: `reasoning_is_not_in_the_text` |
| a message with its signature is sent back | `test_reasoning`: `resent_reasoning_is_accepted` |
| several calls: ids, arguments, results | `test_parallel` |
| the forms of `tool_choice` | `test_parallel` |
| a call without parameters | `test_input_forms`: `no_parameters_give_an_object` |
| a result in parts | `test_input_forms`: `result_in_parts_is_counted` |
| sampling, log probabilities, service tier | none yet |
| `n`, `stop`, `seed`, penalties | none: the Responses API does not have them |
"""
