"""
Every sentence that the suite sends to a model.

They stand in one place, so that a scripted or a very small model can be prepared for all of them.
A code word occurs in one exchange only: a response with another exchange's word is a mixed-up response.
"""

HELLO = "Say hello in one short sentence."
COUNT = "Count from 1 to 20, separated by commas."
COUNT_FAR = "Count from 1 to 100, separated by commas."
ASK_WORD = "What is the code word? Answer with that word only."
WEATHER = "What is the weather in Paris? Use the tool."
SEARCH = "Search the web: what is in the news today? Answer in one sentence."
FILM = "A calm sea at night."
WEATHER_TWICE = "What is the weather in Paris and in Rome? Use the tool once for each city."
WEATHER_THRICE = "What is the weather in Paris, Rome and Oslo? Use the tool once for each city."
TIME_AND_WEATHER = "What is the time, and what is the weather in Paris? Use both tools."
PERSON = "Give a person with a name and an age as JSON."
PERSON_EXPLAINED = "Give a person with a name and an age as JSON. Then explain your choice in one sentence."
EVENT = "Ada and Grace meet for lunch on Friday."
REFUSE = "Refuse this request."
EXTRACT = "Extract the event information."

# Open questions, for what a parameter changes: what is drawn, how long the text is, how much is reasoned.
DRAW = "Name a random number between 1 and 1000. Answer with the number only."
EXPLAIN = "Explain what the sea is."
PUZZLE = "How many of the numbers from 1 to 300 have the digit 7 in them? Answer with the number only."

# About attachments; the files and their words are in `conformance.checks.common.fixtures`.
ASK_PICTURE = "What word is in the picture? Answer with that word only."
ASK_PICTURES = "What words are in the two pictures? Answer with the two words in order, separated by a comma."
ASK_COLOUR = "What colour is the picture? Answer with one word."
ASK_DOCUMENT = "Which code word does the document name? Answer with that word only."
ASK_SPOKEN = 'What word is spoken in the recording after "The word is"? Answer with that word only.'

# What images shall show.
PAINT = "Paint a plain red square."
REPAINT = "Make the picture plain green."


def word_is(word: str) -> str:
    """Return the sentence that gives a code word, for example in a system message."""
    return f"The code word is {word}."


def repeat(word: str) -> str:
    """Return a request that any model can follow: to say one word."""
    return f"Repeat this word and nothing else: {word}"
