"""A worker process that is killed at a chosen step of sending: ``python dying_worker.py STEP DATABASE SMTP_URL``."""

from __future__ import annotations

import os
import signal
import smtplib
import sys
from typing import Any


def die(*_arguments: Any, **_named: Any) -> Any:
    """Die as by ``kill -9``."""
    os.kill(os.getpid(), signal.SIGKILL)


def main(step: str, database: str, smtp_url: str) -> None:
    """Deliver what waits, or die on the way."""
    from guanxi.config import settings

    settings.DATABASES["default"]["NAME"] = database
    settings.SMTP_URL = smtp_url
    import django

    django.setup()
    from guanxi.records.outbox import delivery, smtp

    if step == "before the claim":
        delivery._claim = die
    elif step == "after the claim":
        delivery._send = die
    elif step == "connected":
        smtp._hand_over = die
    elif step == "half of the data sent":
        smtplib.SMTP.data = send_half  # type: ignore[method-assign]
    elif step == "accepted by the server":
        real_hand_over = smtp._hand_over

        def hand_over(*arguments: Any) -> None:
            real_hand_over(*arguments)
            die()

        smtp._hand_over = hand_over
    elif step == "confirmed":
        real_send = delivery._send

        def send(*arguments: Any) -> bool:
            real_send(*arguments)
            return bool(die())

        delivery._send = send
    delivery.deliver_waiting()


def send_half(server: smtplib.SMTP, message: bytes) -> tuple[int, bytes]:
    """Hand half of a message over, then die."""
    server.docmd("DATA")
    server.send(message[: len(message) // 2])
    die()
    return 0, b""


if __name__ == "__main__":
    main(*sys.argv[1:])
