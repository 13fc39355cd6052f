"""Where segments name a custom field."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.customers.segment.models import Segment
from guanxi.records.declaration import RecordType
from guanxi.records.shaping.models import CustomField
from guanxi.records.shaping.usage import Use, find_uses_with, mentions


@find_uses_with
def in_segments(record_type: RecordType, item: CustomField) -> list[Use]:
    """Return the segments whose rule names a field of customers."""
    if record_type.name != "customer":
        return []
    rows = Segment._default_manager.filter(deleted_at=None).order_by("name")  # access: administrators see all
    return [
        Use(_("the segment “%(name)s”") % {"name": row.name}, reverse("segment.record", args=[row.pk]))
        for row in rows
        if mentions(row.definition, item.name)
    ]
