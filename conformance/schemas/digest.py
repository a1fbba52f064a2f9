"""The digest of all schemas: whether a response was judged by the same reference as another one."""

from functools import cache
from hashlib import sha256
from importlib.resources import files

from conformance.schemas.schema import names

LENGTH = 12


@cache
def digest() -> str:
    """Return the digest of the generated schemas and the overlay, in hexadecimal digits."""
    generated = files("conformance.schemas.generated")
    content = [files("conformance.schemas").joinpath("overlay.toml").read_bytes()]
    content += [generated.joinpath(f"{name}.json").read_bytes() for name in names()]
    return sha256(b"\0".join(content)).hexdigest()[:LENGTH]
