"""How territories are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.identity.territory.models import Territory
from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

TERRITORY = register(
    RecordType(
        name="territory", model=Territory, label=_("territory"), plural=_("territories"), path="territories",
        icon="map", scope="shared",
        fields=(Field("name", searchable=True), Field("parent", reference="territory"), Field("created_at")),
        columns=("name", "parent", "created_at"), sort=("name",), quick=("name", "parent"),
        sections=(Section("main", _("Territory"), ("name", "parent")),), nav_group="settings",
    )
)  # fmt: skip
