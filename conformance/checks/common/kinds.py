"""
The kinds of exchanges that checks bind to: one for each operation, non-streaming and streamed, and one for errors.

An argument of a check that has the name of a kind takes any response of that kind; see `conformance.definition.kind`.
"""

import re

from conformance import Exchange, Kind, Request

OFFERED_STATUSES = frozenset({400, 401, 403, 409, 415, 422, 429, 500})
"""
Statuses of an API that read the request. 404, 405 and 501 often come from a framework that does not serve the route at
all, 502 to 504 and 413 from a proxy in front of it: they are judged only where the exchange expects them, and where
the request names something that the API has not found.
"""


_NAMED = re.compile(r"(batches|conversations|files|models|responses|vector_stores|videos)/.+")


def _is_of_the_api(exchange: Exchange) -> bool:
    if exchange.status in OFFERED_STATUSES:
        return True
    return exchange.expected and _names_something(exchange.sent)


def _names_something(request: Request) -> bool:
    """Tell whether a request names what an API that serves the route may not find: a model, or an id in the path."""
    model = isinstance(request.json, dict) and "model" in request.json
    in_form = b'name="model"' in (request.content or b"")
    return model or in_form or _NAMED.fullmatch(request.operation) is not None


def _is_no_preflight(exchange: Exchange) -> bool:
    return exchange.sent.method != "OPTIONS"


chat_completion = Kind("chat_completion", "chat completion", "POST", "chat/completions", streamed=False)
chat_stream = Kind("chat_stream", "streamed chat completion", "POST", "chat/completions", streamed=True)
stored_completion = Kind("stored_completion", "stored chat completion", "GET", "chat/completions/{id}")
stored_completion_list = Kind("stored_completion_list", "list of stored chat completions", "GET", "chat/completions")
completion = Kind("completion", "legacy completion", "POST", "completions", streamed=False)
completion_stream = Kind("completion_stream", "streamed legacy completion", "POST", "completions", streamed=True)

response = Kind("response", "response of the Responses API", "POST", "responses", streamed=False)
response_stream = Kind("response_stream", "streamed response of the Responses API", "POST", "responses", streamed=True)
stored_response = Kind("stored_response", "retrieved response", "GET", "responses/{id}", streamed=False)
deleted_response = Kind("deleted_response", "deletion of a response", "DELETE", "responses/{id}")
response_items = Kind("response_items", "list of a response's input items", "GET", "responses/{id}/input_items")
input_token_count = Kind("input_token_count", "count of input tokens", "POST", "responses/input_tokens")
compaction = Kind("compaction", "compacted conversation", "POST", "responses/compact")

embeddings = Kind("embeddings", "embeddings response", "POST", "embeddings")
moderation = Kind("moderation", "moderation", "POST", "moderations")

generated_images = Kind("generated_images", "generated images", "POST", "images/generations", streamed=False)
edited_images = Kind("edited_images", "edited images", "POST", "images/edits", streamed=False)
varied_images = Kind("varied_images", "image variations", "POST", "images/variations")

speech = Kind("speech", "speech", "POST", "audio/speech")
transcription = Kind("transcription", "transcription", "POST", "audio/transcriptions", streamed=False)

model_list = Kind("model_list", "list of models", "GET", "models")
model = Kind("model", "model", "GET", "models/{id}")

uploaded_file = Kind("uploaded_file", "uploaded file", "POST", "files")
file_list = Kind("file_list", "list of files", "GET", "files")

created_batch = Kind("created_batch", "created batch", "POST", "batches")
batch = Kind("batch", "batch", "GET", "batches/{id}")
batch_list = Kind("batch_list", "list of batches", "GET", "batches")

created_video = Kind("created_video", "created video", "POST", "videos")
video = Kind("video", "video", "GET", "videos/{id}")
video_list = Kind("video_list", "list of videos", "GET", "videos")

error_response = Kind("error_response", "error response", success=False, also=_is_of_the_api)
any_response = Kind("any_response", "response", success=None, also=_is_no_preflight)
any_success = Kind("any_success", "successful response", success=True, also=_is_no_preflight)
