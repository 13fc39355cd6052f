"""Views of forms: a new record as a page or a dialog, and all fields of an existing one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict, Invalid
from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.meeting import values_read
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of, answer, frame_list, frame_record, go_to, say_later, with_toast
from guanxi.records.screens.creating import create_once, create_with_companions, with_starts
from guanxi.records.screens.forms import TOKEN, form_names, once_token, read_form, record_form, typed_values
from guanxi.records.screens.meeting import merged, shown_after, strips_of
from guanxi.records.screens.reading import read_values, title_of
from guanxi.records.writing import change_record
from guanxi.ui.record_page import FormPage, MergeStrip
from guanxi.ui.shell import Crumb


@signed_in
@require_http_methods(["GET", "POST"])
def new_record(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show the form of a new record; create it."""
    return _create(request, record_type, quick=False)


@signed_in
@require_http_methods(["GET", "POST"])
def quick_create(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show the dialog with the few fields of quick create; create the record."""
    return _create(request, record_type, quick=True)


def _create(request: HttpRequest, record_type: RecordType, *, quick: bool) -> HttpResponse:
    actor = actor_of(request)
    access.require_may(actor, "create", record_type)
    names = _new_names(request, record_type, quick=quick)
    if request.method == "GET":
        form = _new_form(request, record_type, names, request.GET, quick=quick)
        return _show_new(request, record_type, form, quick=quick)
    try:
        values = read_form(record_type, actor, names, request.POST)
        record_id = create_once(
            record_type, actor, request.POST.get(TOKEN, ""),
            lambda: create_with_companions(record_type, actor, with_starts(record_type, actor, values)),
        )  # fmt: skip
    except Invalid as refusal:
        form = _new_form(request, record_type, names, request.POST, errors=refusal.errors, quick=quick)
        return _show_new(request, record_type, form, quick=quick, status=422)
    return _created(request, record_type, record_id, quick=quick)


def _new_names(request: HttpRequest, record_type: RecordType, *, quick: bool) -> tuple[str, ...]:
    """Return the fields of a form, with those that its address asks for besides (``with``)."""
    actor = actor_of(request)
    names = form_names(record_type, actor, is_new=True, quick=quick)
    editable = {item.name for item in record_type.editable_fields(actor) if item.kind != "json"}
    asked = (request.POST if request.method == "POST" else request.GET).getlist("with")
    return tuple(dict.fromkeys((*names, *(name for name in asked if name in editable))))


def _new_form(
    request: HttpRequest, record_type: RecordType, names: tuple[str, ...], source: QueryDict, *,
    errors: dict[str, list[str]] | None = None, quick: bool,
) -> FormPage:  # fmt: skip
    actor = actor_of(request)
    values = typed_values(record_type, names, source)
    if errors is None:
        values = {**_first_values(record_type, names, actor.user_id), **values}
    hidden = [(TOKEN, source.get(TOKEN, "")) if source.get(TOKEN) else once_token()]
    hidden += [("with", name) for name in source.getlist("with") if name in names]
    stay = str(source.get("stay", ""))
    if stay in ("1", "list"):
        hidden.append(("stay", stay))
    action = places.page_url(record_type, "quick" if quick else "new")
    cancel = "" if quick else places.list_url(record_type)
    form = record_form(record_type, actor, names, values=values, action=action, errors=errors, hidden=hidden,
                       cancel_url=cancel, another=quick, is_new=True)  # fmt: skip
    return replace(form, draft=_draft_key(record_type, actor, source)) if quick else form


def _draft_key(record_type: RecordType, actor: Actor, source: QueryDict) -> str:
    """Return under which name the browser keeps an unsaved quick form: one for each user and what it hangs on."""
    hung = [f"{item.name}={source[item.name]}" for item in record_type.fields
            if item.kind == "reference" and item.name != "owner" and source.get(item.name, "").isdecimal()]  # fmt: skip
    return ":".join((str(actor.user_id), f"new-{record_type.name}", *hung))


def _first_values(record_type: RecordType, names: tuple[str, ...], user_id: int | None) -> dict[str, Any]:
    """Return what a new record begins with: the defaults of the model, the actor as owner, what fields start with."""
    fresh = record_type.model()
    values: dict[str, Any] = {}
    for name in names:
        item = record_type[name]
        if item.kind == "reference":
            if name == "owner" or item.starts == "me":
                values[name] = user_id
            continue
        if item.starts == "now":
            values[name] = timezone.now().replace(second=0, microsecond=0)
            continue
        values[name] = getattr(fresh, item.path or name, None)
    return values


def _show_new(
    request: HttpRequest, record_type: RecordType, form: FormPage, *, quick: bool, status: int = 200
) -> HttpResponse:
    if quick:
        return answer(request, "ui/form_dialog.html", {"form": form}, status)
    frame_list(request, record_type, form.title)
    return answer(request, "ui/form.html", {"form": form}, status)


def _created(request: HttpRequest, record_type: RecordType, record_id: int, *, quick: bool) -> HttpResponse:
    actor = actor_of(request)
    title = title_of(record_type, record_id, actor)
    text = _("Created %(record)s “%(title)s”") % {"record": record_type.label, "title": title}
    undo = places.part_url(record_type, record_id, "delete") if actor.may("delete", record_type.name) else ""
    if quick and request.POST.get("another") == "1":
        names = form_names(record_type, actor, is_new=True, quick=True)
        form = _new_form(request, record_type, names, QueryDict(), quick=True)
        return with_toast(_show_new(request, record_type, form, quick=True), text, undo)
    if quick and request.POST.get("stay") == "list":
        return with_toast(HttpResponse(status=204), text, undo, also=("list-changed", "close-dialog"))
    if quick and request.POST.get("stay") == "1":
        say_later(request, text, undo)
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return go_to(request, places.record_url(record_type, record_id), text, undo)


@signed_in
@require_http_methods(["GET", "POST"])
def edit_record(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Show all fields of a record that the actor may change; save them, merging with what others changed meanwhile."""
    actor = actor_of(request)
    record = access.get_visible(actor, record_type, record_id, "edit")
    names = form_names(record_type, actor)
    if request.method == "GET":
        values = read_values(record_type, record, names)
        return _show_edit(request, record_type, record, names, values, record.version)
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isdecimal() else record.version
    base = values_read(record_type, record, version, names)
    try:
        values = merged(record_type, record, read_form(record_type, actor, names, request.POST), request.POST)
        change_record(record, actor=actor, version=version, base=base, **values)
    except Invalid as refusal:
        typed = typed_values(record_type, names, request.POST)
        return _show_edit(request, record_type, record, names, typed, version, refusal.errors, 422)
    except Conflict as conflict:
        record = access.get_visible(actor, record_type, record_id, "edit")
        shown = shown_after(record_type, record, names, base, values, request.POST)
        strips = strips_of(record_type, record, conflict, actor)
        return _show_edit(request, record_type, record, names, shown, conflict.version, status=409, strips=strips)
    return go_to(request, places.record_url(record_type, record_id), _("Saved"))


def _show_edit(
    request: HttpRequest, record_type: RecordType, record: Any, names: tuple[str, ...], values: dict[str, Any],
    version: int, errors: dict[str, list[str]] | None = None, status: int = 200,
    strips: Mapping[str, MergeStrip] | None = None,
) -> HttpResponse:  # fmt: skip
    actor = actor_of(request)
    url = places.record_url(record_type, record.pk)
    title = title_of(record_type, record.pk, actor)
    heading = _("Edit %(record)s") % {"record": record_type.label}
    form = record_form(
        record_type, actor, names, values=values, action=f"{url}/edit", errors=errors,
        hidden=[("version", str(version))], title=heading, submit=_("Save"), cancel_url=url, strips=strips,
    )  # fmt: skip
    frame_record(request, record_type, heading, (Crumb(capfirst(title), url),))
    return answer(request, "ui/form.html", {"form": form}, status)
