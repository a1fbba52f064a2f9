"""
The deletion of a model that does not exist.

Not checked: the deletion of a model that does, for whose sake nothing here is sent.
"""

from conformance import DOC, Exchange, must
from conformance.checks.common.errors import NO_ERROR_OBJECT_UNROUTED, refused_with_object
from conformance.checks.models.exchanges import DELETE_MODEL, unknown_model_deleted
from conformance.counterexamples import broken


@must(DELETE_MODEL, says=DOC("deleteModel"), counterexample=broken(unknown_model_deleted, "error", None))
def test_unknown_model_is_not_deleted(unknown_model_deleted: Exchange) -> None:
    """Deleting a model that does not exist is rejected with an `error` object, not confirmed."""
    assert unknown_model_deleted.get("deleted") is not True, "the deletion of a made-up model is confirmed"
    refused_with_object(unknown_model_deleted, NO_ERROR_OBJECT_UNROUTED)
