"""The first administrator: a one-time link printed at the first start, dead as soon as an administrator exists."""

from __future__ import annotations

from django.core import signing
from django.db import transaction
from django.utils.translation import gettext as _

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Invalid, NotFound, type_text
from guanxi.identity.choices import currencies, languages, time_zones
from guanxi.identity.company.models import Company
from guanxi.identity.role.services import install_default_roles
from guanxi.identity.user.models import User
from guanxi.identity.user.services import add_user, new_user_errors
from guanxi.records.changes import record_change

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


def set_up(
    token: str, *, email: str, name: str, password: str, company_name: str, language: str, currency: str, time_zone: str
) -> User:
    """Make the first administrator and name the company.

    Raises ``NotFound`` for a dead token, ``Invalid`` for bad values.
    Two at once: the company row is locked, so the second finds the first's administrator and is refused.
    """
    with transaction.atomic():
        company = Company._default_manager.select_for_update().get(pk=1)
        check_setup_token(token)
        errors = {**new_user_errors(email, name, password), **_errors(company_name, language, currency, time_zone)}
        if errors:
            raise Invalid(errors)
        company.name = company_name.strip()
        company.language, company.base_currency, company.time_zone = language, currency, time_zone
        company.version += 1
        company.save()
        named = {"name": company.name, "language": language, "base_currency": currency, "time_zone": time_zone}
        record_change(SYSTEM, "company", 1, "created", {field: (None, value) for field, value in named.items()})
        return add_user(
            actor=SYSTEM, email=email, name=name, password=password, role_keys=["administrator"], language=language,
            time_zone=time_zone,
        )  # fmt: skip


def _errors(company_name: str, language: str, currency: str, time_zone: str) -> dict[str, list[type_text]]:
    errors: dict[str, list[type_text]] = {}
    if not company_name.strip() or len(company_name) > 120:
        errors["company_name"] = [_("Use between 1 and 120 characters.")]
    offered = (
        ("language", language, languages()), ("currency", currency, currencies()),
        ("time_zone", time_zone, time_zones()),
    )  # fmt: skip
    for field, value, options in offered:
        if value not in {option.value for option in options}:
            errors[field] = [_("Choose a value from the list.")]
    return errors
