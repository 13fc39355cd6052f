"""Where a user is signed in, and by which means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession

from guanxi.identity.user.models import User

_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Windows", "Windows"), ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
            ("Mac OS X", "macOS"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignIn:
    """One place where a user is signed in; ``device`` names browser and system as far as they say."""

    id: int
    device: str
    is_phone: bool
    address: str
    since: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class Means:
    """How a user may sign in besides the password."""

    has_totp: bool
    passkeys: tuple[Authenticator, ...]
    has_recovery_codes: bool

    @property
    def has_second_step(self) -> bool:
        """Say whether sign-in with the password asks for a second step."""
        return self.has_totp or bool(self.passkeys)


def sign_ins(user: User, current_key: str | None) -> list[SignIn]:
    """Return where a user is signed in, the present session first; forgets those that have run out."""
    alive = UserSession.objects.purge_and_list(user)
    found = [
        SignIn(item.pk, device_of(item.user_agent), _is_phone(item.user_agent), str(item.ip), item.created_at,
               item.session_key == current_key)
        for item in alive
    ]  # fmt: skip
    return sorted(found, key=lambda item: (not item.is_current, -item.since.timestamp()))


def means_of(user: User) -> Means:
    """Return how a user may sign in besides the password; one query."""
    found = list(Authenticator.objects.filter(user_id=user.pk).order_by("created_at"))
    kinds = {item.type for item in found}
    return Means(
        Authenticator.Type.TOTP in kinds,
        tuple(item for item in found if item.type == Authenticator.Type.WEBAUTHN),
        Authenticator.Type.RECOVERY_CODES in kinds,
    )


def device_of(user_agent: str) -> str:
    """Return browser and system of a ``User-Agent`` header in plain words, or its beginning where it names neither."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return " · ".join(part for part in (browser, system) if part) or user_agent[:60]


def _is_phone(user_agent: str) -> bool:
    return "Mobile" in user_agent or "iPhone" in user_agent
