"""The segments that the demo company begins with: bilingual names, rules as a person would build them."""

from __future__ import annotations

from typing import Any

from guanxi.core.actor import Actor
from guanxi.customers.segment.services import create_segment

_BEST = {"field": "tier", "op": "in", "value": ["platinum", "gold"]}
_MAIL_ALLOWED = {
    "has": "consents",
    "where": {"all": [
        {"field": "purpose", "op": "in", "value": ["offers"]}, {"field": "channel", "op": "in", "value": ["email"]},
        {"field": "is_given", "op": "is", "value": "true"},
    ]},
}  # fmt: skip
_COMPLAINED = {
    "has": "interactions",
    "where": {"all": [
        {"field": "sentiment", "op": "in", "value": ["negative"]},
        {"field": "occurred_at", "op": "last_days", "value": "180"},
    ]},
}  # fmt: skip
SEGMENTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "Valuable and silent 高价值但沉寂",
        "The best customers who buy more slowly than they used to. 购买节奏放缓的高价值客户。",
        {"all": [_BEST, {"field": "rhythm", "op": "in", "value": ["slowing", "dormant"]}]},
    ),
    (
        "Valuable and unhappy 高价值但不满",
        "The best customers with a complaint in the last half year. 近半年有过投诉的高价值客户。",
        {"all": [_BEST, _COMPLAINED]},
    ),
    (
        "Destroying value 亏损客户",
        "Customers whose service costs more than their margin. 服务成本高于毛利的客户。",
        {"all": [{"field": "tier", "op": "in", "value": ["negative"]}]},
    ),
    (
        "Worth a letter 值得写信",
        "Good customers in rhythm who allow offers by e-mail. 购买正常且同意接收邮件优惠的优质客户。",
        {"all": [
            {"field": "tier", "op": "in", "value": ["platinum", "gold", "iron"]},
            {"field": "rhythm", "op": "in", "value": ["active"]}, _MAIL_ALLOWED,
        ]},
    ),
)  # fmt: skip
"""Name, description and rule (a filter tree) of each."""


def make_segments(actor: Actor) -> list[int]:
    """Create the segments as ``actor``'s own and return their ids; their members are counted after the scores."""
    return [
        create_segment(actor=actor, name=name, description=text, rule=rule).pk for name, text, rule in SEGMENTS
    ]  # fmt: skip
