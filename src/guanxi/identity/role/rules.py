"""The roles every installation starts with, and the lattice rule: nobody grants more than they hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_noop as _

Permissions = dict[str, dict[str, str]]
EVERYONE_SEES: Permissions = {
    "user": {"view": "all"}, "team": {"view": "all"}, "territory": {"view": "all"}, "role": {"view": "all"},
    "tag": {"view": "all", "create": "all"}, "product": {"view": "all"}, "product_category": {"view": "all"},
}  # fmt: skip
WORK = {"view": "all", "create": "all", "edit": "all", "delete": "own", "export": "own"}
ABOUT_CUSTOMERS = (
    "contact_point", "relationship", "identifier", "holding", "order", "interaction", "consent", "cost_to_serve",
    "note", "attachment", "transaction",
)  # fmt: skip
LEDGERS = frozenset({"transaction"})  # added to and never changed


@dataclass(frozen=True, slots=True)
class DefaultRole:
    """A role as it is created in a new installation."""

    key: str
    name: str
    description: str
    is_administrator: bool = False
    permissions: Permissions = field(default_factory=dict)
    hidden_fields: dict[str, list[str]] = field(default_factory=dict)


def _about_customers(**scopes: str) -> Permissions:
    added_to = {verb: scope for verb, scope in scopes.items() if verb not in ("edit", "delete")}
    return {name: dict(added_to if name in LEDGERS else scopes) for name in ("customer", *ABOUT_CUSTOMERS)}


def _joined(*parts: Permissions) -> Permissions:
    merged: Permissions = {}
    for part in parts:
        for name, verbs in part.items():
            merged[name] = {**merged.get(name, {}), **verbs}
    return merged


_TASKS: Permissions = {"task": {"view": "team", "create": "own", "edit": "team", "delete": "own", "export": "own"}}

DEFAULT_ROLES: tuple[DefaultRole, ...] = (
    DefaultRole("administrator", _("Administrator"), _("May do everything, including users and settings."), True),
    DefaultRole(
        "sales-manager", _("Sales manager"), _("Leads a team: sees and edits what the team and its territory own."),
        permissions=_joined(
            EVERYONE_SEES,
            _about_customers(view="all", create="all", edit="territory", delete="team", export="territory"),
            {"customer": {"import": "team"}, "order": {"import": "team"}, "contact_point": {"import": "team"}},
            _TASKS, {"segment": {"view": "all", "create": "own", "edit": "team", "delete": "team", "export": "team"}},
            {"product": {"create": "all", "edit": "all", "export": "all", "import": "all"}},
        ),
    ),
    DefaultRole(
        "salesperson", _("Salesperson"), _("Works with own customers; sees those of the team."),
        permissions=_joined(
            EVERYONE_SEES, _about_customers(view="team", create="own", edit="own", delete="own", export="own"), _TASKS,
            {"segment": {"view": "team", "create": "own", "edit": "own", "delete": "own"}},
        ),
    ),
    DefaultRole(
        "service-agent", _("Service agent"), _("Helps every customer; may not delete or export."),
        permissions=_joined(
            EVERYONE_SEES, _about_customers(view="all"),
            {n: {"view": "all", "create": "all", "edit": "all"} for n in ("interaction", "note", "contact_point")},
            {"customer": {"view": "all", "create": "all", "edit": "all"}, "attachment": {"create": "all"}}, _TASKS,
        ),
        hidden_fields={"customer": ["margin", "profit", "cost_to_serve", "value", "value_rank", "value_percentile"],
                       "product": ["unit_cost"],
                       "order": ["total_cost"]},
    ),
    DefaultRole(
        "marketer", _("Marketer"), _("Sees all customers, builds segments and exports them."),
        permissions=_joined(
            EVERYONE_SEES, _about_customers(view="all", export="all"),
            {"segment": {"view": "all", "create": "all", "edit": "all", "delete": "all", "export": "all"},
             "consent": {"create": "all", "edit": "all"}, "customer": {"import": "all", "create": "all"},
             "contact_point": {"import": "all", "create": "all"}}, _TASKS,
        ),
    ),
    DefaultRole(
        "analyst", _("Analyst"), _("Sees and exports everything, changes no facts, may compute scores."),
        permissions=_joined(
            EVERYONE_SEES, _about_customers(view="all", export="all"), {"customer": {"score": "all"}},
            {"segment": {"view": "all", "create": "all", "edit": "own", "delete": "own", "export": "all"},
             "product": {"export": "all"}}, _TASKS,
        ),
    ),
    DefaultRole(
        "read-only", _("Read only"), _("Sees all customers and changes nothing."),
        permissions=_joined(
            EVERYONE_SEES, _about_customers(view="all"),
            {"segment": {"view": "all"}, "task": {"view": "all"}, "tag": {"create": "none"}},
        ),
    ),
)  # fmt: skip


def exceeds(wanted: Permissions, held: dict[str, Any]) -> list[str]:
    """Return the permissions in ``wanted`` that reach further than ``held`` (record type → verb → Scope), as text."""
    from guanxi.core.actor import Scope

    beyond = []
    for type_name, verbs in wanted.items():
        for verb, scope_name in verbs.items():
            names = held.keys() if type_name == "*" else (type_name,)
            if any(Scope[scope_name.upper()] > held.get(name, {}).get(verb, Scope.NONE) for name in names):
                beyond.append(f"{type_name}.{verb}: {scope_name}")
    return beyond
