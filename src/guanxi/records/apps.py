"""The record engine as a Django app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Declarations, access, the write path, history and everything generated from a declaration."""

    name = "guanxi.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Offer what every record type has by the engine."""
        from guanxi.records import subjects  # noqa: F401
        from guanxi.records.importing import import_filter, taking_back  # noqa: F401
        from guanxi.records.time_machine import undo  # noqa: F401
