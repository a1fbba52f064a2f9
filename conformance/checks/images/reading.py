"""How images are found in a response of the endpoints for images. A URL is never fetched."""

from conformance import Deviation, Exchange, Inconclusive
from conformance.media.base64 import decode_base64
from conformance.media.image import Picture, read_picture


def picture_of(content: bytes, what: str) -> Picture:
    """Return an image that is complete. Raises `Deviation`."""
    picture = read_picture(content)
    if picture is None:
        raise Deviation(f"{what} begins with {content[:8].hex(' ')}: not an image", finding="broken:picture")
    if not picture.whole:
        raise Deviation(f"{what} is a truncated {picture.kind}", finding="broken:picture")
    return picture


def require_two(observed: Exchange) -> None:
    """Raise `Deviation` unless `data` has two entries."""
    found = len(observed.at("data", list))
    if found != 2:
        raise Deviation(f"{found} images where `n` is 2", finding="ignored:n")


def assert_ends_with_picture(observed: Exchange, kind: str) -> None:
    """Assert that the last event of a stream has a type, and a complete image."""
    last = observed.chunks[-1]
    found = last.at("type", str)
    assert found == kind, f"the last event is `{found[:40]}`"
    content = decode_base64(last.at("b64_json", str))
    assert content, "`b64_json` is not base64, or is empty"
    picture_of(content, "`b64_json` of the last event")


def pictures_in(observed: Exchange) -> list[Picture]:
    """
    Return the images in `data`.

    Raises `Deviation` for what is not an image, `Inconclusive` for URLs, which are not fetched, and for none.
    """
    return [picture_of(content, f"`data.{index}`") for index, content in enumerate(contents_in(observed))]


def contents_in(observed: Exchange) -> list[bytes]:
    """Return the bytes of the images in `data`, decoded from base64."""
    data = observed.at("data", list | None, None) or []
    texts = [observed.at(f"data.{index}.b64_json", str | None, None) for index in range(len(data))]
    if not data:
        raise Inconclusive("there is no image, which another check finds")
    if not all(texts):
        raise Inconclusive("the images are returned as URLs, which the suite does not fetch")
    contents = [decode_base64(each or "") for each in texts]
    if not all(contents):
        raise Deviation("`b64_json` is not base64", finding="broken:picture")
    return [content for content in contents if content]
