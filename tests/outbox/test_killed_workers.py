"""Whatever step a worker is killed at, a transactional mail arrives and a campaign mail never arrives twice."""

from __future__ import annotations

import pytest

from guanxi.records.models import OutboundMessage
from guanxi.records.outbox.delivery import deliver_waiting, reconcile
from tests.outbox.conftest import Inbox, Worker, expire_leases, put, states

pytestmark = pytest.mark.usefixtures("outbox")
KILLED = -9
# step → how many copies a transactional mail leads to, and what becomes of a campaign mail
STEPS = {
    "before the claim": (1, "sent", 1),
    "after the claim": (1, "unknown", 0),
    "connected": (1, "unknown", 0),
    "half of the data sent": (1, "unknown", 0),
    "accepted by the server": (2, "unknown", 1),
    "confirmed": (1, "sent", 1),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_transactional_mail_arrives_after_a_kill(step: str, inbox: Inbox, worker: Worker) -> None:
    put()
    assert worker(step) == KILLED
    expire_leases()
    deliver_waiting()
    copies = STEPS[step][0]
    assert inbox.recipients() == ["mei@example.com"] * copies
    assert len({item["Message-ID"] for item in inbox.messages}) == 1
    assert states() == {"mei@example.com": "sent"}
    if copies == 2:
        assert inbox.messages[1]["X-Guanxi-Resent"] == "1"


@pytest.mark.parametrize("step", STEPS)
def test_a_campaign_mail_never_arrives_twice_after_a_kill(step: str, inbox: Inbox, worker: Worker) -> None:
    put(purpose="campaign")
    assert worker(step) == KILLED
    expire_leases()
    for _round in range(3):
        deliver_waiting()
    _copies, state, arrived = STEPS[step]
    assert len(inbox.messages) == arrived
    assert states() == {"mei@example.com": state}


def test_a_lease_that_still_runs_is_left_to_its_worker(inbox: Inbox, worker: Worker) -> None:
    put()
    assert worker("after the claim") == KILLED
    assert reconcile() == 0
    assert deliver_waiting() == 0
    assert states() == {"mei@example.com": "sending"}
    expire_leases()
    assert reconcile() == 1
    assert states() == {"mei@example.com": "queued"}


def test_a_worker_whose_lease_was_taken_over_confirms_nothing(inbox: Inbox) -> None:
    from guanxi.records.outbox import delivery
    from guanxi.records.outbox.smtp import MailServer

    put()
    message = delivery._claim(["email"])
    assert message is not None
    expire_leases()
    reconcile()
    with MailServer() as server:
        delivery._send(message, server)  # the slow worker comes back
    assert states() == {"mei@example.com": "queued"}
    assert OutboundMessage.objects.get().payload["resent"] is True
