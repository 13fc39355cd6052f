"""How consents are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.consent.models import Consent
from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

CONSENT = register(
    RecordType(
        name="consent",
        model=Consent,
        label=_("consent"),
        plural=_("consents"),
        path="consents",
        icon="shield-check",
        title="purpose",
        scope_through="customer",
        fields=(
            Field("customer", reference="customer"),
            Field("purpose"),
            Field("channel"),
            Field("is_given"),
            Field("recorded_at"),
            Field("evidence"),
            Field("created_at"),
        ),
        columns=(
            "customer",
            "purpose",
            "channel",
            "is_given",
            "recorded_at",
        ),
        sort=("-id",),
        sections=(
            Section(
                "main",
                _("Consent"),
                (
                    "customer",
                    "purpose",
                    "channel",
                    "is_given",
                    "recorded_at",
                    "evidence",
                ),
            ),
        ),
        quick=(
            "customer",
            "purpose",
            "channel",
            "is_given",
            "recorded_at",
        ),
    )
)
