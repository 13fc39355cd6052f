"""How segments are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.segment.models import Segment
from guanxi.customers.segment.queries import in_segment
from guanxi.records import registry
from guanxi.records.declaration import AddedFilter, RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

SEGMENT = register(
    RecordType(
        name="segment",
        model=Segment,
        label=_("segment"),
        plural=_("segments"),
        path="segments",
        icon="filter",
        title="name",
        nav_group="customers",
        fields=(
            Field("name", searchable=True),
            Field("description"),
            Field("kind"),
            Field("size"),
            Field("refreshed_at"),
            # A rule is written in the builder, which checks it for the one who writes it: never as a plain value.
            Field("definition", kind="json", filterable=False, sortable=False, editable=False),
            Field("owner", reference="user"),
            Field("team", reference="team"),
            Field("created_at"),
            Field("updated_at"),
        ),
        columns=(
            "name",
            "kind",
            "size",
            "refreshed_at",
            "owner",
            "updated_at",
        ),
        sort=("name",),
        sections=(
            Section(
                "main",
                _("Segment"),
                (
                    "name",
                    "description",
                    "kind",
                    "owner",
                    "team",
                ),
            ),
        ),
        quick=(
            "name",
            "kind",
            "description",
        ),
    )
)

registry.add_filter(
    "customer", AddedFilter(Field("segment", label=_("segment"), kind="reference", reference="segment"), in_segment)
)
