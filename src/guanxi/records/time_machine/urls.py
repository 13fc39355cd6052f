"""The pages of the time machine that belong to no record type."""

from django.urls import path

from guanxi.records.time_machine import views

urlpatterns = [
    path("changes", views.show_recent, name="changes.recent"),
    path("changes/<int:change_set_id>", views.show_preview, name="changes.preview"),
    path("changes/<int:change_set_id>/undo", views.undo, name="changes.undo"),
    path("changes/one/<int:change_id>", views.show_preview_of_one, name="changes.preview_one"),
    path("changes/one/<int:change_id>/undo", views.undo_one, name="changes.undo_one"),
]
