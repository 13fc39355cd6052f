"""The work feature as a Django app."""

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """Registers the record types of this feature once Django has loaded its models."""

    name = "guanxi.work"
    label = "work"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what this feature declares."""
        from guanxi.work import declarations  # noqa: F401
