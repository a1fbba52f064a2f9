"""The pictures that a client sends to be changed: as files of a form, or as references in JSON."""

from typing import Any

from conformance.simulator.catalog.files import File
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.multipart import Kind, Part, form, values_of
from conformance.simulator.http.validation import array, fields, missing, string
from conformance.simulator.media.data_url import BadBase64, decode_base64, split_data_url
from conformance.simulator.media.paint import Painting
from conformance.simulator.media.pictures import read_picture
from conformance.simulator.media.sniff import BrokenFile

MOST = 16
_REFERENCE = fields({}, {"image_url": string(empty=False), "file_id": string(empty=False)})
_REFERENCES = array(_REFERENCE, 1, MOST, of="objects")
_KINDS: dict[str, Kind] = {
    "n": "integer",
    "output_compression": "integer",
    "partial_images": "integer",
    "stream": "boolean",
}


def read_sources(call: Call) -> tuple[dict[str, Any], tuple[Painting, ...]]:
    """Return the other parameters of a request, and the client's pictures; a mask is checked and not returned."""
    body, files = _from_json(call) if call.media_type == "application/json" else _from_form(call)
    sources = tuple(_read(content, name) for name, content in files if not name.startswith("mask"))
    for name, content in files:
        if name.startswith("mask"):
            _check_mask(_read(content, name), sources[0])
    return body, sources


def _from_form(call: Call) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    parts = form(call)
    body = values_of(parts, _KINDS)
    files = [part for part in parts if part.filename is not None]
    for part in files:
        if part.name.removesuffix("[]") not in {"image", "mask"}:
            name = part.name[:80]
            raise invalid_request(f"Unknown parameter: '{name}'.", param=name, code="unknown_parameter")
    return body, [(part.name.removesuffix("[]"), part.content) for part in _counted(files, "image")]


def _counted(files: list[Part], name: str) -> list[Part]:
    found = sum(1 for part in files if part.name.removesuffix("[]") == name)
    if not found:
        raise missing(name)
    if found > MOST:
        text = f"Invalid '{name}': array too long. Expected at most {MOST} items, but got {found}."
        raise invalid_request(text, param=name, code="array_above_max_length")
    return files


def _from_json(call: Call) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    body = json_body(call)
    if "images" not in body:
        raise missing("images")
    _REFERENCES(body["images"], "images")
    files = [(f"images[{index}]", _referred(one, f"images[{index}]", call)) for index, one in enumerate(body["images"])]
    if body.get("mask") is not None:
        _REFERENCE(body["mask"], "mask")
        files.append(("mask", _referred(body["mask"], "mask", call)))
    return {name: value for name, value in body.items() if name not in {"images", "mask"}}, files


def _referred(reference: dict[str, Any], path: str, call: Call) -> bytes:
    url, name = reference.get("image_url"), reference.get("file_id")
    if (url is None) == (name is None):
        raise invalid_request(f"Invalid '{path}': exactly one of 'image_url' and 'file_id' is needed.", param=path)
    if name is not None:
        file = call.state.shelf(File).get(name)
        if file is None:
            raise invalid_request(f"No such File object: {name[:80]}", param=f"{path}.file_id", code="invalid_value")
        return file.content
    where = f"{path}.image_url"
    parts = split_data_url(str(url))
    if parts is None:
        text = f"Failed to download image from {str(url)[:200]}."
        raise invalid_request(text, param=where, code="invalid_image_url")
    try:
        return decode_base64(parts[1])
    except BadBase64:
        raise invalid_request(f"Invalid base64 in '{where}'.", param=where, code="invalid_base64_image") from None


def _read(content: bytes, name: str) -> Painting:
    try:
        picture = read_picture(content)
    except BrokenFile as error:
        raise _invalid_file(name, f"Invalid image file: {error}.") from None
    return Painting(picture.width, picture.height, picture.colour or (128, 128, 128))


def _check_mask(mask: Painting, source: Painting) -> None:
    if (mask.width, mask.height) != (source.width, source.height):
        raise _invalid_file("mask", "Invalid mask: it must have the same size as the image.")


def _invalid_file(name: str, text: str) -> ApiError:
    return invalid_request(text, param=name, code="invalid_image_file")
