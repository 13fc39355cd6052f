"""Registers the record types of identity."""

from django.utils.translation import gettext_lazy as _

from guanxi.identity import importing, telling
from guanxi.identity.company.models import Company
from guanxi.identity.role import record_type as role
from guanxi.identity.role import usage
from guanxi.identity.shaping import making
from guanxi.identity.shaping import telling as shaped
from guanxi.identity.team import listeners
from guanxi.identity.team import record_type as team
from guanxi.identity.territory import record_type as territory
from guanxi.identity.user import record_type as user
from guanxi.records.registry import Subject, add_subject

add_subject(Subject("company", _("company"), Company, title=str))

__all__ = ["importing", "listeners", "making", "role", "shaped", "team", "telling", "territory", "usage", "user"]
