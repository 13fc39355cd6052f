"""Views of what a list loads while it is looked at: menus of columns and cells, and the rows of groups."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from guanxi.core.errors import Invalid
from guanxi.core.policy import signed_in
from guanxi.records import listing
from guanxi.records.declaration import RecordType
from guanxi.records.screens import menus
from guanxi.records.screens.answers import answer
from guanxi.records.screens.asked import Listing
from guanxi.records.screens.grouped import group_rows
from guanxi.records.screens.list_actions import bulk_actions
from guanxi.records.screens.list_views import listing_of
from guanxi.records.screens.rows import columns_of
from guanxi.ui.parts import MenuEntry


@signed_in
@require_GET
def show_menu(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Answer a menu of a list: ``of`` is ``column``, ``cell``, ``view``, ``by``, ``until`` or ``group``."""
    entries = list(_entries(request, listing_of(request, record_type)))
    return answer(
        request,
        "records/list_menu.html",
        {"entries": entries, "search": len(entries) > 9 and request.GET.get("of") in ("group", "by", "until", None)},
    )


def _entries(request: HttpRequest, found: Listing) -> Iterator[MenuEntry]:
    of, name = request.GET.get("of", "group"), request.GET.get("column", "")
    if of == "column":
        return menus.column_menu(found, name)
    if of == "cell":
        number = request.GET.get("id", "")
        if not number.isdecimal() or len(number) > 18:
            raise Invalid({"id": [""]})
        return menus.cell_menu(found, name, int(number))
    if of == "view":
        return menus.view_menu(found)
    if of in ("by", "until"):
        return menus.by_menu(found, of)
    return menus.group_menu(found)


@signed_in
@require_GET
def show_group(request: HttpRequest, record_type: RecordType) -> HttpResponse:
    """Answer the rows of one group of a list: ``key``, and ``next`` for those after a cursor."""
    found = listing_of(request, record_type)
    if not found.look.group:
        raise Invalid({"group": [""]})
    fields = listing.shown_columns(record_type, found.look.columns, found.actor)
    heads = columns_of(found, fields)
    bulk = bool(bulk_actions(record_type, found.actor))
    group = group_rows(found, heads, request.GET.get("key", ""), request.GET.get("next", ""), selectable=bulk)
    return answer(request, "records/list_group.html", {"group": group, "span": len(heads) + bulk})
