"""How identifiers are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.identifier.models import Identifier
from guanxi.customers.identifier.rules import identifier_keys
from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

IDENTIFIER = register(
    RecordType(
        name="identifier", model=Identifier, label=_("identifier"), plural=_("identifiers"), path="identifiers",
        icon="fingerprint", title="value", scope_through="customer",
        fields=(
            Field("value", searchable=True), Field("kind", extensible=True), Field("customer", reference="customer"),
            Field("issuer"), Field("valid_to"), Field("created_at"),
        ),
        columns=("value", "kind", "customer", "issuer", "valid_to"),
        sections=(Section("main", _("Identifier"), ("customer", "kind", "value", "issuer", "valid_to")),),
        quick=("customer", "kind", "value", "issuer"), derive=identifier_keys,
    )
)  # fmt: skip
