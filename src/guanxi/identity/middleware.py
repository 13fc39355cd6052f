"""Puts the actor on each request, its language into force, and refuses views that declare no policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation

from guanxi.core.actor import Actor
from guanxi.core.errors import NotAllowed
from guanxi.core.policy import Policy, policy_of
from guanxi.identity.sessions import session_actor
from guanxi.records.changes import changes_via

LIBRARY_VIEWS = ("allauth.", "django.views.i18n")


class ActorMiddleware:
    """Sets ``request.actor`` (or None) from the session, checking at every request that the user is still active."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Handle one request in the language of its user."""
        actor = session_actor(request)
        request.actor = actor  # type: ignore[attr-defined]
        language = actor.language if actor else chosen_language(request)
        way = "api" if request.path_info.startswith("/api/") else "web"
        zone = ZoneInfo(actor.time_zone) if actor else None
        with translation.override(language), timezone.override(zone), changes_via(way):
            response = self.get_response(request)
        if "Content-Language" not in response:
            response["Content-Language"] = language
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Let the request pass only where the view's declared policy admits the actor."""
        try:
            return admit(request, view)
        except NotAllowed as refused:  # from here Django hands only its own refusal on to the error pages
            raise PermissionDenied(str(refused)) from refused


def admit(request: HttpRequest, view: Callable[..., Any]) -> HttpResponse | None:
    """Return None when the view's policy admits the request's actor, or the answer that asks to sign in first.

    Raises ``NotAllowed`` for a view without a policy and for one that only administrators may call.
    """
    policy = policy_of(view)
    if policy is None:
        if view.__module__.startswith(LIBRARY_VIEWS):
            return None
        raise NotAllowed(f"{view.__module__}.{view.__qualname__} declares no policy.")
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if policy is Policy.PUBLIC:
        return None
    if actor is None:
        return sign_in_first(request)
    if policy is Policy.ADMINISTRATOR and not actor.is_administrator:
        raise NotAllowed
    return None


def chosen_language(request: HttpRequest) -> str:
    """Return the language of somebody not signed in: the cookie's, else the browser's, else English."""
    return translation.get_language_from_request(request)


def sign_in_first(request: HttpRequest) -> HttpResponse:
    """Answer a request that needs a sign-in: a redirect for pages, 401 for the API and for fragments."""
    if request.path_info.startswith("/api/"):
        body = {"type": "about:blank", "status": 401, "code": "sign_in", "title": "Sign in first."}
        return JsonResponse(body, status=401, content_type="application/problem+json")
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = f"{settings.FORCE_SCRIPT_NAME or ''}/account/login/"
        return response
    return redirect_to_login(request.get_full_path())
