"""The user interface as a Django app."""

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Templates, components and static files shared by every page."""

    name = "guanxi.ui"
    label = "ui"
