"""How relationships are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.relationship.models import Relationship
from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

RELATIONSHIP = register(
    RecordType(
        name="relationship",
        model=Relationship,
        label=_("relationship"),
        plural=_("relationships"),
        path="relationships",
        icon="git-fork",
        title="kind",
        scope_through="customer",
        fields=(
            Field("customer", reference="customer"),
            Field("kind"),
            Field("other", reference="customer"),
            Field("role"),
            Field("strength"),
            Field("since"),
            Field("until"),
            Field("created_at"),
        ),
        columns=(
            "customer",
            "kind",
            "other",
            "role",
            "strength",
            "since",
        ),
        sort=("-id",),
        sections=(
            Section(
                "main",
                _("Relationship"),
                (
                    "customer",
                    "kind",
                    "other",
                    "role",
                    "strength",
                    "since",
                    "until",
                ),
            ),
        ),
        quick=(
            "customer",
            "kind",
            "other",
            "role",
            "since",
        ),
    )
)
