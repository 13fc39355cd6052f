"""Recent changes in the settings: the audit log."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from guanxi.core.policy import administrators
from guanxi.identity.administration.change_queries import Wanted, known_types, recent_changes
from guanxi.identity.settings_nav import frame_settings
from guanxi.identity.user.queries import users
from guanxi.records.registry import record_types, subjects
from guanxi.records.screens.answers import actor_of
from guanxi.ui.parts import Option

SYSTEM = "0"


@administrators
@require_GET
def show_changes(request: HttpRequest) -> HttpResponse:
    """Show recent changes; ``who``, ``type``, ``from`` and ``to`` narrow them, ``before`` and ``id`` page on."""
    actor = actor_of(request)
    wanted = _wanted(request)
    rows, next_place = recent_changes(wanted, actor)
    given = {name: request.GET[name] for name in ("who", "type", "from", "to") if request.GET.get(name)}
    older = ""
    if next_place:
        older = "?" + urlencode({**given, "before": next_place[0].isoformat(), "id": next_place[1]})
    frame_settings(request, _("Changes"))
    context = {"rows": rows, "older": older, "given": given, "people": _people(), "types": _types()}
    return render(request, "identity/changes.html", context)


def _wanted(request: HttpRequest) -> Wanted:
    who, name = request.GET.get("who", ""), request.GET.get("type", "")
    number = request.GET.get("id", "")
    try:
        at = datetime.fromisoformat(request.GET.get("before", ""))
        before = (at, int(number)) if at.tzinfo and number.isdecimal() and len(number) < 19 else None
    except ValueError:
        before = None
    return Wanted(
        actor_id=int(who) if who.isdecimal() and len(who) < 19 else None,
        record_type=name if name in known_types() else "",
        first=_day(request.GET.get("from", "")), last=_day(request.GET.get("to", "")), before=before,
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1900 < found.year < 9000 else None


def _people() -> list[Option]:
    return [Option(SYSTEM, _("the program itself")), *(Option(str(user.pk), user.name) for user in users("", "all"))]


def _types() -> list[Option]:
    named = [Option(item.name, capfirst(str(item.plural))) for item in record_types()]
    return [*named, *(Option(item.name, capfirst(str(item.label))) for item in subjects().values())]
