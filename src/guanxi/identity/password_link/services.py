"""Links that let a user set a password: sent by administrators to new users and to those who lost theirs."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from guanxi.core.actor import SYSTEM, Actor
from guanxi.core.errors import Invalid, NotAllowed, NotFound
from guanxi.identity.entrance import company_title
from guanxi.identity.session.services import end_other_sessions
from guanxi.identity.user.models import User
from guanxi.records.changes import record_change

_SALT, DAYS = "guanxi.password-link", 3


def password_link(user: User) -> str:
    """Return the path of a link that lets this user set a password once within three days.

    It dies when the password changes, when the user signs in or is deactivated, and after three days.
    """
    token = signing.dumps({"user": user.pk, "stamp": _stamp(user)}, salt=_SALT)
    return reverse("password_link", args=[token])


def send_password_link(user: User, *, actor: Actor, base_url: str) -> None:
    """Mail a user a password link, in the user's language, through the outbox.

    ``base_url`` is where this installation answers (``https://crm.example.com``); the configured address wins.
    Raises ``NotAllowed`` unless the actor is an administrator, ``Invalid`` for a user who isn't active.
    """
    if not (actor.is_administrator or actor.is_system):
        raise NotAllowed
    if not user.is_active:
        raise Invalid({"": [_("The user isn't active. Make the user active first.")]})
    base = settings.ORIGINS[0] if settings.ORIGINS else base_url.rstrip("/")
    with transaction.atomic(), translation.override(user.language):
        context = {
            "user": user, "link": base + password_link(user), "days": DAYS, "company_title": company_title(),
            "is_new": not user.has_usable_password(), "sender": actor.name,
        }  # fmt: skip
        subject = render_to_string("identity/mail/password_link_subject.txt", context).strip()
        EmailMessage(subject, render_to_string("identity/mail/password_link.txt", context), to=[user.email]).send()
        record_change(actor, "user", user.pk, "password_link_sent", {})


def user_of_link(token: str) -> User:
    """Return the user for whom a link was made; raises ``NotFound`` for a link that is forged, too old or used."""
    try:
        found = signing.loads(token, salt=_SALT, max_age=DAYS * 24 * 3600)
    except signing.BadSignature as error:
        raise NotFound(_("This link no longer works. Ask your administrator for a new one.")) from error
    user = User._default_manager.filter(pk=found["user"], is_active=True, deleted_at=None).first()
    if user is None or not constant_time_compare(found["stamp"], _stamp(user)):
        raise NotFound(_("This link no longer works. Ask your administrator for a new one."))
    return user


def set_password(token: str, password: str, again: str) -> User:
    """Set the password of the user for whom the link was made and end all sessions of that user.

    Raises ``NotFound`` for a dead link, ``Invalid`` for a weak password or two different ones.
    """
    with transaction.atomic():
        user = User._default_manager.select_for_update().get(pk=user_of_link(token).pk)
        user = user_of_link(token)  # again, now that nobody else can use the link at the same moment
        if password != again:
            raise Invalid({"again": [_("The two passwords differ.")]})
        try:
            validate_password(password, user)
        except ValidationError as refusal:
            raise Invalid({"password": list(refusal.messages)}) from refusal
        user.set_password(password)
        user.save(update_fields=["password"])
        end_other_sessions(user, None)
        record_change(SYSTEM, "user", user.pk, "password_set", {})
    return user


def _stamp(user: User) -> str:
    return salted_hmac(_SALT, f"{user.password}:{user.last_login}", algorithm="sha256").hexdigest()[:32]
