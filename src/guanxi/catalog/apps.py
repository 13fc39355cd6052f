"""The catalog feature as a Django app."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Registers the record types of this feature once Django has loaded its models."""

    name = "guanxi.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what this feature declares."""
        from guanxi.catalog import declarations  # noqa: F401
