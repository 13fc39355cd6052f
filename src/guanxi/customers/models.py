"""All models of the customer data centre, for Django to find."""

from guanxi.customers.consent.models import Consent
from guanxi.customers.contact_point.models import ContactPoint
from guanxi.customers.cost_to_serve.models import CostToServe
from guanxi.customers.customer.models import Customer
from guanxi.customers.holding.models import Holding
from guanxi.customers.identifier.models import Identifier
from guanxi.customers.interaction.models import Interaction
from guanxi.customers.order.models import Order, OrderLine
from guanxi.customers.relationship.models import Relationship
from guanxi.customers.score.models import CustomerFigures, Score, ScoreRun
from guanxi.customers.segment.models import Segment, SegmentMember, SegmentSize
from guanxi.customers.tag.models import Tag
from guanxi.customers.transaction.models import Transaction

__all__ = [
    "Consent", "ContactPoint", "CostToServe", "Customer", "CustomerFigures", "Holding", "Identifier", "Interaction",
    "Order",
    "OrderLine", "Relationship", "Score", "ScoreRun", "Segment", "SegmentMember", "SegmentSize", "Tag", "Transaction",
]  # fmt: skip
