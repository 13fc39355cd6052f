"""How teams are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.identity.team.models import Team
from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

TEAM = register(
    RecordType(
        name="team", model=Team, label=_("team"), plural=_("teams"), path="teams", icon="users", scope="shared",
        fields=(Field("name", searchable=True), Field("parent", reference="team"), Field("created_at")),
        columns=("name", "parent", "created_at"), sort=("name",), quick=("name", "parent"),
        sections=(Section("main", _("Team"), ("name", "parent")),), nav_group="settings",
    )
)  # fmt: skip
