"""All models of the identity feature, for Django to find."""

from guanxi.identity.company.models import Company
from guanxi.identity.preference.models import PutAway
from guanxi.identity.role.models import Role
from guanxi.identity.team.models import Team
from guanxi.identity.territory.models import Territory
from guanxi.identity.user.models import User

__all__ = ["Company", "PutAway", "Role", "Team", "Territory", "User"]
