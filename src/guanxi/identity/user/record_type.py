"""How users are listed and shown; rights and passwords are changed in the settings, never through a form field."""

from django.utils.translation import gettext_lazy as _

from guanxi.identity.user.models import User
from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

USER = register(
    RecordType(
        name="user", model=User, label=_("user"), plural=_("users"), path="users", icon="user", scope="shared",
        fields=(
            Field("name", searchable=True), Field("email", editable=False, undoable=False), Field("job_title"),
            Field("team", reference="team", editable=False, undoable=False),
            Field("is_active", editable=False, undoable=False),
            Field("last_login", label=_("last sign-in"), editable=False), Field("created_at"),
        ),
        columns=("name", "email", "job_title", "team", "is_active", "last_login"), sort=("name",),
        subtitle=("job_title", "email"),
        sections=(Section("main", _("User"), ("name", "email", "job_title", "team", "is_active", "last_login")),),
        importable=False, creatable=False, deletable=False, nav_group="settings",
    )
)  # fmt: skip
