"""The application: settings, services, middleware and routes put together. `create_app()` is the whole of it.

Knows every part of app/ by name and none by its inside.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Thread
from typing import Any, Final

from anyio import CapacityLimiter, to_thread
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.middleware import Middleware
from fastapi.middleware.cors import CORSMiddleware
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from app import VERSION, openapi
from app.assets import Site
from app.deps import Services
from app.errors import describe, problem_response
from app.limits import Limits, Room
from app.logs import ID_HEADER, Requests
from app.metrics import Metrics
from app.middleware import BodyLimit, HeadAsGet, PathPrefix, SecurityHeaders, security_headers
from app.pages import Pages, preferred_language
from app.records import current
from app.routes import difference, docs, explain, gradients, health, models, pages, traces
from app.settings import Settings
from app.streaming import Crowd
from lstm.catalog import Catalog
from lstm.errors import GatescopeError

DESCRIPTION: Final = """
Run a trained recurrent network over a sequence and get every gate of every step. The page uses only this API.

A stream of lines (`application/jsonl`) is `start`, then each `step` as it is computed, then `end`, or `error` where
the network left the range of its numbers. Numbers are float32 in the shortest form that parses back exactly. Every
error is a problem document (RFC 9457) with a stable `type`.
"""

CHECKING_THREADS: Final = 8
"""Threads that check requests and hand out files; Starlette's 40 only wait for each other and keep memory apart."""

log = logging.getLogger(__name__)


class Gatescope(FastAPI):
    """FastAPI with a description of what its routes answer in raw bytes."""

    def __init__(self, shared: Services, **options: Any) -> None:
        super().__init__(**options)
        self.openapi_version = openapi.VERSION
        self.state.services = shared

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, complete."""
        before = self.openapi_schema
        document = super().openapi()
        return document if document is before else openapi.complete(document, self.state.services.settings)


def create_app(
    settings: Settings | None = None, catalog: Catalog | None = None, metrics: Metrics | None = None
) -> FastAPI:
    """The server's application. Without arguments it takes its settings from the environment and counts nothing."""
    settings = settings or Settings()
    site = Site(debug=settings.debug)
    shared = Services(
        settings=settings,
        catalog=catalog or Catalog(settings.models, most_units=settings.max_units),
        site=site,
        pages=Pages(site, debug=settings.debug),
        computing=CapacityLimiter(settings.compute_threads),
        pondering=CapacityLimiter(1),
        room=Room(settings.max_document_numbers),
        crowd=Crowd(),
    )
    headers = security_headers(settings.frame_ancestors)
    app = Gatescope(
        shared,
        title="Gatescope",
        summary="Watch the gates of a trained LSTM, step by step.",
        description=DESCRIPTION,
        version=VERSION,
        docs_url=None,
        redoc_url=None,
        servers=[{"url": "."}],
        redirect_slashes=False,
        lifespan=_lifespan,
        middleware=_middleware(settings, metrics, headers),
    )
    for kind in (HTTPException, RequestValidationError, GatescopeError):
        app.add_exception_handler(kind, _answer)

    async def answer_unforeseen(_request: Request, error: Exception) -> Response:
        """Outside all middleware, so it brings the headers itself."""
        response = problem_response(error)
        response.headers.update(headers)
        if (record := current()) is not None:
            response.headers[ID_HEADER] = record.id
        return response

    app.add_exception_handler(Exception, answer_unforeseen)
    for part in (models, traces, explain, difference, gradients, health, docs, pages):
        app.include_router(part.router)
    return app


def _middleware(settings: Settings, metrics: Metrics | None, headers: dict[str, str]) -> list[Middleware]:
    """What every request passes, from the outside in."""
    passed = [Middleware(Requests, metrics=metrics), Middleware(SecurityHeaders, headers=headers)]
    if settings.cors_origins:
        passed.append(
            Middleware(
                CORSMiddleware,
                allow_origins=settings.cors_origins,
                allow_methods=["GET", "POST"],
                allow_headers=["Content-Type"],
                expose_headers=["Retry-After", ID_HEADER],
            )
        )
    passed.append(Middleware(HeadAsGet))
    if settings.root_path:
        passed.append(Middleware(PathPrefix, prefix=settings.root_path))
    bodies = Room(settings.max_bodies_bytes, "bytes")
    return [
        *passed,
        Middleware(Limits, settings=settings),
        Middleware(BodyLimit, limit=settings.max_body_bytes, room=bodies),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    shared: Services = app.state.services
    to_thread.current_default_thread_limiter().total_tokens = CHECKING_THREADS
    for fault in shared.catalog.faults:
        log.warning("%s", fault.detail)
    Thread(target=shared.site.compress, name="compress", daemon=True).start()
    yield


async def _answer(request: Request, error: Exception) -> Response:
    """Every error as a problem document, but a page for a person who followed a wrong link."""
    found = describe(error)
    path = request.url.path.removeprefix(request.scope.get("root_path", ""))
    asks_for_a_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if found["status"] != 404 or not asks_for_a_page or path.startswith("/api/"):
        return problem_response(error)
    shared: Services = request.app.state.services
    language = preferred_language(request.headers.get("accept-language", ""))
    page = shared.pages.error(found, language, path.count("/") - 1)
    return Response(page, 404, {"Cache-Control": "no-store"}, "text/html; charset=utf-8")
