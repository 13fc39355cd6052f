"""Mail leaves exactly once as far as anybody can know, whatever the mail server answers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from unittest.mock import Mock

import pytest
from django.core.mail import BadHeaderError, EmailMessage, EmailMultiAlternatives
from django.db import connections, transaction
from pytest_django.fixtures import Settings

from guanxi.identity.company.models import Company
from guanxi.records.models import OutboundMessage
from guanxi.records.outbox.delivery import MAX_ATTEMPTS, deliver_waiting
from guanxi.records.outbox.queue import queue_email, queue_message
from guanxi.records.outbox.smtp import build_message, envelope_address
from tests.outbox.conftest import Inbox, put, states

pytestmark = pytest.mark.usefixtures("outbox")


def release() -> None:
    """Make every waiting message due now."""
    OutboundMessage.objects.filter(state="queued").update(not_before=None)


def test_a_queued_mail_is_sent_once_with_its_message_id(inbox: Inbox) -> None:
    message = put()
    assert deliver_waiting() == 1
    assert deliver_waiting() == 0
    message.refresh_from_db()
    assert (message.state, message.attempts, message.error) == ("sent", 1, "")
    assert message.sent_at is not None
    assert [item["Message-ID"] for item in inbox.messages] == [message.provider_id]
    assert inbox.messages[0]["Subject"] == "Your order"
    assert inbox.messages[0]["X-Guanxi-Resent"] is None


def test_the_same_key_queues_one_message(inbox: Inbox) -> None:
    first, second = put(key="order-7"), put(key="order-7")
    assert first.pk == second.pk
    deliver_waiting()
    assert inbox.recipients() == ["mei@example.com"]


def test_the_same_key_in_two_transactions_at_once_queues_one_message(inbox: Inbox) -> None:
    def queue(_number: int) -> int:
        try:
            with transaction.atomic():
                return queue_message(kind="email", recipient="a@example.com", payload={}, key="once").pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        ids = set(pool.map(queue, range(20)))
    assert len(ids) == 1
    assert OutboundMessage.objects.count() == 1


def test_four_workers_at_once_send_each_of_forty_mails_once(inbox: Inbox) -> None:
    expected = [f"c{number:02}@example.com" for number in range(40)]
    for address in expected:
        put(address)

    def work(_number: int) -> int:
        try:
            return deliver_waiting()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(work, range(4)))
    assert sum(counts) == 40
    assert sorted(inbox.recipients()) == expected
    assert set(states().values()) == {"sent"}


def test_a_rolled_back_transaction_sends_nothing(inbox: Inbox) -> None:
    with transaction.atomic():
        queue_email(EmailMessage("s", "b", "shop@example.com", ["mei@example.com"]))
        transaction.set_rollback(True)
    assert deliver_waiting() == 0
    assert inbox.messages == []


def test_later_says_the_server_and_the_mail_waits_and_then_goes_out(inbox: Inbox) -> None:
    inbox.answers = ["451 Try later"]
    message = put()
    assert deliver_waiting() == 0
    message.refresh_from_db()
    assert message.state == "queued"
    assert message.not_before is not None
    assert message.not_before > datetime.now(UTC)
    assert "451" in message.error
    assert deliver_waiting() == 0, "not due yet"
    release()
    assert deliver_waiting() == 1
    assert inbox.recipients() == ["mei@example.com"]


def test_after_ten_attempts_a_mail_is_given_up(inbox: Inbox) -> None:
    inbox.answers = ["451 Try later"] * 20
    message = put()
    for _attempt in range(MAX_ATTEMPTS):
        release()
        deliver_waiting()
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("dead", 10)
    assert len(inbox.answers) == 10, "it is not tried an eleventh time"


def test_a_final_refusal_gives_one_mail_up_and_stops_no_other(inbox: Inbox) -> None:
    inbox.answers = ["550 No such mailbox"]
    put("gone@example.com")
    put("mei@example.com")
    deliver_waiting()
    assert states() == {"gone@example.com": "dead", "mei@example.com": "sent"}


def test_several_mails_share_one_connection_until_a_failure(inbox: Inbox, monkeypatch: pytest.MonkeyPatch) -> None:
    from guanxi.records.outbox import smtp

    connect = Mock(wraps=smtp._connect)
    monkeypatch.setattr(smtp, "_connect", connect)
    inbox.answers = ["250 OK", "550 No such mailbox"]
    for number in range(5):
        put(f"c{number}@example.com")
    assert deliver_waiting() == 4
    assert connect.call_count == 2
    assert sorted(states().values()) == ["dead", "sent", "sent", "sent", "sent"]


def test_a_connection_that_the_server_closed_in_the_meantime_is_opened_again(inbox: Inbox) -> None:
    from guanxi.records.outbox.smtp import MailServer

    first, second = put("a@example.com"), put("b@example.com")
    with MailServer() as server:
        server.send(first.payload)
        assert server._open is not None
        assert server._open.sock is not None
        server._open.sock.shutdown(2)
        server.send(second.payload)
    assert inbox.recipients() == ["a@example.com", "b@example.com"]


def test_when_the_server_hangs_up_a_transactional_mail_is_sent_once_more_and_marked(inbox: Inbox) -> None:
    inbox.drops = 1
    message = put()
    deliver_waiting()
    message.refresh_from_db()
    assert message.state in ("queued", "sent")
    deliver_waiting()
    assert len(inbox.messages) == 2
    assert len({item["Message-ID"] for item in inbox.messages}) == 1, "the same mail, so that mailboxes show it once"
    assert [item["X-Guanxi-Resent"] for item in inbox.messages] == [None, "1"]
    assert states() == {"mei@example.com": "sent"}


def test_when_the_server_hangs_up_twice_a_transactional_mail_stays_unconfirmed(inbox: Inbox) -> None:
    inbox.drops = 2
    put()
    for _round in range(3):
        deliver_waiting()
    assert len(inbox.messages) == 2
    assert states() == {"mei@example.com": "unknown"}


def test_when_the_server_hangs_up_a_campaign_mail_is_never_sent_again(inbox: Inbox) -> None:
    inbox.drops = 1
    put(purpose="campaign")
    for _round in range(3):
        deliver_waiting()
    assert len(inbox.messages) == 1
    assert states() == {"mei@example.com": "unknown"}


def test_without_a_mail_server_everything_waits(settings: Settings) -> None:
    settings.SMTP_URL = ""
    message = put()
    assert deliver_waiting() == 0
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)


def test_a_server_that_is_down_keeps_the_mail_waiting(settings: Settings) -> None:
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    put()
    deliver_waiting()
    assert states() == {"mei@example.com": "queued"}


def test_a_quarantined_installation_sends_nothing_until_released(inbox: Inbox) -> None:
    put()
    Company._default_manager.filter(pk=1).update(is_quarantined=True)
    try:
        assert deliver_waiting() == 0
        assert states() == {"mei@example.com": "queued"}
    finally:
        Company._default_manager.filter(pk=1).update(is_quarantined=False)
    assert deliver_waiting() == 1


@pytest.mark.parametrize("bad", ["Hello\nBcc: all@example.com", "Hello\r\nBcc: all@example.com", "Hello\rX: y"])
def test_a_line_break_in_the_subject_is_refused_before_anything_is_queued(bad: str) -> None:
    with pytest.raises(BadHeaderError):
        queue_email(EmailMessage(bad, "text", "shop@example.com", ["mei@example.com"]))
    assert OutboundMessage.objects.count() == 0


@pytest.mark.parametrize("field", ["from_email", "to", "reply_to"])
def test_a_line_break_in_an_address_is_refused_before_anything_is_queued(field: str) -> None:
    evil = "mei@example.com\nBcc: all@example.com"
    given = {"from_email": "shop@example.com", "to": ["mei@example.com"]}
    given[field] = evil if field == "from_email" else [evil]
    with pytest.raises(BadHeaderError):
        queue_email(EmailMessage("Hello", "text", **given))  # type: ignore[arg-type]
    assert OutboundMessage.objects.count() == 0


def test_a_smuggled_header_in_a_stored_row_is_given_up_and_not_sent(inbox: Inbox) -> None:
    message = put()
    OutboundMessage.objects.filter(pk=message.pk).update(
        payload={**message.payload, "subject": "a\nBcc: b@example.com"}
    )
    deliver_waiting()
    assert inbox.messages == []
    assert states() == {"mei@example.com": "dead"}


def test_a_mail_to_three_people_is_three_rows_and_none_sees_the_others(inbox: Inbox) -> None:
    mail = EmailMultiAlternatives("你好", "正文", "商店 <shop@example.com>", ["a@example.com"], bcc=["b@example.com"],
                                  cc=["c@example.com"])  # fmt: skip
    mail.attach_alternative("<p>正文</p>", "text/html")
    with transaction.atomic():
        assert len(queue_email(mail)) == 3
    deliver_waiting()
    assert sorted(inbox.recipients()) == ["a@example.com", "b@example.com", "c@example.com"]
    assert all(item["Bcc"] is None and item["Cc"] is None for item in inbox.messages)
    kinds = [part.get_content_type() for part in inbox.messages[0].walk()]
    assert kinds == ["multipart/alternative", "text/plain", "text/html"]


def test_headers_and_addresses_outside_ascii_are_encoded() -> None:
    message = build_message({
        "from": "关系 <shop@例子.example>", "to": "mei@example.com", "subject": "订单已发货", "text": "好", "html": "",
        "reply_to": [], "message_id": "<1@example.com>",
    })  # fmt: skip
    assert b"Subject: =?utf-8?" in message.as_bytes()
    assert envelope_address(str(message["From"])) == "shop@xn--fsqu00a.example"


def test_queueing_asks_for_one_delivery_a_transaction() -> None:
    from django.db import connection

    with transaction.atomic():
        for number in range(5):
            queue_message(kind="email", recipient="a@example.com", payload={}, key=f"k{number}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE queueing_lock = 'outbox' AND status = 'todo'")
        assert cursor.fetchone() == (1,)
