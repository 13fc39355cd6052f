"""The bell, the page of notifications, marking as read, and how somebody wants to be told."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.core.errors import NotFound
from guanxi.core.policy import signed_in
from guanxi.records.registry import find_record_type
from guanxi.records.screens.answers import actor_of
from guanxi.ui.frame import frame_page
from guanxi.work.notification.jobs import KINDS
from guanxi.work.notification.push import subscribe, unsubscribe
from guanxi.work.notification.queries import count_unread, read_told
from guanxi.work.notification.services import mark_read

MENU_GROUPS = 12


@signed_in
@require_GET
def menu(request: HttpRequest) -> HttpResponse:
    """Answer what stands under the bell: the newest groups."""
    return _answer(request, "notification/menu.html", MENU_GROUPS)


@signed_in
@require_GET
def show_notifications(request: HttpRequest) -> HttpResponse:
    """Show what the reader was told, by record, the newest first."""
    before = request.GET.get("before", "")
    at = _number(before)
    told = read_told(actor_of(request), before=at)
    frame_page(request, _("Notifications"))
    older = f"{reverse('notification.list')}?before={told.older}" if told.older else ""
    return render(request, "notification/list.html", {"told": told, "older_url": older, "is_first": at is None})


@signed_in
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark one record's notifications as read (``type`` and ``id``), those up to ``upto``, or all."""
    type_name, number, last = (request.POST.get(name, "") for name in ("type", "id", "upto"))
    if type_name and type_name not in KINDS and find_record_type(type_name) is None:
        raise NotFound
    mark_read(actor_of(request), type_name, _number(number), _number(last))
    return _answer(request, "notification/menu.html" if request.POST.get("menu") else "notification/groups.html",
                   MENU_GROUPS if request.POST.get("menu") else None)  # fmt: skip


@signed_in
@require_POST
def push(request: HttpRequest) -> HttpResponse:
    """Take a browser in for push (``endpoint``, ``p256dh``, ``auth``), or let it go (``off``)."""
    actor, endpoint = actor_of(request), request.POST.get("endpoint", "")
    if request.POST.get("off"):
        unsubscribe(actor, endpoint)
    else:
        subscribe(actor, endpoint, request.POST.get("p256dh", ""), request.POST.get("auth", ""))
    return HttpResponse(status=204)


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 19 else None


def _answer(request: HttpRequest, template: str, most: int | None) -> HttpResponse:
    actor = actor_of(request)
    told = read_told(actor, most_groups=most)
    response = render(request, template, {"told": told, "is_first": True})
    response["X-Unread"] = str(count_unread(actor) if told.older else told.unread)
    return response
