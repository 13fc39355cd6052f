"""How transactions are listed and shown. They are a ledger: added by hand, over the API or by a system, never changed.

There is no editing, no bin and no undo. A mistake is put right by a further row that takes the wrong one back.
"""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.transaction.models import Transaction
from guanxi.customers.transaction.queries import search_transactions
from guanxi.records.declaration import ListView, RecordType, Related, Section
from guanxi.records.fields import Choice, Field
from guanxi.records.registry import register

_COLORS = {"deposit": "green", "earned": "green", "interest": "green", "payment": "green", "opening": "blue",
           "withdrawal": "orange", "purchase": "orange", "redeemed": "violet", "reversal": "red"}  # fmt: skip
_KINDS = tuple(Choice(kind.value, kind.label, _COLORS.get(kind.value, "gray")) for kind in Transaction.Kind)
_COLUMNS = ("description", "kind", "customer", "holding", "occurred_at", "amount", "balance_after")

TRANSACTION = register(
    RecordType(
        name="transaction", model=Transaction, label=_("transaction"), plural=_("transactions"), path="transactions",
        icon="arrow-left-right", title="description", scope_through="customer",
        editable=False, deletable=False, importable=False,
        fields=(
            Field("description"), Field("kind", choices=_KINDS),
            Field("customer", reference="customer"), Field("holding", reference="holding"), Field("occurred_at"),
            Field("currency"), Field("amount", kind="money", currency="currency"),
            Field("balance_after", kind="money", currency="currency"), Field("reverses", reference="transaction"),
            Field("created_at"),
        ),
        columns=_COLUMNS, sort=("-occurred_at",),
        views=(
            ListView("all", _("All transactions"), _COLUMNS, ("-occurred_at",)),
            ListView("in", _("What came in"), _COLUMNS, ("-occurred_at",),
                     {"field": "amount", "op": "gt", "value": 0}, "log-in"),
            ListView("out", _("What went out"), _COLUMNS, ("-occurred_at",),
                     {"field": "amount", "op": "lt", "value": 0}, "log-out"),
            ListView("reversals", _("Reversals"), (*_COLUMNS, "reverses"), ("-occurred_at",),
                     {"field": "kind", "op": "in", "value": ["reversal"]}, "undo-2"),
        ),
        subtitle=("customer", "holding", "occurred_at"), highlights=("amount", "balance_after", "kind"),
        sections=(
            Section("main", _("Transaction"), ("customer", "holding", "occurred_at", "kind", "description", "currency",
                                               "amount", "balance_after", "reverses")),
        ),
        quick=("customer", "holding", "occurred_at", "kind", "description", "currency", "amount", "reverses"),
        search=search_transactions,
        related=(
            Related("reversals", _("Taken back by"), "transaction", "reverses",
                    ("description", "occurred_at", "amount")),
        ),
    )
)  # fmt: skip
