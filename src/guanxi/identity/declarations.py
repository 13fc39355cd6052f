"""Registers the record types of identity."""

from guanxi.identity import importing
from guanxi.identity.role import record_type as role
from guanxi.identity.team import listeners
from guanxi.identity.team import record_type as team
from guanxi.identity.territory import record_type as territory
from guanxi.identity.user import record_type as user

__all__ = ["importing", "listeners", "role", "team", "territory", "user"]
