"""The models that a recorded list of models holds."""

from typing import Any

from conformance.record.recording import Recording
from conformance.shapes.answer import Form, answer_of, operation_of

CATALOGUE = "GET models"


def models_in(recording: Recording) -> list[dict[str, Any]] | None:
    """Return the entries of a list of models that have an id, in its order; None for any other response."""
    answer = answer_of(recording) if operation_of(recording) == CATALOGUE else None
    if answer is None or answer.form is not Form.BODY:
        return None
    data = answer.values[0].get("data") if isinstance(answer.values[0], dict) else None
    if not isinstance(data, list):
        return None
    return [one for one in data if isinstance(one, dict) and isinstance(one.get("id"), str)]
