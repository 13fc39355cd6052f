"""Addresses of the value dashboard, its runs and its models."""

from django.urls import path

import guanxi.insights.figures.views as figures
import guanxi.insights.scoring.views as scoring
from guanxi.insights.value import views

urlpatterns = [
    path("value/", views.show_dashboard, name="value.dashboard"),
    path("value/tail/", views.show_tail, name="value.tail"),
    path("value/moved/<slug:before>/<slug:after>/", views.show_moved, name="value.moved"),
    path("value/compute/", scoring.ask, name="value.compute"),
    path("value/progress/", scoring.show_progress, name="value.progress"),
    path("value/runs/", scoring.show_runs, name="value.runs"),
    path("value/runs/<int:run_id>/", scoring.show_run, name="value.run"),
    path("value/models/", scoring.show_models, name="value.models"),
    path("figures/<slug:figure>/<int:customer_id>/", figures.show_rows, name="figure.rows"),
]
