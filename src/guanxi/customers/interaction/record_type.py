"""How interactions are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.interaction.models import Interaction
from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

INTERACTION = register(
    RecordType(
        name="interaction",
        model=Interaction,
        label=_("interaction"),
        plural=_("interactions"),
        path="interactions",
        icon="messages-square",
        title="subject",
        scope_through="customer",
        fields=(
            Field("subject", searchable=True),
            Field("customer", reference="customer"),
            Field("channel"),
            Field("direction"),
            Field("occurred_at", starts="now"),
            Field("minutes"),
            Field("staff", reference="user", starts="me"),
            Field("outcome"),
            Field("sentiment"),
            Field("place", is_place=True),
            Field("body"),
            Field("created_at"),
        ),
        columns=(
            "subject",
            "customer",
            "channel",
            "direction",
            "occurred_at",
            "staff",
            "outcome",
        ),
        sort=("-occurred_at",),
        sections=(
            Section(
                "main",
                _("Interaction"),
                (
                    "customer",
                    "subject",
                    "channel",
                    "direction",
                    "occurred_at",
                    "minutes",
                    "staff",
                    "place",
                    "outcome",
                    "sentiment",
                    "body",
                ),
            ),
        ),
        quick=("customer", "channel", "subject", "body", "occurred_at", "place"),
    )
)
