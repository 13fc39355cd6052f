"""Requests to the API, and those that open pages make all the time, take a short way past what only pages need.

The checks are the same as for pages: session, policy, security token for writes, refusals as problem details. Sessions
as objects, messages, sign-in flows and compression are left out; a reverse proxy compresses.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import resolve
from django.utils import translation

from guanxi.config.errors import answer_for
from guanxi.identity.middleware import admit, chosen_language
from guanxi.identity.sessions import session_actor
from guanxi.records.changes import changes_via

PREFIXES = ("/api/", "/live")
_SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")


class ApiLane:
    """Answers requests under ``/api/`` and ``/live`` itself and hands all others on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.tokens = CsrfViewMiddleware(_answer)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request in the language of its user."""
        if not request.path_info.startswith(PREFIXES):
            return self.get_response(request)
        actor = session_actor(request)
        request.actor = actor  # type: ignore[attr-defined]
        language = actor.language if actor else chosen_language(request)
        with translation.override(language), changes_via("api"):
            try:
                response = self.refusal(request) or _answer(request)
            except Exception as error:
                response = answer_for(request, error)
            self.tokens.process_response(request, response)
        response["Content-Language"] = language
        return response

    def refusal(self, request: HttpRequest) -> HttpResponse | None:
        """Find the view and return the answer to a request that may not reach it; raises what refuses it."""
        match = request.resolver_match = resolve(request.path_info)
        self.tokens.process_request(request)
        refused = admit(request, match.func)
        if refused is None and request.method not in _SAFE:
            refused = self.tokens.process_view(request, match.func, match.args, match.kwargs)
        return refused


def _answer(request: HttpRequest) -> HttpResponse:
    match = request.resolver_match
    assert match is not None
    response: HttpResponse = match.func(request, *match.args, **match.kwargs)
    return response
