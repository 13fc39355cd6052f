"""Addresses of the story pages; the configuration mounts them at ``/ui/``."""

from django.urls import path

from guanxi.ui import views

app_name = "ui"

urlpatterns = [
    path("", views.show_components, name="components"),
    path("list", views.show_list, name="list"),
    path("empty", views.show_empty, name="empty"),
    path("board", views.show_board, name="board"),
    path("move", views.answer_move, name="move"),
    path("record", views.show_record, name="record"),
    path("peek", views.show_peek, name="peek"),
    path("form", views.show_form, name="form"),
    path("dialog", views.show_dialog, name="dialog"),
    path("value", views.show_value, name="value"),
    path("signin", views.show_sign_in, name="signin"),
    path("edit", views.edit_field, name="edit"),
    path("filter", views.show_filter_menu, name="filter"),
    path("columns", views.show_column_menu, name="columns"),
    path("source", views.show_source, name="source"),
    path("older", views.show_older, name="older"),
    path("palette", views.answer_palette, name="palette"),
    path("options", views.answer_options, name="options"),
    path("error/<int:status>", views.show_error, name="error"),
]
