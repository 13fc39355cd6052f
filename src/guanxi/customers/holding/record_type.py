"""How holdings are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.holding.models import Holding
from guanxi.records.declaration import RecordType, Related, Section
from guanxi.records.fields import Field
from guanxi.records.registry import register

HOLDING = register(
    RecordType(
        name="holding",
        model=Holding,
        label=_("holding"),
        plural=_("holdings"),
        path="holdings",
        icon="wallet-cards",
        title="number",
        scope_through="customer",
        fields=(
            Field("number", searchable=True),
            Field("kind", extensible=True),
            Field("customer", reference="customer"),
            Field("used_by", reference="customer"),
            Field("bought_by", reference="customer"),
            Field("product", reference="product"),
            Field("status", extensible=True),
            Field("opened_on"),
            Field("closed_on"),
            Field("purchase_channel"),
            Field("currency"),
            Field("balance", kind="money", currency="currency"),
            Field("limit", kind="money", currency="currency"),
            Field("warranty_until"),
            Field("created_at"),
        ),
        columns=(
            "number",
            "kind",
            "customer",
            "product",
            "status",
            "opened_on",
            "balance",
        ),
        sort=("-id",),
        sections=(
            Section(
                "main",
                _("Holding"),
                (
                    "number",
                    "kind",
                    "customer",
                    "used_by",
                    "bought_by",
                    "product",
                    "status",
                    "opened_on",
                    "closed_on",
                    "purchase_channel",
                    "currency",
                    "balance",
                    "limit",
                    "warranty_until",
                ),
            ),
        ),
        quick=(
            "customer",
            "kind",
            "number",
            "product",
            "opened_on",
        ),
        related=(
            Related(
                "transactions",
                _("Transactions"),
                "transaction",
                "holding",
                ("description", "occurred_at", "amount"),
                ("-occurred_at",),
            ),
        ),
    )
)
