"""The outbox in the settings: what waits, what went out, what was given up, and holding everything back."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.core.errors import Invalid
from guanxi.core.policy import administrators
from guanxi.identity.company.queries import company
from guanxi.identity.company.services import hold_messages, release_messages
from guanxi.identity.settings_nav import frame_settings
from guanxi.records.models import OutboundMessage
from guanxi.records.outbox.services import retry_message, withdraw_message
from guanxi.records.screens.answers import actor_of

PAGE = 50
STATES = ("queued", "sending", "sent", "unknown", "dead")


@administrators
@require_GET
def show_outbox(request: HttpRequest) -> HttpResponse:
    """List outgoing messages by state, newest first; ``before`` is the id before which older ones lie."""
    frame_settings(request, _("Outbox"))
    counts = dict(OutboundMessage.objects.values_list("state").annotate(n=Count("pk")).order_by())
    state, before = request.GET.get("state", ""), request.GET.get("before", "")
    rows = OutboundMessage.objects.order_by("-pk")
    if state in STATES:
        rows = rows.filter(state=state)
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before[:18]))
    shown = list(rows[: PAGE + 1])
    context = {
        "rows": shown[:PAGE], "older": shown[PAGE - 1].pk if len(shown) > PAGE else None, "state": state,
        "counts": {name: counts.get(name, 0) for name in STATES}, "is_held": company().is_quarantined,
        "has_server": bool(settings.SMTP_URL),
    }  # fmt: skip
    return render(request, "identity/outbox.html", context)


@administrators
@require_POST
def send_again(request: HttpRequest, message_id: int) -> HttpResponse:
    """Queue a message that was given up or never confirmed once more."""
    try:
        retry_message(message_id, actor=actor_of(request))
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.errors.get("", [])))
    else:
        messages.success(request, _("The message is queued again."))
    return redirect("settings.outbox")


@administrators
@require_POST
def withdraw(request: HttpRequest, message_id: int) -> HttpResponse:
    """Give up a message that still waits."""
    try:
        withdraw_message(message_id, actor=actor_of(request))
    except Invalid as refusal:
        messages.error(request, " ".join(refusal.errors.get("", [])))
    else:
        messages.success(request, _("The message is withdrawn."))
    return redirect("settings.outbox")


@administrators
@require_POST
def hold(request: HttpRequest) -> HttpResponse:
    """Hold all outgoing messages back."""
    hold_messages(actor=actor_of(request))
    messages.success(request, _("Outgoing messages are held back."))
    return redirect("settings.outbox")


@administrators
@require_POST
def release(request: HttpRequest) -> HttpResponse:
    """Let outgoing messages go."""
    release_messages(actor=actor_of(request))
    messages.success(request, _("Outgoing messages go out again."))
    return redirect("settings.outbox")
