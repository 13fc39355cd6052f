"""The star of a record page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.screens.answers import actor_of, with_toast
from guanxi.work.follow.queries import is_following
from guanxi.work.follow.services import set_following
from guanxi.work.follow.star import draw_star


@signed_in
@require_POST
def toggle(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Follow the record or stop, and answer its star; ``on`` says which, else it changes to the other."""
    actor = actor_of(request)
    access.get_visible(actor, record_type, record_id)
    wish = request.POST.get("on", "")
    is_on = wish == "1" if wish in ("0", "1") else not is_following(record_type, record_id, actor.user_id or 0)
    set_following(record_type, record_id, is_on, actor=actor)
    text = _("You follow this and are told of changes") if is_on else _("You don't follow this any more")
    return with_toast(HttpResponse(draw_star(record_type, record_id, is_on)), text)
