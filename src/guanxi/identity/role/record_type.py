"""How roles are listed and shown; they are changed on the roles page of the settings."""

from django.utils.translation import gettext_lazy as _

from guanxi.identity.role.models import Role
from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

ROLE = register(
    RecordType(
        name="role", model=Role, label=_("role"), plural=_("roles"), path="roles", icon="shield", scope="shared",
        fields=(
            Field("name", searchable=True), Field("key", editable=False, undoable=False), Field("description"),
            Field("is_administrator", editable=False, undoable=False), Field("created_at"),
        ),
        columns=("name", "key", "description", "is_administrator"), sort=("name",),
        sections=(Section("main", _("Role"), ("name", "key", "description", "is_administrator")),),
        importable=False, creatable=False, deletable=False, nav_group="settings",
    )
)  # fmt: skip
