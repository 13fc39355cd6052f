"""How costs to serve are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.cost_to_serve.models import CostToServe
from guanxi.records.declaration import RecordType, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

COST_TO_SERVE = register(
    RecordType(
        name="cost_to_serve", model=CostToServe, label=_("cost to serve"), plural=_("costs to serve"),
        path="costs-to-serve", icon="hand-coins", title="kind", scope_through="customer",
        fields=(
            Field("customer", reference="customer"), Field("kind", extensible=True), Field("detail"),
            Field("occurrences"), Field("unit_cost", kind="money", currency="currency"), Field("currency"),
            Field("amount", kind="money", currency="currency"), Field("incurred_at"), Field("created_at"),
        ),
        columns=("customer", "kind", "detail", "occurrences", "unit_cost", "amount", "incurred_at"), sort=("-amount",),
        sections=(
            Section("main", _("Cost to serve"),
                    ("customer", "kind", "detail", "occurrences", "unit_cost", "currency", "amount", "incurred_at")),
        ),
        quick=("customer", "kind", "occurrences", "unit_cost", "amount"),
    )
)  # fmt: skip
