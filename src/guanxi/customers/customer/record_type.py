"""How customers are listed, shown, edited, searched, imported and exported."""

from django.utils.translation import gettext_lazy as _

from guanxi.customers.contact_point.queries import main_contact, same_contact
from guanxi.customers.customer.models import Customer
from guanxi.customers.customer.queries import same_name, search_customers
from guanxi.customers.customer.rules import check_customer, search_keys
from guanxi.customers.customer.similar import similar_customers
from guanxi.customers.score.models import CustomerFigures
from guanxi.records.declaration import Companion, ListView, RecordType, Related, Section, Twins
from guanxi.records.fields import Choice, Field, Kind
from guanxi.records.registry import register

_STATUS = (
    Choice("prospect", _("prospect"), "blue"), Choice("active", _("active"), "green"),
    Choice("inactive", _("inactive"), "gray"), Choice("lost", _("lost"), "red"), Choice("blocked", _("blocked"),
    "orange"),
)  # fmt: skip
_KIND = (
    Choice("person", _("person"), "gray", "user"), Choice("organization", _("organization"), "gray", "building-2"),
)  # fmt: skip
_TIER = (
    Choice("platinum", _("platinum"), "violet"), Choice("gold", _("gold"), "yellow"), Choice("iron", _("iron"), "gray"),
    Choice("lead", _("lead tier"), "gray"), Choice("negative", _("value-destroying"), "red"),
)  # fmt: skip
_RHYTHM = (
    Choice("active", _("on rhythm"), "green"), Choice("slowing", _("slowing"), "orange"),
    Choice("dormant", _("dormant"), "red"), Choice("one_time", _("bought once"), "gray"),
)  # fmt: skip


_NOT_ADDED = ("value_rank", "recency_days", "silence_ratio")


def _figure(name: str, kind: Kind = "money", choices: tuple[Choice, ...] = ()) -> Field:
    return Field(
        name,
        label=CustomerFigures.label_of(name),
        kind=kind,
        path=f"figures__{name}",
        currency="figures__currency" if kind == "money" else "",
        choices=choices,
        editable=False,
        weight="derived",
        figure=name,
        adds=name not in _NOT_ADDED,
    )


FIGURES = (
    _figure("value"), _figure("value_rank", "integer"), _figure("value_percentile", "percent"),
    _figure("tier", "choice", choices=_TIER), _figure("revenue"), _figure("margin"), _figure("cost_to_serve"),
    _figure("profit"), _figure("recency_days", "integer"), _figure("purchases", "integer"), _figure("monetary"),
    _figure("rfm", "text"), _figure("rfm_nested", "text"), _figure("rhythm", "choice", choices=_RHYTHM),
    _figure("silence_ratio", "decimal"), _figure("expected_next", "date"), _figure("first_purchase_at", "datetime"),
    _figure("last_purchase_at", "datetime"),
)  # fmt: skip
_VALUE_COLUMNS = ("name", "kind", "tier", "value", "revenue", "rfm", "rhythm", "last_purchase_at", "owner")
_WHO_COLUMNS = ("name", "status", "tier", "email", "phone", "city", "owner", "last_purchase_at")

