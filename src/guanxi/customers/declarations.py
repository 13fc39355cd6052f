"""Registers the record types of the customer data centre, in the order menus show them."""

from guanxi.customers.customer import record_type as customer  # isort: skip
from guanxi.customers.segment import record_type as segment  # isort: skip
from guanxi.customers.order import record_type as order  # isort: skip
from guanxi.customers.customer import import_plan as customer_import  # isort: skip
from guanxi.customers.order import import_plan as order_import  # isort: skip
from guanxi.customers.consent import record_type as consent
from guanxi.customers.contact_point import record_type as contact_point
from guanxi.customers.cost_to_serve import record_type as cost_to_serve
from guanxi.customers.holding import record_type as holding
from guanxi.customers.identifier import record_type as identifier
from guanxi.customers.interaction import record_type as interaction
from guanxi.customers.relationship import record_type as relationship
from guanxi.customers.tag import record_type as tag
from guanxi.customers.transaction import record_type as transaction

from guanxi.customers.customer import panels as customer_panels  # isort: skip
from guanxi.customers.interaction import timeline as interaction_timeline  # isort: skip
from guanxi.customers.order import panels as order_panels  # isort: skip
from guanxi.customers.order import timeline as order_timeline  # isort: skip
from guanxi.customers.segment import listeners as segment_listeners  # isort: skip
from guanxi.customers.segment import panels as segment_panels  # isort: skip
from guanxi.customers.segment import telling as segment_telling  # isort: skip
from guanxi.customers.segment import usage as segment_usage  # isort: skip

__all__ = [
    "consent", "contact_point", "cost_to_serve", "customer", "customer_import", "customer_panels", "holding",
    "identifier", "interaction", "interaction_timeline", "order", "order_import", "order_panels", "order_timeline",
    "relationship", "segment", "segment_listeners", "segment_panels", "segment_telling", "segment_usage", "tag",
    "transaction",
]  # fmt: skip
