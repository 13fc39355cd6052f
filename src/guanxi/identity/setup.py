"""The first administrator: a one-time link printed at the first start, dead as soon as an administrator exists."""

from __future__ import annotations

from django.core import signing
from django.db import transaction

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import NotFound
from guanxi.identity.company.models import Company
from guanxi.identity.role.services import install_default_roles
from guanxi.identity.user.models import User
from guanxi.identity.user.services import add_user

_SALT, MAX_AGE_SECONDS = "guanxi.setup", 7 * 24 * 3600


def issue_setup_link() -> str | None:
    """Return the path that makes the first administrator, or None when there is one already. Installs default roles."""
    install_default_roles()
    if has_administrator():
        return None
    return f"/setup/{signing.dumps('first administrator', salt=_SALT)}/"


def has_administrator() -> bool:
    """Say whether an active administrator exists."""
    return User._default_manager.filter(is_active=True, deleted_at=None, roles__is_administrator=True).exists()


def check_setup_token(token: str) -> None:
    """Raise ``NotFound`` unless the token is ours, not expired, and still needed."""
    try:
        signing.loads(token, salt=_SALT, max_age=MAX_AGE_SECONDS)
    except signing.BadSignature as error:
        raise NotFound from error
    if has_administrator():
        raise NotFound


def set_up(token: str, *, email: str, name: str, password: str, company_name: str, language: str, currency: str) -> User:
    """Make the first administrator and name the company; raises ``NotFound`` for a dead token, ``Invalid`` for bad values.

    Two at once: the company row is locked, so the second finds the first's administrator and is refused.
    """
    with transaction.atomic():
        company = Company._default_manager.select_for_update().get(pk=1)
        check_setup_token(token)
        company.name = company_name.strip()[:120] or company.name
        company.language, company.base_currency = language, currency
        company.version += 1
        company.save()
        return add_user(
            actor=SYSTEM, email=email, name=name, password=password, role_keys=["administrator"], language=language,
        )  # fmt: skip
