"""Saving preferences from the user menu."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.core.policy import public, signed_in
from guanxi.identity.entrance import CHOSEN_LANGUAGE
from guanxi.identity.preference.models import PutAway
from guanxi.identity.user.services import change_preferences
from guanxi.records.screens.answers import actor_of

YEAR_S = 31_536_000
_KEY = re.compile(r"[a-z][a-z.-]{0,47}")


@signed_in
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Save one preference of the user: POST ``name`` (theme, density, shortcuts, sidebar) and ``value``.

    The state of the sidebar belongs to the device, which keeps it in a cookie.
    """
    actor = actor_of(request)
    name, value = request.POST.get("name", ""), request.POST.get("value", "")
    if name not in ("theme", "density", "shortcuts", "sidebar"):
        raise Invalid({"name": [_("There is no such preference.")]})
    if name == "shortcuts":
        change_preferences(actor=actor, shortcuts=value == "on")
    elif name != "sidebar":
        change_preferences(actor=actor, **{name: value})
    return HttpResponse(status=204)


@signed_in
@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    """Remember that the user has seen something and doesn't want it shown by itself: POST ``key``."""
    actor = actor_of(request)
    key = request.POST.get("key", "")
    if not _KEY.fullmatch(key):
        raise Invalid({"key": [_("There is no such preference.")]})
    PutAway._default_manager.get_or_create(user_id=actor.user_id or 0, key=key)
    return HttpResponse(status=204)


def seen_by(actor: Actor) -> frozenset[str]:
    """Return the keys of what the actor has put away; one query."""
    rows = PutAway._default_manager.filter(user_id=actor.user_id or 0)
    return frozenset(rows.values_list("key", flat=True))


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Save the language of the user, or of this browser before sign-in: POST ``language``."""
    language = request.POST.get("language", "").lower()
    if language not in dict(settings.LANGUAGES):
        raise Invalid({"language": [_("Choose a value from the list.")]})
    actor: Actor | None = request.actor  # type: ignore[attr-defined]
    if actor is not None:
        change_preferences(actor=actor, language=language)
    else:  # whoever signs in next chose it: the entrance makes it the user's own
        request.session[CHOSEN_LANGUAGE] = language
    response = HttpResponse(status=204)
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=YEAR_S, samesite="Lax", httponly=True,
                        secure=request.is_secure())  # fmt: skip
    return response
