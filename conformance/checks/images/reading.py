"""How pictures are found in an answer of the endpoints for images. What stands behind a URL is never fetched."""

from conformance import Deviation, Exchange, Inconclusive
from conformance.media.base64 import decode_base64
from conformance.media.image import Picture, read_picture


def picture_of(content: bytes, what: str) -> Picture:
    """Return a picture that is whole. Raises `Deviation`."""
    picture = read_picture(content)
    if picture is None:
        raise Deviation(f"{what} begins with {content[:8].hex(' ')}: no picture", finding="broken:picture")
    if not picture.whole:
        raise Deviation(f"{what} is a {picture.kind} that ends too early", finding="broken:picture")
    return picture


def pictures_in(observed: Exchange) -> list[Picture]:
    """
    Return the pictures in `data`.

    Raises `Deviation` for what is no picture, `Inconclusive` for URLs, whose pictures are not looked at, and for none.
    """
    return [picture_of(content, f"`data.{index}`") for index, content in enumerate(contents_in(observed))]


def contents_in(observed: Exchange) -> list[bytes]:
    """Return the bytes of the pictures in `data`, decoded from base64."""
    data = observed.at("data", list | None, None) or []
    texts = [observed.at(f"data.{index}.b64_json", str | None, None) for index in range(len(data))]
    if not data:
        raise Inconclusive("there is no picture: another check finds that")
    if not all(texts):
        raise Inconclusive("the pictures come behind URLs, and the suite fetches none")
    contents = [decode_base64(each or "") for each in texts]
    if not all(contents):
        raise Deviation("`b64_json` is no base64", finding="broken:picture")
    return [content for content in contents if content]
