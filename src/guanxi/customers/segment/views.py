"""The builder of rules, the answers of its parts, and what is done with a segment from a list or its own page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.actor import Actor
from guanxi.core.errors import DomainError, Invalid, NotAllowed, NotFound
from guanxi.core.policy import signed_in
from guanxi.customers.segment import bulk, figures
from guanxi.customers.segment.builder import builder, menu_fields
from guanxi.customers.segment.draft import Draft, open_draft, read_draft
from guanxi.customers.segment.models import Segment
from guanxi.customers.segment.queries import problems
from guanxi.customers.segment.record_type import SEGMENT
from guanxi.customers.segment.rules import tree_of
from guanxi.customers.segment.services import change_rule, create_segment, refresh_soon
from guanxi.records import access
from guanxi.records.registry import find_record_type, record_type
from guanxi.records.screens import places
from guanxi.records.screens.answers import actor_of, answer, frame_list, frame_record, go_to, with_toast
from guanxi.ui import formats

CHANGED = "rule-changed"


@signed_in
@require_http_methods(["GET", "POST"])
def new_segment(request: HttpRequest) -> HttpResponse:
    """Show the builder for a new rule; save it as a new segment."""
    access.require_may(_reader(request), "create", SEGMENT)
    return _save(request, None) if request.method == "POST" else _page(request, None)


@signed_in
@require_http_methods(["GET", "POST"])
def edit_rule(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Show the builder with the rule of a segment; save it, or save it as a new segment."""
    actor = actor_of(request)
    if request.POST.get("do") == "save_as":
        access.require_may(actor, "create", SEGMENT)
        segment = access.get_visible(actor, SEGMENT, segment_id)
    else:
        segment = access.get_visible(actor, SEGMENT, segment_id, "view" if request.method == "GET" else "edit")
    return _save(request, segment) if request.method == "POST" else _page(request, segment)


