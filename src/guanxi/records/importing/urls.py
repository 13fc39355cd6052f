"""The pages of the import wizard."""

from django.urls import path

from guanxi.records.importing import views

urlpatterns = [
    path("imports", views.show_imports, name="import.list"),
    path("imports/new", views.upload, name="import.new"),
    path("imports/<int:job_id>/describe", views.describe, name="import.describe"),
    path("imports/<int:job_id>/map", views.map_columns, name="import.map"),
    path("imports/<int:job_id>/check", views.check, name="import.check"),
    path("imports/<int:job_id>/fix", views.fix, name="import.fix"),
    path("imports/<int:job_id>", views.run, name="import.run"),
    path("imports/<int:job_id>/state", views.show_state, name="import.state"),
    path("imports/<int:job_id>/pause", views.pause, name="import.pause"),
    path("imports/<int:job_id>/cancel", views.cancel, name="import.cancel"),
    path("imports/<int:job_id>/discard", views.discard, name="import.discard"),
    path("imports/<int:job_id>/rejects", views.download_rejects, name="import.rejects"),
]
