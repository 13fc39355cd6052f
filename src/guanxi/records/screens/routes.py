"""The routes of the generic pages, written out for every record type so that each can be named, walked and tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import HttpResponseBase
from django.urls import URLPattern, URLResolver, include, path

from guanxi.records.declaration import RecordType
from guanxi.records.registry import parts, record_types
from guanxi.records.screens import (
    bin_views,
    board_views,
    bulk_views,
    calendar_views,
    export_views,
    form_views,
    inline_views,
    list_views,
    menu_views,
    record_views,
    twin_views,
)
from guanxi.records.time_machine import past_views


def record_routes() -> list[URLPattern | URLResolver]:
    """Return the routes of every registered record type: ``<type>.list``, ``<type>.record`` and so on.

    They stand in a branch for each type: a request is compared with the types, then with the routes of one.
    """
    return [path(f"{item.path}/", include(list(routes_of(item)))) for item in record_types()]


def routes_of(record_type: RecordType) -> Iterator[URLPattern]:
    """Yield the routes of one record type, below its path; what the type can't do has no route."""
    for part, view, verb in (*_plan(record_type), *_PAST):
        yield path(part, view, {"record_type": record_type}, name=f"{record_type.name}.{verb}")


def _plan(record_type: RecordType) -> Iterator[tuple[str, Callable[..., HttpResponseBase], str]]:
    yield from _list_plan(record_type)
    if record_type.creatable:
        yield "new", form_views.new_record, "new"
        yield "quick", form_views.quick_create, "quick"
        if record_type.twins:
            yield "twins/<str:field_name>", twin_views.show_twins, "twins"
    yield from _record_plan(record_type)
    for part in parts(record_type.name):
        yield f"<int:record_id>/{part.path}", part.view, part.name


def _list_plan(record_type: RecordType) -> Iterator[tuple[str, Callable[..., HttpResponseBase], str]]:
    yield "", list_views.show_list, "list"
    yield "count", list_views.show_count, "count"
    yield "menu", menu_views.show_menu, "menu"
    yield "group", menu_views.show_group, "group"
    yield "filter", list_views.edit_filter, "filter"
    yield "columns", list_views.choose_columns, "columns"
    yield "views", list_views.save_view, "views"
    yield "views/arrange", list_views.arrange_views, "views_arrange"
    yield "views/<int:view_id>", list_views.change_view, "view"
    yield "views/<int:view_id>/delete", list_views.delete_view, "view_delete"
    yield "export/<str:kind>", export_views.export, "export"
    yield "bulk/export", export_views.choose_export, "bulk_export"
    yield "bulk/jobs/<int:job_id>", bulk_views.show_job, "bulk_job"
    if record_type.editable:
        yield "bulk/edit", bulk_views.bulk_edit, "bulk_edit"
    if record_type.deletable:
        yield "bulk/delete", bulk_views.bulk_delete, "bulk_delete"
        yield "bin", bin_views.show_bin, "bin"
    yield "board", board_views.show_board, "board"
    yield "board/cards", board_views.more_cards, "board_cards"
    yield "calendar", calendar_views.show_calendar, "calendar"
    yield "timeline", calendar_views.show_timeline, "calendar_timeline"
    if record_type.editable:
        yield "<int:record_id>/move", board_views.move_card, "move"
        yield "<int:record_id>/reschedule", calendar_views.reschedule, "reschedule"


def _record_plan(record_type: RecordType) -> Iterator[tuple[str, Callable[..., HttpResponseBase], str]]:
    if record_type.editable:
        yield "<int:record_id>/edit", form_views.edit_record, "edit"
        yield "<int:record_id>/field/<str:field_name>", inline_views.edit_field, "field"
        yield "<int:record_id>/changes/<int:change_id>/undo", inline_views.undo, "undo"
    yield "<int:record_id>", record_views.show_record, "record"
    yield "<int:record_id>/peek", record_views.peek, "peek"
    yield "<int:record_id>/timeline", record_views.show_timeline, "timeline"
    yield "<int:record_id>/around", record_views.show_around, "around"
    yield "<int:record_id>/source/<str:field_name>", record_views.show_source, "source"
    if record_type.deletable:
        yield "<int:record_id>/delete", record_views.delete, "delete"
        yield "<int:record_id>/restore", record_views.restore, "restore"


_PAST: tuple[tuple[str, Callable[..., HttpResponseBase], str], ...] = (
    ("as-of", past_views.show_list_as_of, "as_of"),
    ("compare", past_views.show_list_comparison, "compare"),
    ("<int:record_id>/compare", past_views.show_record_comparison, "compare_record"),
)