def _page(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    draft = open_draft(segment.definition if segment is not None else {})
    title = segment.name if segment is not None else _("New segment")
    if segment is None:
        frame_list(request, SEGMENT, title)
    else:
        frame_record(request, SEGMENT, title)
    context = _context(draft, actor_of(request)) | _head(segment)
    return answer(request, "segment/rule.html", context)


def _head(segment: Segment | None) -> dict[str, Any]:
    own = places.list_url(SEGMENT)
    return {
        "segment": segment, "name": segment.name if segment else "", "name_error": "",
        "save_url": f"{own}{segment.pk}/rule" if segment else f"{own}new",
        "cancel_url": places.record_url(SEGMENT, segment.pk) if segment else own,
    }  # fmt: skip


def _context(draft: Draft, actor: Actor, wrong: dict[str, str] | None = None) -> dict[str, Any]:
    return {"builder": builder(draft, actor, wrong), "name_error": ""}


def _save(request: HttpRequest, segment: Segment | None) -> HttpResponse:
    actor, form = actor_of(request), request.POST
    draft = read_draft(form)
    do = form.get("do", "")
    if do not in ("save", "save_as"):
        return _changed(answer(request, "segment/rule_answer.html", _context(draft, actor)))
    own = segment if do == "save" else None
    name = form.get("name", "").strip()[:120]
    wrong = problems(draft.root, actor, own.pk if own is not None else None)
    name_error = "" if name else _("Enter a name.")
    if wrong or name_error:
        context = _context(draft, actor, wrong) | {"name_error": name_error, "with_name": True, "name": name}
        return answer(request, "segment/rule_answer.html", context, 422)
    rule = tree_of(draft.root)
    if own is None:
        if segment is not None and name == segment.name:
            name = (_("%(name)s (copy)") % {"name": name})[:120]
        saved = create_segment(actor=actor, rule=rule, name=name)
    else:
        version = int(form["version"]) if form.get("version", "").isdecimal() else None
        saved = change_rule(own, actor=actor, rule=rule, version=version, name=name)
    return go_to(
        request, places.record_url(SEGMENT, saved.pk), _("Saved the segment “%(name)s”") % {"name": saved.name}
    )


@signed_in
@require_POST
def change_draft(request: HttpRequest) -> HttpResponse:
    """Answer the rule after one action (``do``): nothing is saved."""
    actor = _reader(request)
    draft = read_draft(request.POST, request.GET.get("do", ""))
    return _changed(answer(request, "segment/rule_answer.html", _context(draft, actor)))


def _reader(request: HttpRequest) -> Actor:
    """Return the actor of a request about customers and segments; raises ``NotAllowed`` for one who may see neither."""
    actor = actor_of(request)
    for name in ("segment", "customer"):
        access.require_may(actor, "view", record_type(name))
    return actor


def _changed(response: HttpResponse) -> HttpResponse:
    response["HX-Trigger"] = CHANGED
    return response


@signed_in
@require_GET
def show_fields(request: HttpRequest) -> HttpResponse:
    """Show the menu of everything that a condition at a place may be about."""
    actor = _reader(request)
    target = find_record_type(request.GET.get("type", ""))
    if target is None or not actor.may("view", target.name):
        raise NotFound
    at = request.GET.get("at", "")
    if not at.replace(".", "").isdecimal() or len(at) > 40:
        raise NotFound
    return answer(request, "segment/rule_fields.html", {"groups": menu_fields(target, at, actor)})


@signed_in
@require_POST
def show_total(request: HttpRequest) -> HttpResponse:
    """Count the rule as it stands, as far as it is finished."""
    actor, draft = _reader(request), read_draft(request.POST)
    return answer(request, "segment/rule_total.html", {"total": figures.total_of(draft.root, actor)})


@signed_in
@require_POST
def show_figures(request: HttpRequest) -> HttpResponse:
    """Show who is reachable, how valuable the members are and some of them; and the count of each condition."""
    actor, draft = _reader(request), read_draft(request.POST)
    context = {"figures": figures.figures_of(draft.root, actor), "pieces": list(figures.pieces(draft.root, actor))}
    return answer(request, "segment/rule_figures.html", context)


@signed_in
@require_POST
def show_why(request: HttpRequest) -> HttpResponse:
    """Explain why the chosen customer is in or out of the rule as it stands."""
    actor = _reader(request)
    draft, chosen = read_draft(request.POST), request.POST.get("why", "")
    number = int(chosen) if chosen.isdecimal() and len(chosen) < 19 else 0
    found = figures.why(draft.root, number, actor) if number else None
    return answer(request, "segment/rule_why.html", {"why": found, "asked": bool(number)})


@signed_in
@require_POST
def refresh(request: HttpRequest, segment_id: int) -> HttpResponse:
    """Count a segment now, or soon where that takes long."""
    actor = actor_of(request)
    segment = access.get_visible(actor, SEGMENT, segment_id, "edit")
    try:
        counted = refresh_soon(segment.pk)
    except DomainError as refusal:
        return with_toast(HttpResponse(status=204), str(refusal), kind="error")
    text = _("Counted again.") if counted else _("Is being counted in the background.")
    return go_to(request, places.record_url(SEGMENT, segment.pk), text)


@signed_in
@require_http_methods(["GET", "POST"])
def add_selected(request: HttpRequest) -> HttpResponse:
    """Ask which fixed list the selected customers go to (GET); put them there, or take them out (POST)."""
    actor = actor_of(request)
    if not bulk.may_add(actor):
        raise NotAllowed
    if request.method == "GET":
        return answer(request, "records/bulk_dialog.html", {"dialog": bulk.dialog(actor, request.GET)})
    try:
        segment, done, added = bulk.move(actor, request.POST)
    except Invalid as refusal:
        dialog = replace(bulk.dialog(actor, request.POST), error=refusal.words)
        return answer(request, "records/bulk_dialog.html", {"dialog": dialog}, 422)
    pattern = _("Added %(count)s customers to “%(name)s”") if added else _("Took %(count)s customers out of “%(name)s”")
    text = pattern % {"count": formats.number(done.entered if added else done.left), "name": segment.name}
    return with_toast(HttpResponse(status=200), text, also=("close-dialog",))
