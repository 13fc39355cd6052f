"""The insights feature as a Django app."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Registers the record types of this feature once Django has loaded its models."""

    name = "guanxi.insights"
    label = "insights"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what this feature declares."""
        from guanxi.insights import declarations  # noqa: F401
