"""
What is sent about batches: a small one of chat completions that is waited for, and one of embeddings that is cancelled.

Their files are deleted at the end. Batches cannot be deleted, and end by themselves within a day. What a cancelled
batch has written by then stays.
"""

from conformance import Exchange, Inconclusive, Request, Target, Until, capability, exchange
from conformance.checks.common.prompts import COUNT, HELLO
from conformance.checks.files.exchanges import FILE_MEDIA, NO_FILE, jsonl
from conformance.requests import Upload, delete, get, multipart, post, segment, user

BATCHES = capability("batch.api")

PATH = "/batches"
CHATS, EMBEDDINGS = "/v1/chat/completions", "/v1/embeddings"
PROMPTS = {"chat-hello": HELLO, "chat-count": COUNT}
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
LONGEST_S = 120.0
FINISHED = Until(lambda e: e.get("status") in ENDED, every_s=3.0, limit_s=LONGEST_S)


def batch_of(file: Exchange, endpoint: str) -> Request:
    """Return the request for a batch of all lines of a file."""
    body = {"input_file_id": file.at("id", str), "endpoint": endpoint, "completion_window": "24h"}
    return post(PATH, body)


def line(name: str, endpoint: str, body: dict[str, object]) -> dict[str, object]:
    """Return one line of a batch's file."""
    return {"custom_id": name, "method": "POST", "url": endpoint, "body": body}


def written_by(finished: Exchange, key: str, below: str = "") -> str:
    """Return the path of a file that a batch wrote. Raises `Inconclusive` when there is none."""
    name = finished.get(key)
    if not isinstance(name, str):
        raise Inconclusive(f"the batch has no `{key}`; its `status` is {str(finished.get('status'))[:20]!r}")
    return f"/files/{segment(name)}{below}"


@exchange(BATCHES, cost=0, roles=())
def batches_listed() -> Request:
    """The list of batches."""
    return get(PATH)


@exchange(BATCHES, expects={400, 404, 422}, cost=0, roles=(), invalid=True)
def batch_of_unknown_file(batches_listed: Exchange) -> Request:
    """A batch of a file that does not exist."""
    return post(PATH, {"input_file_id": NO_FILE, "endpoint": CHATS, "completion_window": "24h"})


@exchange(BATCHES, cost=0)
def chats_file(target: Target, batches_listed: Exchange) -> Request:
    """The upload of a batch's input file with two chat completions."""
    model = target.model("chat")
    rows = [line(name, CHATS, {"model": model, "messages": [user(said)]}) for name, said in PROMPTS.items()]
    return multipart("/files", {"purpose": "batch"}, {"file": Upload("chats.jsonl", jsonl(rows), "application/jsonl")})


@exchange(BATCHES, cost=180)
def chats_batch(chats_file: Exchange) -> Request:
    """The creation of a batch of two chat completions."""
    return batch_of(chats_file, CHATS)


@exchange(BATCHES, cost=0, until=FINISHED)
def chats_finished(chats_batch: Exchange) -> Request:
    """The batch of chat completions after its end, or as it is after two minutes."""
    return get(f"{PATH}/{segment(chats_batch.at('id', str))}")


@exchange(BATCHES, cost=0, media=FILE_MEDIA)
def chats_output(chats_finished: Exchange) -> Request:
    """The output file of the batch of chat completions."""
    return get(written_by(chats_finished, "output_file_id", "/content"))


@exchange(BATCHES, cost=0, last=True)
def chats_output_deleted(chats_finished: Exchange, chats_output: Exchange) -> Request:
    """The deletion of a batch's output file."""
    return delete(written_by(chats_finished, "output_file_id"))


@exchange(BATCHES, cost=0, last=True)
def chats_file_deleted(chats_file: Exchange) -> Request:
    """The deletion of the input file of the batch of chat completions."""
    return delete(f"/files/{segment(chats_file.at('id', str))}")


@exchange(BATCHES, cost=0, roles=("embedding",))
def embeddings_file(target: Target, batches_listed: Exchange) -> Request:
    """The upload of a batch's input file with one embeddings request."""
    rows = [line("embedding-hello", EMBEDDINGS, {"model": target.model("embedding"), "input": HELLO})]
    file = Upload("embeddings.jsonl", jsonl(rows), "application/jsonl")
    return multipart("/files", {"purpose": "batch"}, {"file": file})


@exchange(BATCHES, cost=10, roles=("embedding",))
def embeddings_batch(embeddings_file: Exchange) -> Request:
    """The creation of a batch of one embeddings request."""
    return batch_of(embeddings_file, EMBEDDINGS)


@exchange(BATCHES, cost=0, roles=("embedding",))
def embeddings_retrieved(embeddings_batch: Exchange) -> Request:
    """The batch of embeddings, retrieved by its id."""
    return get(f"{PATH}/{segment(embeddings_batch.at('id', str))}")


@exchange(BATCHES, expects={200, 400, 409}, cost=0, roles=("embedding",))
def embeddings_cancelled(embeddings_batch: Exchange, embeddings_retrieved: Exchange) -> Request:
    """The cancellation of the batch of embeddings, which may have ended before."""
    return Request("POST", f"{PATH}/{segment(embeddings_batch.at('id', str))}/cancel")


@exchange(BATCHES, cost=0, last=True, roles=("embedding",))
def embeddings_file_deleted(embeddings_file: Exchange) -> Request:
    """The deletion of the input file of the batch of embeddings."""
    return delete(f"/files/{segment(embeddings_file.at('id', str))}")
