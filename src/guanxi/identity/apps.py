"""The identity feature as a Django app."""

from django.apps import AppConfig


class IdentityConfig(AppConfig):
    """Registers the record types of this feature once Django has loaded its models."""

    name = "guanxi.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what this feature declares."""
        from guanxi.identity import declarations  # noqa: F401
