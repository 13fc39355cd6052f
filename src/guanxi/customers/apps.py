"""The customers feature as a Django app."""

from django.apps import AppConfig


class CustomersConfig(AppConfig):
    """Registers the record types of this feature once Django has loaded its models."""

    name = "guanxi.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what this feature declares."""
        from guanxi.customers import declarations  # noqa: F401
