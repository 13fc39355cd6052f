"""Ten thousand recipients: each gets the mail once, from several workers, in memory that does not grow."""

from __future__ import annotations

import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.core.mail import EmailMessage
from django.db import connections, transaction
from pytest_django.fixtures import Settings

from guanxi.cli.process import free_port
from guanxi.records.models import OutboundMessage
from guanxi.records.outbox.delivery import deliver_waiting
from guanxi.records.outbox.queue import queue_email

pytestmark = [pytest.mark.full, pytest.mark.usefixtures("outbox")]
MANY, WARM, WORKERS = 10_000, 1_000, 2
MOST_GROWTH_MB = 25


@dataclass
class Counting:
    """A mail server's memory of who got how many messages, and nothing else."""

    got: Counter[str] = field(default_factory=Counter)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message."""
        self.got.update(envelope.rcpt_tos)
        return "250 OK"


def resident_mb() -> float:
    """The memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def work(most: int) -> int:
    """Deliver as a worker does until nothing waits or ``most`` have left; return how many this worker sent."""
    sent = 0
    try:
        while sent < most and (done := deliver_waiting()):
            sent += done
    finally:
        connections.close_all()
    return sent


def test_ten_thousand_recipients_get_one_mail_each_from_two_workers_at_once(settings: Settings) -> None:
    server = Counting()
    port = free_port(20_125)
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    settings.SMTP_URL = f"smtp://127.0.0.1:{port}"
    addresses = [f"customer{number:05}@example.com" for number in range(MANY)]
    try:
        for start in range(0, MANY, 500):
            with transaction.atomic():
                for address in addresses[start : start + 500]:
                    mail = EmailMessage("News", "There is something new.", "shop@example.com", [address])
                    queue_email(mail, key=f"news-{address}")
        work(WARM)
        before = resident_mb()
        with ThreadPoolExecutor(WORKERS) as pool:
            sent = list(pool.map(work, [MANY] * WORKERS))
        growth = resident_mb() - before
    finally:
        controller.stop()

    assert server.got == Counter(addresses)
    assert sum(sent) == MANY - WARM
    assert all(sent), "both workers sent some"
    assert OutboundMessage.objects.filter(state="sent", attempts=1).count() == MANY
    assert growth < MOST_GROWTH_MB
