"""How somebody wants to be told: channels by event, and quiet hours."""

from __future__ import annotations

from datetime import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanxi.core.errors import Invalid
from guanxi.core.policy import signed_in
from guanxi.identity.settings_nav import frame_settings
from guanxi.records.screens.answers import actor_of
from guanxi.work.notification.channels import offered_channels
from guanxi.work.notification.push import public_key
from guanxi.work.notification.queries import wishes_of
from guanxi.work.notification.rules import CHANNELS, EVENTS, Wishes
from guanxi.work.notification.services import save_wishes


@signed_in
@require_http_methods(["GET", "POST"])
def show_wishes(request: HttpRequest) -> HttpResponse:
    """Show and save the reader's matrix of events and channels, and the quiet hours."""
    actor = actor_of(request)
    known = wishes_of([actor.user_id or 0])[actor.user_id or 0]
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        try:
            save_wishes(actor, _sent(request.POST, known))
            messages.success(request, _("Saved"))
            return redirect("settings.notifications")
        except Invalid as refusal:
            errors = refusal.errors
    frame_settings(request, _("Notifications"))
    rows = [
        {"event": event, "ticks": {channel: known.wants(event.key, channel) for channel in CHANNELS}}
        for event in EVENTS
    ]  # fmt: skip
    context = {
        "rows": rows, "channels": offered_channels(), "wishes": known, "errors": errors, "zone": actor.time_zone,
        "posted": request.POST if errors else None,
        "push_key": public_key(),
    }  # fmt: skip
    return render(request, "notification/wishes.html", context, status=422 if errors else 200)


def _sent(posted: QueryDict, known: Wishes) -> Wishes:
    """Return what was sent. A channel that isn't offered here keeps what was wished of it."""
    offered = {item.key for item in offered_channels()}
    channels = {}
    for event in EVENTS:
        ticked = {item for item in posted.getlist(f"channel-{event.key}") if item in offered}
        kept = {item for item in CHANNELS if item not in offered and known.wants(event.key, item)}
        channels[event.key] = [item for item in CHANNELS if item in ticked | kept]
    return Wishes(
        channels, _clock(posted, "quiet_from"), _clock(posted, "quiet_to"), posted.get("mentions_break_quiet") == "1"
    )


def _clock(posted: QueryDict, name: str) -> time | None:
    text = posted.get(name, "").strip()
    if not text:
        return None
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise Invalid({name: [_("Enter a time such as 22:00.")]}) from None
