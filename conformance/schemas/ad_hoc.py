"""Holding a value that a model made against a JSON Schema that a check sent."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import NoReturn

import jsonschema_rs

from conformance.schemas.schema import MAX_DEPTH, Node, too_deep
from conformance.wire.json_value import JSON

LIMIT = 20
"""How many violations are listed."""

MAX_TEXT = 200


def violations(instance: JSON, schema: Node) -> list[str]:
    """
    Return in words where a value breaks a schema, at most `LIMIT` places; an empty list means that it is valid.

    A bad schema raises `ValueError`, one that refers to another document too: a schema may stand in a recording of
    somebody else, and nothing is fetched for it. Whatever the value is, nothing is raised: what is nested deeper than
    `MAX_DEPTH` breaks every schema.
    """
    if too_deep(instance):
        return [f"it is nested deeper than {MAX_DEPTH} levels"]
    validator = jsonschema_rs.Draft202012Validator(schema, retriever=_refuse)
    try:
        return list(_listed(validator, instance))
    except UnicodeEncodeError:
        # JSON may hold a lone surrogate (`"\ud800"`), which the validator cannot take. No schema speaks of one.
        text = json.dumps(instance, ensure_ascii=False).encode("utf-8", "replace")
        return list(_listed(validator, json.loads(text)))


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"`{uri}` is not part of the schema")


def _listed(validator: jsonschema_rs.Draft202012Validator, instance: JSON) -> Iterator[str]:
    for error in islice(validator.iter_errors(instance), LIMIT):
        place = "/".join(str(step) for step in error.instance_path)
        text = f"`{place}`: {error.message}" if place else error.message
        yield text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"
