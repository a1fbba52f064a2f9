"""What is sent about the end of a file: the upload of a small file that expires after an hour."""

from conformance import Exchange, Request, Target, capability, exchange
from conformance.checks.files.exchanges import FILENAME, PATH, by_id, content_for, file_uploaded
from conformance.requests import Upload, delete, multipart

EXPIRY = capability("files.expiry")

HOUR_S = 3600
"""Seconds: the smallest documented value."""


def _expiring(content: bytes, seconds: int) -> Request:
    given = {"purpose": "batch", "expires_after[anchor]": "created_at", "expires_after[seconds]": str(seconds)}
    return multipart(PATH, given, {"file": Upload(FILENAME, content, "application/jsonl")})


@exchange(EXPIRY, cost=0)
def expiring_file(target: Target, file_uploaded: Exchange) -> Request:
    """The upload of a file that expires after an hour."""
    del file_uploaded
    return _expiring(content_for(target.model("chat")), HOUR_S)


@exchange(EXPIRY, expects={400, 422}, cost=0, invalid=True)
def file_expiring_too_early(target: Target, expiring_file: Exchange) -> Request:
    """The upload of a file that expires after a minute, which is less than the documented hour."""
    del expiring_file
    return _expiring(content_for(target.model("chat")), 60)


@exchange(EXPIRY, cost=0, last=True)
def expiring_file_deleted(expiring_file: Exchange) -> Request:
    """The deletion of the file that would expire."""
    return delete(by_id(expiring_file))
