"""Where roles name a custom field."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from guanxi.identity.role.models import Role
from guanxi.records.declaration import RecordType
from guanxi.records.shaping.models import CustomField
from guanxi.records.shaping.usage import Use, find_uses_with


@find_uses_with
def in_roles(record_type: RecordType, item: CustomField) -> list[Use]:
    """Return the roles that hide a field or make it read-only."""
    found = []
    for role in Role._default_manager.filter(deleted_at=None).order_by("name"):
        named = (role.hidden_fields.get(record_type.name, ()), role.locked_fields.get(record_type.name, ()))
        if any(item.name in names for names in named):
            words = _("the role “%(name)s”") % {"name": _(role.name)}
            found.append(Use(words, reverse("settings.role", args=[role.pk])))
    return found
