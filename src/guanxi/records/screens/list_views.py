"""Views of lists: the page, its count, the filter editor, columns and saved views."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.errors import Invalid
from guanxi.core.policy import signed_in
from guanxi.records import listing
from guanxi.records.declaration import RecordType
from guanxi.records.screens import columns, named_views, places
from guanxi.records.screens.answers import actor_of, answer, frame_list, go_to, is_fragment
from guanxi.records.screens.arrangement import Step, arrange, keep_width
from guanxi.records.screens.asked import LAYOUTS, Listing, open_listing
from guanxi.records.screens.filter_editor import filter_editor, filter_places, filtered_url, tree_sentences
from guanxi.records.screens.list_actions import view_url
from guanxi.records.screens.list_page import amount_text, list_page
from guanxi.records.screens.rows import columns_of
from guanxi.records.screens.state import ListState
from guanxi.records.screens.sums import with_feet
from guanxi.records.screens.view_form import view_form
from guanxi.records.summing import read_figures, summed_columns
from guanxi.ui import formats


def listing_of(request: HttpRequest, record_type: RecordType, layout: str = "") -> Listing:
    """Return the list that the address of this request means for its actor, in the layout that it is or names."""
    part = layout or request.GET.get("in", "")
    part = part if part in LAYOUTS else ""
    return open_listing(record_type, actor_of(request), ListState.read(request.GET), part)


@signed_in
@require_GET
def show_list(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show a page of a list; htmx gets the part that changes."""
    found = listing_of(request, record_type)
    if found.view.look.layout and set(request.GET) <= {"view"}:
        return redirect(view_url(found, found.view))
    page = list_page(found)
    if is_fragment(request):
        return answer(request, "records/list_part.html", {"page": page})
    frame_list(request, record_type)
    peek = request.GET.get("peek", "").rpartition(":")[2]
    peek_url = places.part_url(record_type, int(peek), "peek") if peek.isdecimal() and len(peek) < 19 else ""
    return answer(request, "records/list.html", {"page": page, "peek_url": peek_url})


@signed_in
@require_GET
def show_count(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Say how many rows match: exact up to the limit, estimated beyond it; and what they add up to.

    A list that is counted exactly is added up too; a longer one only with ``full``.
    """
    found = listing_of(request, record_type)
    amount = listing.count(record_type, found.query, found.actor)
    context = {"count": amount_text(record_type, amount), "total": formats.number(amount.number)}
    return answer(request, "ui/list_count.html", {**context, **_feet(found, is_short=amount.exact)})


def _feet(found: Listing, *, is_short: bool) -> dict[str, Any]:
    """Return the sums of a list that is short, or of any when they were asked for; else the way to ask."""
    if found.base_part:
        return {}
    fields = listing.shown_columns(found.record_type, found.look.columns, found.actor)
    summed = summed_columns(fields)
    if not summed:
        return {}
    url = f"{found.base}count?{found.state.first_page().query()}&full=1"
    if not is_short and not found.state.full:
        return {"columns": with_feet(columns_of(found, fields), summed, None), "sums": "asked", "sums_url": url}
    figures = read_figures(found.record_type, found.query, found.actor, summed)
    return {"columns": with_feet(columns_of(found, fields), summed, figures), "sums": "ready", "sums_url": url}


@signed_in
@require_GET
def edit_filter(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show the fields to filter by, or the editor of one condition; with ``apply`` lead to the filtered list."""
    found = listing_of(request, record_type)
    params = request.GET
    if params.get("part") == "tree":
        return answer(request, "records/filter_tree.html", {"lines": tree_sentences(found)})
    if not params.get("field") and not params.get("edit"):
        return answer(request, "records/filter_fields.html", {"places": list(filter_places(found))})
    if params.get("apply") != "1":
        return answer(request, "records/filter_editor.html", {"editor": filter_editor(found, params)})
    try:
        url = filtered_url(found, params)
    except Invalid as refusal:
        return answer(
            request, "records/filter_editor.html", {"editor": filter_editor(found, params, refusal.words)}, 422
        )
    return to_list(url)


def to_list(url: str) -> HttpResponse:
    """Let htmx load the list at ``url`` in place of the present one."""
    response = HttpResponse(status=200)
    response["HX-Location"] = json.dumps({"path": url, "target": "#list", "swap": "outerHTML"})
    return response


@signed_in
@require_http_methods(["GET", "POST"])
def choose_columns(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Show the chooser; with ``apply`` lead to the list with these columns; POST keeps the width of one column."""
    found = listing_of(request, record_type)
    if request.method == "POST":
        width = request.POST.get("width", "")
        if width.isdecimal() and len(width) < 6:
            name = request.POST.get("column", "")
            keep_width(record_type, found.actor, found.views, found.view.key, name, int(width))
        return HttpResponse(status=204)
    if request.GET.get("apply") == "1":
        return to_list(columns.columns_url(found, tuple(request.GET.getlist("column"))))
    return answer(request, "records/columns.html", {"chooser": columns.chooser(found)})


@signed_in
@require_http_methods(["GET", "POST"])
def save_view(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Ask for the name of a new view and save what the list shows as that view."""
    found = listing_of(request, record_type)
    if request.method == "GET":
        return answer(request, "ui/form_dialog.html", {"form": view_form(found)})
    shared = request.POST.get("shared") == "1"
    try:
        view = named_views.save_view(record_type, found.actor, request.POST.get("name", ""), found.look, shared=shared)
    except Invalid as refusal:
        return answer(request, "ui/form_dialog.html", {"form": view_form(found, request.POST, refusal.errors)}, 422)
    text = _("Saved the view “%(name)s”") % {"name": view.name}
    return go_to(request, ListState(view=f"s{view.pk}").url(found.base), text)


@signed_in
@require_http_methods(["GET", "POST"])
def change_view(request: HttpRequest, record_type: RecordType, view_id: int) -> HttpResponse:
    """Ask for name and sharing of a saved view (GET); save them, or the present look where none are sent (POST)."""
    found = listing_of(request, record_type)
    view = named_views.own_view(record_type, found.actor, view_id)
    if request.method == "GET":
        return answer(request, "ui/form_dialog.html", {"form": view_form(found, view=view)})
    name = request.POST.get("name", view.name)
    shared = request.POST.get("shared") == "1" if "name" in request.POST else view.is_shared
    try:
        named_views.save_view(record_type, found.actor, name, found.look, shared=shared, view_id=view_id)
    except Invalid as refusal:
        form = view_form(found, request.POST, refusal.errors, view=view)
        return answer(request, "ui/form_dialog.html", {"form": form}, 422)
    return go_to(
        request, ListState(view=f"s{view_id}").url(found.base), _("Saved the view “%(name)s”") % {"name": name}
    )


@signed_in
@require_POST
def arrange_views(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Move a tab one place to the left or right, or let its view open first; the list is shown again."""
    found = listing_of(request, record_type)
    steps: dict[str, Step] = {"left": "left", "right": "right", "first": "first"}
    step = steps.get(request.GET.get("step", ""))
    if step is None:
        raise Invalid({"step": [_("Choose a value from the list.")]})
    arrange(record_type, found.actor, found.views, request.GET.get("key", ""), step)
    return go_to(request, replace(found.state, view=found.view.key).url(found.base))


@signed_in
@require_POST
def delete_view(request: HttpRequest, record_type: RecordType, view_id: int) -> HttpResponse:
    """Delete a saved view; the records stay."""
    found = listing_of(request, record_type)
    view = named_views.own_view(record_type, found.actor, view_id)
    view.delete()
    return go_to(request, found.base, _("Deleted the view “%(name)s”") % {"name": view.name})
