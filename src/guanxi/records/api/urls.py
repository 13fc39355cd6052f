"""The addresses of the API, the same for every record type."""

from __future__ import annotations

from django.urls import URLPattern, path, register_converter

from guanxi.records.api import views
from guanxi.records.declaration import RecordType
from guanxi.records.registry import api_parts, type_at


class RecordTypeInAddress:
    """The part of an address that names a record type, such as ``contact-points``."""

    regex = "[a-z][a-z0-9-]*"

    def to_python(self, value: str) -> RecordType:
        """Return the record type; a ``ValueError`` means that no route fits."""
        found = type_at(value)
        if found is None:
            raise ValueError(value)
        return found

    def to_url(self, value: RecordType) -> str:
        """Return the part of the address that names this record type."""
        return value.path


register_converter(RecordTypeInAddress, "record_type")


def api_urls() -> list[URLPattern]:
    """Return the routes of the API; ``config.urls`` puts them under ``/api/v1/``."""
    one = "<record_type:record_type>/<int:record_id>"
    return [
        path("<record_type:record_type>", views.collection, name="api-list"),
        path(one, views.record, name="api-record"),
        path("<record_type:record_type>/count", views.number, name="api-count"),
        path("<record_type:record_type>/groups", views.groups, name="api-groups"),
        path("<record_type:record_type>/bulk", views.bulk, name="api-bulk"),
        path(f"{one}/restore", views.restore, name="api-restore"),
        path(f"{one}/history", views.history, name="api-history"),
        *(path(f"{one}/{part.path}", part.view, name=f"api-{part.name}") for part in api_parts()),
        path("session", views.session, name="api-session"),
        path("openapi.json", views.description, name="api-description"),
    ]
