"""Ending sign-in sessions."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction

from guanxi.identity.user.models import User


def end_other_sessions(user: User, kept_key: str | None) -> int:
    """Sign a user out everywhere except in the session with this key (None: everywhere); returns how many ended."""
    ended = UserSession.objects.filter(user_id=user.pk).exclude(session_key=kept_key or "")
    with transaction.atomic():
        keys = list(ended.values_list("session_key", flat=True))
        Session.objects.filter(session_key__in=keys).delete()
        ended.delete()
    return len(keys)


def end_session(user: User, session_id: int) -> bool:
    """End one session of a user; returns whether it was there and the user's."""
    found = UserSession.objects.filter(user_id=user.pk, pk=session_id).first()
    if found is None:
        return False
    with transaction.atomic():
        Session.objects.filter(session_key=found.session_key).delete()
        found.delete()
    return True
