"""How one signs in: password, second step, passkeys, and where one is signed in now."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.core.errors import NotFound
from guanxi.core.policy import public, signed_in
from guanxi.identity.session.queries import means_of, sign_ins
from guanxi.identity.session.services import end_other_sessions, end_session
from guanxi.identity.settings_nav import frame_settings
from guanxi.identity.user.models import User
from guanxi.identity.user.queries import acting_user


@signed_in
@require_GET
def show_security(request: HttpRequest) -> HttpResponse:
    """Show how the reader signs in and where the reader is signed in."""
    user = _user(request)
    frame_settings(request, _("Security"))
    context = {"means": means_of(user), "sessions": sign_ins(user, request.session.session_key)}
    return render(request, "identity/security.html", context)


@signed_in
@require_POST
def end_one(request: HttpRequest, session_id: int) -> HttpResponse:
    """End one of the reader's own sessions."""
    if end_session(_user(request), session_id):
        messages.success(request, _("The session has ended."))
    return redirect("settings.security")


@signed_in
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End all sessions of the reader but this one."""
    end_other_sessions(_user(request), request.session.session_key)
    messages.success(request, _("The sessions have ended."))
    return redirect("settings.security")


@public
def not_here(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for pages of the sign-in library that this program doesn't offer (sign-up, own e-mail addresses)."""
    raise NotFound


def _user(request: HttpRequest) -> User:
    return acting_user(request.actor)  # type: ignore[attr-defined]
