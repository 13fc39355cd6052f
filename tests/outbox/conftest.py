"""A mail server that keeps what it gets, and an outbox whose rows are committed, so that other processes see them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import EmailMessage
from django.db import connection, connections, transaction
from pytest_django.fixtures import Settings
from pytest_django.plugin import DjangoDbBlocker

from guanxi.cli.process import free_port
from guanxi.identity.company.queries import company
from guanxi.records.models import OutboundMessage
from guanxi.records.outbox.queue import queue_email

Worker = Callable[[str], int]


@dataclass
class Inbox:
    """What the mail server got; ``answers`` are given to the next messages in place of “250 OK”."""

    messages: list[Message] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    drops: int = 0

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message, refuse it, or take it and hang up without an answer."""
        if self.answers:
            return self.answers.pop(0)
        self.messages.append(message_from_bytes(envelope.content or b""))  # type: ignore[arg-type]
        if self.drops:
            self.drops -= 1
            server.transport.close()  # type: ignore[union-attr]
        return "250 OK"

    def recipients(self) -> list[str]:
        """Return who got mail, in order."""
        return [str(message["To"]) for message in self.messages]


@pytest.fixture
def inbox(settings: Settings) -> Iterator[Inbox]:
    """A mail server on this machine, to which the outbox sends."""
    inbox = Inbox()
    port = free_port(20_025)
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    yield inbox
    controller.stop()


@pytest.fixture
def outbox(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """An empty outbox whose rows are committed; emptied again afterwards."""
    with django_db_blocker.unblock():
        company()
        OutboundMessage.objects.all().delete()
        yield
        OutboundMessage.objects.all().delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM procrastinate_jobs WHERE queueing_lock = 'outbox'")
        connections.close_all()


@pytest.fixture
def worker(outbox: None, settings: Settings) -> Worker:
    """Start a worker process that dies at a named step; returns its exit code (-9 when it was killed)."""
    script = Path(__file__).with_name("dying_worker.py")

    def run(step: str) -> int:
        words = [sys.executable, str(script), step, connection.settings_dict["NAME"], settings.SMTP_URL]
        return subprocess.run(words, check=False, env=dict(os.environ), timeout=120).returncode

    return run


def put(recipient: str = "mei@example.com", **more: Any) -> OutboundMessage:
    """Queue one mail and commit it."""
    with transaction.atomic():
        mail = EmailMessage("Your order", "It is on its way.", "shop@example.com", [recipient])
        return queue_email(mail, **more)[0]


def expire_leases() -> None:
    """Let the time of all leases run out."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE records_outboundmessage SET lease_until = now() - interval '1 second'"
                       " WHERE state = 'sending'")  # fmt: skip


def states() -> dict[str, str]:
    """Return the state of each message by recipient."""
    return dict(OutboundMessage.objects.values_list("recipient", "state"))
