"""Pages for taking back: recent changes, the question before, and the act; of change sets and of single changes."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from guanxi.core.actor import Actor
from guanxi.core.policy import signed_in
from guanxi.records.models import Change
from guanxi.records.screens.answers import actor_of, answer, go_to, with_toast
from guanxi.records.screens.sources import names_of
from guanxi.records.time_machine.pages import question_of, recent_rows, set_title, titles_of
from guanxi.records.time_machine.providers import Preview, Undone, undo_provider
from guanxi.records.time_machine.recent import read_recent
from guanxi.records.time_machine.undo import (
    Standing,
    find_change,
    find_change_set,
    preview_change,
    preview_undo,
    standing_of,
    standing_of_change,
    undo_change_set,
    undo_one_change,
)
from guanxi.records.titles import change_title
from guanxi.ui import formats
from guanxi.ui.frame import frame_page
from guanxi.ui.shell import Crumb


def _frame(request: HttpRequest, title: str = "") -> None:
    home = reverse("changes.recent")
    crumbs = (Crumb(_("Recent changes"), home),) if title else ()
    frame_page(request, title or _("Recent changes"), crumbs, place=home)


@signed_in
@require_GET
def show_recent(request: HttpRequest) -> HttpResponse:
    """Show what the reader changed lately; administrators may ask for the change sets of everybody."""
    actor = actor_of(request)
    everybody = request.GET.get("who") == "all" and actor.is_administrator
    found, older = read_recent(actor, _before(request), everybody=everybody)
    _frame(request)
    tail = "&who=all" if everybody else ""
    context = {
        "rows": recent_rows(found, actor), "older": f"?before={older}{tail}".replace("+", "%2B") if older else "",
        "everybody": everybody, "may_see_all": actor.is_administrator, "is_later": bool(_before(request)),
    }  # fmt: skip
    return answer(request, "time_machine/recent.html", context)


def _before(request: HttpRequest) -> datetime | None:
    try:
        found = datetime.fromisoformat(request.GET.get("before", "").replace(" ", "+"))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


@signed_in
@require_GET
def show_preview(request: HttpRequest, change_set_id: int) -> HttpResponse:
    """Show what taking a change set back would do, and what would stay."""
    actor = actor_of(request)
    change_set = find_change_set(actor, change_set_id)
    standing = standing_of(change_set)
    preview = preview_undo(actor, change_set) if not standing.refusal else None
    provider = undo_provider(change_set.kind)
    context = {
        "heading": set_title(change_set, actor), "icon_name": provider.icon if provider else "history",
        "action": reverse("changes.undo", args=[change_set.pk]), **_words(request, standing, preview),
        "who": change_set.actor.name if change_set.actor is not None else _("Guanxi"), "at": change_set.at,
        "is_later": provider.is_later if provider else False,
    }  # fmt: skip
    _frame(request, _("Undo"))
    return answer(request, "time_machine/preview.html", context)


@signed_in
@require_GET
def show_preview_of_one(request: HttpRequest, change_id: int) -> HttpResponse:
    """Show what taking one change of one record back would do."""
    actor = actor_of(request)
    change = find_change(actor, change_id)
    standing = standing_of_change(change)
    preview = preview_change(actor, change) if not standing.refusal else None
    context = {
        "heading": change_title(change.verb, change.record_type, change.fields, actor, _record_of(change, actor)),
        "icon_name": "pencil", "is_later": False,
        "action": reverse("changes.undo_one", args=[change.pk]), **_words(request, standing, preview),
        "who": names_of([change]).person(change.actor_id), "at": change.at,
    }  # fmt: skip
    _frame(request, _("Undo"))
    return answer(request, "time_machine/preview.html", context)


def _record_of(change: Change, actor: Actor) -> str:
    """Return the title of the record of a change, empty where the actor may not see it."""
    key = (change.record_type, change.record_id)
    found = titles_of([key], actor).get(key)
    return found.text if found else ""


def _words(request: HttpRequest, standing: Standing, preview: Preview | None) -> dict[str, object]:
    question = question_of(preview, actor_of(request)) if preview is not None else None
    return {"refusal": str(standing.refusal), "until": standing.until, "question": question}


@signed_in
@require_POST
def undo(request: HttpRequest, change_set_id: int) -> HttpResponse:
    """Take a change set back."""
    done = undo_change_set(actor_of(request), change_set_id)
    return _done(request, done, reverse("changes.preview", args=[change_set_id]))


@signed_in
@require_POST
def undo_one(request: HttpRequest, change_id: int) -> HttpResponse:
    """Take one change of one record back."""
    actor = actor_of(request)
    record = _record_of(find_change(actor, change_id), actor)
    return _done(request, undo_one_change(actor, change_id, record), reverse("changes.preview_one", args=[change_id]))


def _done(request: HttpRequest, done: Undone, back: str) -> HttpResponse:
    """Say what happened: by a toast for the button of a toast, on the page of recent changes for that of the page."""
    if done.url:
        return go_to(request, done.url)
    kept = _("%(count)s records were changed since and stay as they are.") % {"count": formats.number(done.kept)}
    if request.POST.get("page") != "1":
        response = HttpResponse(status=204)
        return with_toast(response, kept, kind="info") if done.kept else response
    if not done.total:
        return go_to(request, back, kept)
    text = _("Undone: %(count)s records changed back.") % {"count": formats.number(done.total)}
    redo = reverse("changes.undo", args=[done.change_set_id]) if done.change_set_id is not None else ""
    return go_to(request, reverse("changes.recent"), f"{text} {kept}" if done.kept else text, redo)