CUSTOMER = register(
    RecordType(
        name="customer", model=Customer, label=_("customer"), plural=_("customers"), path="customers", icon="users",
        nav_group="customers",
        fields=(
            Field("name", searchable=True, sort_by="sort_key"), Field("latin_name", searchable=True),
            Field("kind", choices=_KIND), Field("roles"), Field("status", choices=_STATUS, extensible=True),
            Field("owner", reference="user"), Field("team", reference="team"), Field("territory",
            reference="territory"),
            Field("email", label=_("e-mail"), kind="email", expression=lambda actor: main_contact("email"),
                  editable=False),
            Field("phone", label=_("phone"), kind="phone", expression=lambda actor: main_contact("phone"),
                  editable=False),
            Field("customer_since"), Field("gender"), Field("birthday"), Field("occupation"), Field("industry"),
            Field("employees"), Field("city"), Field("country", codes="country"), Field("preferred_channel"),
            Field("preferred_language", codes="language"), Field("currency"),
            Field("credit_limit", kind="money", currency="currency"),
            Field("acquired_through"), Field("household_size", adds=False), Field("income_band"), Field("age_band"),
            Field("description"), Field("tags", kind="tags", reference="tag"), Field("created_at"), Field("updated_at"),
            *FIGURES,
        ),
        views=(
            ListView("ranked", _("Ranked by value"), _VALUE_COLUMNS, ("-value",), icon="trophy"),
            ListView("people", _("People"), _WHO_COLUMNS, ("name",),
                     {"field": "kind", "op": "in", "value": ["person"]}, "user"),
            ListView("organizations", _("Organizations"),
                     ("name", "status", "tier", "industry", "employees", "city", "phone", "owner"), ("name",),
                     {"field": "kind", "op": "in", "value": ["organization"]}, "building-2"),
            ListView("mine", _("My customers"), _VALUE_COLUMNS, ("-value",), {"field": "owner", "op": "me"},
            "user-check"),
            ListView("destroying", _("Destroying value"),
                     ("name", "profit", "revenue", "margin", "cost_to_serve", "owner"), ("profit",),
                     {"field": "tier", "op": "in", "value": ["negative"]}, "trending-down"),
        ),
        columns=_VALUE_COLUMNS, sort=("-value",), subtitle=("kind", "city"),
        highlights=("value", "revenue", "tier", "rfm", "rhythm", "last_purchase_at"),
        sections=(
            Section("main", _("Details"), ("name", "latin_name", "phone", "email", "kind", "roles", "status", "owner",
                                           "team", "territory", "tags")),
            Section("person", _("Person"), ("gender", "birthday", "occupation", "household_size", "age_band",
                                            "income_band"), only=("kind", "person")),
            Section("organization", _("Organization"), ("industry", "employees"), only=("kind", "organization")),
            Section("relation", _("Relation"), ("customer_since", "acquired_through", "preferred_channel",
                                                "preferred_language", "currency", "credit_limit", "city", "country",
                                                "description")),
        ),
        quick=("name", "kind", "phone", "email", "city", "owner"), board="status",
        board_card=("tier", "value", "last_purchase_at"),
        related=(
            Related("contact_points", _("Contact points"), "contact_point", "customer", ("value", "kind", "label")),
            Related("orders", _("Orders"), "order", "customer", ("number", "ordered_at", "total", "channel"),
                    ("-ordered_at",)),
            Related("holdings", _("Holdings"), "holding", "customer", ("number", "kind", "status")),
            Related("used_holdings", _("Uses"), "holding", "used_by", ("number", "kind", "status")),
            Related("transactions", _("Transactions"), "transaction", "customer",
                    ("description", "occurred_at", "amount"), ("-occurred_at",)),
            Related("relationships", _("Relationships"), "relationship", "customer", ("kind", "other", "role")),
            Related("interactions", _("Interactions"), "interaction", "customer",
                    ("subject", "channel", "occurred_at", "outcome"), ("-occurred_at",)),
            Related("identifiers", _("Identifiers"), "identifier", "customer", ("value", "kind", "issuer")),
            Related("consents", _("Consent"), "consent", "customer", ("purpose", "channel", "is_given")),
        ),
        check=check_customer, derive=search_keys, search=search_customers, similar=similar_customers,
        twins=(
            Twins("name", "customer", same_name), Twins("phone", "customer", same_contact("phone")),
            Twins("email", "customer", same_contact("email")),
        ),
        companions=tuple(
            Companion(kind, "contact_point", "customer", "value", {"kind": kind, "is_primary": True})
            for kind in ("phone", "email")
        ),
    )
)  # fmt: skip
