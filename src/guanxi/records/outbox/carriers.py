"""What takes each kind of message out of the system: e-mail by a mail server, others by what features add."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings

from guanxi.records.outbox.smtp import MailServer


class Withdrawn(Exception):
    """There is nothing left to send: what the message would have said is gone, or not the recipient's to see."""


class Transport(Protocol):
    """Something that hands messages over, one after the other.

    ``send`` returns what the other side calls the message. It raises ``TemporaryFailure`` for anything worth another
    try, ``Unconfirmed`` when nobody can know whether it was taken, ``Withdrawn``, and anything else for a refusal.
    """

    def send(self, payload: dict[str, Any]) -> str:
        """Hand one message over."""
        ...


@dataclass(frozen=True, slots=True)
class Carrier:
    """How one kind of message leaves: whether it can now, and what opens the way."""

    kind: str
    is_ready: Callable[[], bool]
    open: Callable[[], AbstractContextManager[Transport]]


_CARRIERS: dict[str, Carrier] = {}


def add_carrier(carrier: Carrier) -> None:
    """Let messages of a kind leave by ``carrier``; an earlier one for the kind is replaced."""
    _CARRIERS[carrier.kind] = carrier


def ready_carriers() -> list[Carrier]:
    """Return the carriers that can take messages now; what none of them takes waits."""
    return [carrier for carrier in _CARRIERS.values() if carrier.is_ready()]


add_carrier(Carrier("email", lambda: bool(settings.SMTP_URL), MailServer))
