"""Puts the actor on each request, its language into force, and refuses views that declare no policy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare, salted_hmac

from guanxi.core.actor import Actor
from guanxi.core.errors import NotAllowed
from guanxi.core.policy import Policy, policy_of
from guanxi.identity.actors import actor_of
from guanxi.records.changes import changes_via

_STAMP = """SELECT u.password, c.access_version FROM identity_user u, identity_company c
            WHERE u.id = %s AND u.is_active AND u.deleted_at IS NULL AND c.id = 1"""
_SALT = "django.contrib.auth.models.AbstractBaseUser.get_session_auth_hash"
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


def session_actor(request: HttpRequest) -> Actor | None:
    """Return the actor of the session, or None; a changed password or a deactivated user ends the session at once."""
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return None
    user_id = request.session.get(SESSION_KEY)
    if user_id is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_STAMP, [int(user_id)])
        row = cursor.fetchone()
    if row is None:
        return None
    expected = salted_hmac(_SALT, row[0], algorithm="sha256").hexdigest()
    if not constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), expected):
        return None
    return actor_of(int(user_id), row[1])


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
