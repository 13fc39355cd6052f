"""How tags are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.tag.models import Tag
from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

TAG = register(
    RecordType(
        name="tag",
        model=Tag,
        label=_("tag"),
        plural=_("tags"),
        path="tags",
        icon="tag",
        title="name",
        scope="shared",
        nav_group="settings",
        fields=(
            Field("name", searchable=True),
            Field("color"),
            Field("created_at"),
        ),
        columns=(
            "name",
            "color",
            "created_at",
        ),
        sort=("name",),
        sections=(
            Section(
                "main",
                _("Tag"),
                (
                    "name",
                    "color",
                ),
            ),
        ),
        quick=(
            "name",
            "color",
        ),
    )
)
