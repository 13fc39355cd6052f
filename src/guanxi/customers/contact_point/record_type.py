"""How contact points are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.contact_point.queries import same_address
from guanxi.customers.contact_point.rules import check_contact_point, contact_keys
from guanxi.records.declaration import RecordType, Section, Twins
from guanxi.records.fields import Field
from guanxi.records.registry import register

CONTACT_POINT = register(
    RecordType(
        name="contact_point", model=ContactPoint, label=_("contact point"), plural=_("contact points"),
        path="contact-points", icon="at-sign", title="value", scope_through="customer",
        fields=(
            Field("value", searchable=True), Field("kind"), Field("label", extensible=True),
            Field("customer", reference="customer"), Field("is_primary"), Field("normalized", editable=False),
            Field("country", codes="country"), Field("region"), Field("city"),
            Field("district"), Field("street"), Field("postal_code"), Field("verified_at"), Field("valid_from"),
            Field("valid_to"), Field("is_opted_in"), Field("bounce"), Field("created_at"),
        ),
        columns=("value", "kind", "label", "customer", "is_primary", "verified_at"),
        sections=(
            Section("main", _("Contact point"), ("customer", "kind", "value", "label", "is_primary", "is_opted_in",
                                                 "verified_at", "valid_from", "valid_to", "bounce")),
            Section("address", _("Address"), ("country", "region", "city", "district", "street", "postal_code")),
        ),
        quick=("customer", "kind", "value", "label", "is_primary"), check=check_contact_point, derive=contact_keys,
        twins=(Twins("value", "customer", same_address),),
    )
)  # fmt: skip
