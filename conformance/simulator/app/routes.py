"""Which endpoint serves which method and path. A new endpoint is one line here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from starlette.routing import compile_path

from conformance.simulator.batches import endpoint as batches
from conformance.simulator.catalog import files, models
from conformance.simulator.chat import endpoint as chat
from conformance.simulator.chat import stored as stored_chats
from conformance.simulator.endpoints import (
    completions,
    embeddings,
    images,
    moderations,
    realtime,
    transcriptions,
    uploads,
    vector_store_files,
    vector_store_search,
    vector_stores,
    videos,
)
from conformance.simulator.http.answer import Answer
from conformance.simulator.http.call import Call
from conformance.simulator.http.errors import ApiError, unknown_url
from conformance.simulator.http.registry import Handler
from conformance.simulator.model import speech
from conformance.simulator.responses import conversations
from conformance.simulator.responses import endpoint as responses
from conformance.simulator.responses import store as response_store


@dataclass(frozen=True, slots=True)
class Route:
    """A path below `/v1`, and its handler per method."""

    pattern: re.Pattern[str]
    handlers: Mapping[str, Handler]


def _route(path: str, **handlers: Handler) -> Route:
    """Return a route; the path's parameters are in Starlette's notation."""
    return Route(compile_path(path)[0], handlers)


PUBLIC = images.PAINTED  # what no key is needed for
ROUTES = (
    _route("/models", GET=models.listing),
    _route("/models/{model:path}", GET=models.retrieve, DELETE=models.delete),
    _route("/chat/completions", GET=stored_chats.listing, POST=chat.complete),
    _route("/chat/completions/{id}", GET=stored_chats.retrieve, POST=stored_chats.update, DELETE=stored_chats.delete),
    _route("/chat/completions/{id}/messages", GET=stored_chats.messages),
    _route("/completions", POST=completions.complete),
    _route("/embeddings", POST=embeddings.embed),
    _route("/audio/speech", POST=speech.speak),
    _route("/audio/transcriptions", POST=transcriptions.transcribe),
    _route("/audio/translations", POST=transcriptions.translate),
    _route("/images/generations", POST=images.generate),
    _route("/images/edits", POST=images.edit),
    _route("/images/variations", POST=images.vary),
    _route(f"{images.PAINTED}{{name}}", GET=images.painted),
    _route("/responses", POST=responses.create),
    _route("/responses/input_tokens", POST=responses.input_tokens),
    _route("/responses/compact", POST=responses.compact),
    _route("/responses/{id}", GET=response_store.retrieve, DELETE=response_store.delete),
    _route("/responses/{id}/cancel", POST=response_store.cancel),
    _route("/responses/{id}/input_items", GET=response_store.input_items),
    _route("/conversations", POST=conversations.create),
    _route("/conversations/{id}", GET=conversations.retrieve, POST=conversations.update, DELETE=conversations.delete),
    _route("/conversations/{id}/items", GET=conversations.items, POST=conversations.add),
    _route("/conversations/{id}/items/{item}", GET=conversations.retrieve_item, DELETE=conversations.delete_item),
    _route("/moderations", POST=moderations.moderate),
    _route("/files", GET=files.listing, POST=files.upload),
    _route("/files/{id}", GET=files.retrieve, DELETE=files.delete),
    _route("/files/{id}/content", GET=files.content),
    _route("/uploads", POST=uploads.create),
    _route("/uploads/{id}/parts", POST=uploads.add_part),
    _route("/uploads/{id}/complete", POST=uploads.complete),
    _route("/uploads/{id}/cancel", POST=uploads.cancel),
    _route("/vector_stores", GET=vector_stores.listing, POST=vector_stores.create),
    _route(
        "/vector_stores/{id}",
        GET=vector_stores.retrieve,
        POST=vector_stores.update,
        DELETE=vector_stores.delete,
    ),
    *(
        _route(
            f"/vector_stores/{{id}}{below}", **{name: vector_stores.within(handler) for name, handler in served.items()}
        )
        for below, served in (*vector_store_files.ROUTES, *vector_store_search.ROUTES)
    ),
    _route("/realtime/client_secrets", POST=realtime.client_secret),
    _route("/realtime/translations/client_secrets", POST=realtime.translation_secret),
    _route("/realtime/calls", POST=realtime.begin_call),
    _route("/batches", GET=batches.listing, POST=batches.create),
    _route("/batches/{id}", GET=batches.retrieve),
    _route("/batches/{id}/cancel", POST=batches.cancel),
    _route("/videos", GET=videos.listing, POST=videos.create),
    _route("/videos/{id}", GET=videos.retrieve, DELETE=videos.delete),
    _route("/videos/{id}/content", GET=videos.content),
)


def find(call: Call) -> tuple[Handler, Call]:
    """Return the handler of a call, and the call with its path parameters."""
    for route in ROUTES:
        match = route.pattern.match(call.path)
        if match is None or "" in match.groups():
            continue
        if call.method == "OPTIONS":
            return _options(route), call
        if call.method in route.handlers:
            return route.handlers[call.method], replace(call, arguments=match.groupdict())
        raise ApiError(
            405,
            f"Method {call.method[:20]} is not allowed for {call.path[:200]}.",
            code="method_not_supported",
            headers=(("allow", _allowed(route)),),
        )
    raise unknown_url(call.method, f"/v1{call.path}")


def _allowed(route: Route) -> str:
    return ", ".join((*sorted(route.handlers), "OPTIONS"))


def _options(route: Route) -> Handler:
    return lambda _: Answer(b"", 204, (("allow", _allowed(route)),))
