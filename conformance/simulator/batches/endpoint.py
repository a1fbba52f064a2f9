"""
`/batches`: create, list, retrieve, cancel.

A batch is `validating` when it is created and `in_progress` at the first look; at the second all its requests are
answered, and it is `completed`, having been `finalizing` in between. What was wrong with its file shows at the first
look, as `failed`. Shapes are those of the official client's `Batch`.
"""

import time
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from conformance.simulator.batches.lines import ENDPOINTS, Line, check_lines, run_lines, sum_of
from conformance.simulator.catalog import files
from conformance.simulator.catalog.files import File
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call, json_body
from conformance.simulator.http.errors import ApiError, invalid_request
from conformance.simulator.http.paging import page
from conformance.simulator.http.validation import fields, integer, mapping, one_of, string

_DAY_S = 86_400
_EXPIRES = fields({"anchor": one_of("created_at"), "seconds": integer(3600, 2_592_000)})
PARAMETERS = fields(
    {"input_file_id": string(empty=False), "endpoint": one_of(*ENDPOINTS), "completion_window": one_of("24h")},
    {"metadata": mapping(string(512), 16, key_rule=string(64)), "output_expires_after": _EXPIRES},
)
_TIMES = ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled")


@dataclass(frozen=True, slots=True)
class Job:
    """A batch as it is told, and the requests that it still has to answer."""

    batch: dict[str, Any]
    lines: tuple[Line, ...] = field(repr=False)
    wrong: tuple[dict[str, Any], ...]
    seconds: int | None

    def now(self, status: str, **changes: Any) -> "Job":
        """Return the batch with a status that it has reached just now."""
        return replace(self, batch={**self.batch, "status": status, f"{status}_at": int(time.time()), **changes})


def create(call: Call) -> Answer:
    """Answer `POST /batches`."""
    body = json_body(call)
    PARAMETERS(body, "")
    name, endpoint = body["input_file_id"], body["endpoint"]
    file = call.state.shelf(File).get(name)
    if file is None:
        raise invalid_request(f"No such File object: {name[:200]}", param="input_file_id")
    if file.purpose != "batch":
        text = f"The file '{name}' has the purpose '{file.purpose}', but a batch needs one with the purpose 'batch'."
        raise invalid_request(text, param="input_file_id")
    lines, wrong = check_lines(file.content, endpoint)
    created = int(time.time())
    batch = {
        "id": f"batch_{uuid.uuid4().hex}",
        "object": "batch",
        "endpoint": endpoint,
        "model": None,
        "errors": None,
        "input_file_id": name,
        "completion_window": body["completion_window"],
        "status": "validating",
        "output_file_id": None,
        "error_file_id": None,
        "created_at": created,
        "expires_at": created + _DAY_S,
        **{f"{status}_at": None for status in _TIMES},
        "request_counts": {"total": 0, "completed": 0, "failed": 0},
        "usage": sum_of(()),
        "metadata": body.get("metadata"),
    }
    job = Job(batch, lines, wrong, (body.get("output_expires_after") or {}).get("seconds"))
    call.state.shelf(Job).put(batch["id"], job, len(file.content))
    return Answer(batch)


def listing(call: Call) -> Answer:
    """Answer `GET /batches`. To look at the list is not to look at each batch."""
    return Answer(page(call, [job.batch for job in call.state.shelf(Job).all()]))


def retrieve(call: Call) -> Answer:
    """Answer `GET /batches/{id}`."""
    job = call.state.shelf(Job).change(call.arguments["id"], lambda old: _advance(old, call))
    if job is None:
        raise _not_found(call)
    return Answer(job.batch)


def cancel(call: Call) -> Answer:
    """Answer `POST /batches/{id}/cancel`."""
    job = call.state.shelf(Job).change(call.arguments["id"], _cancelled)
    if job is None:
        raise _not_found(call)
    return Answer(job.batch)


def _cancelled(job: Job) -> Job:
    status = job.batch["status"]
    if status in {"cancelling", "cancelled"}:
        return job
    if status not in {"validating", "in_progress"}:
        raise ApiError(409, f"Cannot cancel a batch with status '{status}'.")
    return job.now("cancelling")


def _advance(job: Job, call: Call) -> Job:
    match job.batch["status"]:
        case "validating" if job.wrong:
            return job.now("failed", errors={"object": "list", "data": list(job.wrong)})
        case "validating":
            return job.now("in_progress", request_counts={"total": len(job.lines), "completed": 0, "failed": 0})
        case "in_progress":
            return _finish(job, call)
        case "cancelling":
            return job.now("cancelled")
        case _:
            return job


def _finish(job: Job, call: Call) -> Job:
    outcome = run_lines(job.lines, job.batch["endpoint"], call)
    name = job.batch["id"]
    written = {
        f"{kind}_file_id": files.keep(call.state, f"{name}_{kind}.jsonl", "batch_output", content, job.seconds).id
        for kind, content in (("output", outcome.output), ("error", outcome.errors))
        if content
    }
    counts = {"total": len(job.lines), "completed": outcome.completed, "failed": outcome.failed}
    done = job.now("finalizing").now("completed", request_counts=counts, model=outcome.model, **written)
    return replace(done, batch={**done.batch, "usage": outcome.usage}, lines=())


def _not_found(call: Call) -> ApiError:
    return ApiError(404, f"No batch found with id '{call.arguments['id'][:200]}'.")
