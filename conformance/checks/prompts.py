"""
Every sentence that the suite sends to a model.

They stand in one place, so that a scripted or a very small model can be prepared for all of them.
A code word occurs in one exchange only: an answer that holds another exchange's word is a mixed-up answer.
"""

HELLO = "Say hello in one short sentence."
COUNT = "Count from 1 to 20, separated by commas."
COUNT_FAR = "Count from 1 to 100, separated by commas."
ASK_WORD = "What is the code word? Answer with that word only."
WEATHER = "What is the weather in Paris? Use the tool."


def word_is(word: str) -> str:
    """Return the sentence that tells a code word, for example in a system message."""
    return f"The code word is {word}."


def repeat(word: str) -> str:
    """Return a request that any model can follow: to say one word."""
    return f"Repeat this word and nothing else: {word}"
