"""Customers with a unique member number, as the tests of unique fields make and read them."""

from __future__ import annotations

from typing import Any

from guanxi.core.actor import SYSTEM
from guanxi.customers.customer.models import Customer
from guanxi.records.registry import record_type
from guanxi.records.writing import create_record

CUSTOMER = record_type("customer")


def customer(name: str, **values: Any) -> Any:
    """Create a customer and return it as stored."""
    made = create_record(CUSTOMER, actor=SYSTEM, values={"name": name, **values})
    return Customer.objects.get(pk=made.pk)


def stored(name: str = "x_member_number") -> dict[str, Any]:
    """Return the values of all living customers that have one, by name."""
    rows = Customer.objects.filter(deleted_at=None).exclude(**{name: ""})
    return dict(rows.values_list("name", name))
