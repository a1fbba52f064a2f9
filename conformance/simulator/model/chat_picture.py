"""
What an image model says in a chat: one picture, as Markdown with a data URL.

OpenAI has no picture in the message of a chat; of the shapes that other endpoints document this is the commonest.
"""

import re
from collections.abc import Sequence

from conformance.simulator.media.attachments import Seen
from conformance.simulator.media.data_url import data_url
from conformance.simulator.media.paint import Painting, imagine, paint
from conformance.simulator.media.pictures import colour_name

_SIZE = re.compile(r"\b([1-9][0-9]{1,2}) ?(?:x|by) ?([1-9][0-9]{1,2})\b")
_EDGE = 64
_SHADE = 0.12


def picture(prompt: str, seen: Sequence[Seen]) -> str:
    """Return the picture that a prompt asks for; where the client's own picture has that colour, another shade."""
    match = _SIZE.search(prompt)
    width, height = (int(match[1]), int(match[2])) if match else (_EDGE, _EDGE)
    painting = Painting(width, height, imagine(prompt))
    if colour_name(painting.colour) in {one.colour for one in seen}:
        painting = painting.shaded(_SHADE)
    return f"![A picture]({data_url('image/png', paint(painting, 'png'))})"
