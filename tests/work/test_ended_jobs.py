"""Who had a file loaded or many records changed in the background is told how it ended, in words of one's own."""

from __future__ import annotations

import re

import pytest
from django.utils import translation

from guanxi.core.errors import DomainError, NotAllowed
from guanxi.customers.models import Customer
from guanxi.identity.user.services import change_preferences
from guanxi.records.importing.run import undo_import
from guanxi.records.models import BulkJob, ImportJob
from guanxi.records.screens.bulk_jobs import work_on_bulk
from guanxi.work.notification.models import Notification
from guanxi.work.notification.queries import count_unread, read_told
from guanxi.work.notification.rules import Wishes
from guanxi.work.notification.services import save_wishes
from tests.records.importing.conftest import Load, load
from tests.records.screens.pages import add_customers, ask_for_many, read, send
from tests.work.conftest import Committed
from tests.world import World

__all__ = ["load"]

FAULT = {
    "en": "Something went wrong on our side. Try again, or tell your administrator (ref %(ref)s).",
    "zh-hans": "系统出错，请重试或告知管理员（编号 %(ref)s）。",
}
STOPPED = {"en": "Guanxi had to stop: ", "zh-hans": "Guanxi 未能完成："}


def speak(world: World, name: str, language: str) -> None:
    """Let one of the cast read the application in a language."""
    change_preferences(actor=world.actor(name), language=language)


def logged_reference(caplog: pytest.LogCaptureFixture, work: str) -> str:
    """The one reference under which the log holds what broke in ``work``, with what broke."""
    found = [(re.fullmatch(rf"reference ([0-9A-F]{{6}}) on {work}", each.getMessage()), each.exc_info)
             for each in caplog.records]  # fmt: skip
    [(match, broken)] = [(match, broken) for match, broken in found if match]
    assert broken is not None
    assert str(broken[1]) == "a secret of the machine"
    return match[1]


def _told(world: World, name: str) -> list[tuple[str, str, str]]:
    groups = read_told(world.actor(name)).groups
    return [(line.title, line.url, f"{line.who} {line.sentence}") for group in groups for line in group.lines]


def test_the_end_of_an_import_and_of_its_undo_is_told_to_the_one_who_began_it(
    sandbox: World, load: Load, committed: Committed
) -> None:
    root = sandbox.actor("root")
    with committed():
        made = load("id,name,credit_limit\nN1,Anna,5\nN2,Bea,much\n", "customer", name="guests.csv", actor=root)

    page = f"/imports/{made.job_id}"
    loaded = ("guests.csv", page, "Guanxi loaded the file: 1 new, 0 changed, 1 refused")
    assert _told(sandbox, "root") == [loaded]
    assert count_unread(root) == 1
    assert "1 new, 0 changed, 1 refused" in read(sandbox.clients["root"], "/notifications")
    with translation.override("zh-hans"):
        assert _told(sandbox, "root")[0][2].endswith("已导入文件：新建 1，更改 0，拒绝 1")
    with committed():
        undo_import(made.job_id, actor=root)
    assert _told(sandbox, "root") == [
        ("guests.csv", page, "Guanxi took the import back: 1 removed, 0 kept"), loaded]  # fmt: skip
    assert all(_told(sandbox, name) == [] for name in ("mei", "bo", "rita", "carla", "sam"))
    send(sandbox.clients["root"], "/notifications/read", {"type": "import_job", "id": str(made.job_id)}, 200)
    assert count_unread(root) == 0


def test_an_import_that_had_to_stop_says_why_and_a_rehearsal_or_the_system_tells_nobody(
    sandbox: World, load: Load, monkeypatch: pytest.MonkeyPatch, committed: Committed
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise DomainError("The disk is full.")

    text = "id,name\nN1,Anna\n"
    with committed():
        load(text, "customer", dry_run=True, actor=sandbox.actor("root"))
        load(text, "customer")
    assert Notification.objects.filter(event="job").count() == 0
    monkeypatch.setattr("guanxi.records.importing.running.load_rows", refuse)
    with committed(), pytest.raises(DomainError, match="The disk is full"):
        load(text, "customer", name="more.csv", actor=sandbox.actor("root"))

    job = ImportJob._default_manager.latest("pk")
    assert _told(sandbox, "root") == [("more.csv", f"/imports/{job.pk}", "Guanxi had to stop: The disk is full.")]


def test_the_end_of_a_bulk_change_in_the_background_leads_to_the_way_back(
    sandbox: World, monkeypatch: pytest.MonkeyPatch, committed: Committed
) -> None:
    add_customers(sandbox, "mei", [f"Bulk {number}" for number in range(3)], status="active")
    job = ask_for_many(sandbox, monkeypatch, "edit", field="status", value="lost")

    with committed():
        work_on_bulk.func(job_id=job.pk)

    job = BulkJob.objects.get(pk=job.pk)
    words = "Guanxi finished what you began: Changed Status of 3 customers"
    assert ("Customers", f"/changes/{job.change_set_id}", words) in _told(sandbox, "mei")
    assert _told(sandbox, "bo") == []
    save_wishes(sandbox.actor("mei"), Wishes(channels={"job": ()}))
    assert words not in [said for _title, _url, said in _told(sandbox, "mei")]


@pytest.mark.parametrize(("language", "said"), list(FAULT.items()))
def test_a_bulk_change_that_breaks_says_so_by_a_number_in_the_log_and_is_not_left_running(
    sandbox: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, committed: Committed,
    language: str, said: str,
) -> None:  # fmt: skip
    ids = add_customers(sandbox, "mei", [f"Bulk {number}" for number in range(3)], status="active")
    job = ask_for_many(sandbox, monkeypatch, "edit", field="status", value="lost")
    speak(sandbox, "mei", language)

    def break_down(*_: object) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr("guanxi.records.screens.bulk_jobs.act", break_down)
    with committed(), pytest.raises(RuntimeError):
        work_on_bulk.func(job_id=job.pk)

    assert BulkJob.objects.get(pk=job.pk).state == BulkJob.State.FAILED
    assert set(Customer.objects.filter(pk__in=ids).values_list("status", flat=True)) == {"active"}
    reason = said % {"ref": logged_reference(caplog, f"bulk change {job.pk}")}
    with translation.override(language):
        assert [line[2] for line in _told(sandbox, "mei")] == [STOPPED[language] + reason]
    assert reason in read(sandbox.clients["mei"], f"/customers/bulk/jobs/{job.pk}")


@pytest.mark.parametrize(("language", "said"), list(FAULT.items()))
def test_an_import_that_breaks_says_so_by_a_number_in_the_log(
    sandbox: World, load: Load, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, committed: Committed,
    language: str, said: str,
) -> None:  # fmt: skip
    speak(sandbox, "root", language)

    def break_down(*_: object) -> None:
        raise RuntimeError("a secret of the machine")

    monkeypatch.setattr("guanxi.records.importing.running.load_rows", break_down)
    with committed(), pytest.raises(DomainError):
        load("id,name\nN1,Anna\n", "customer", name="more.csv", actor=sandbox.actor("root"))

    job = ImportJob._default_manager.latest("pk")
    reason = said % {"ref": logged_reference(caplog, f"import {job.pk}")}
    assert (job.state, job.error) == (ImportJob.State.FAILED, reason)
    with translation.override(language):
        assert _told(sandbox, "root") == [("more.csv", f"/imports/{job.pk}", STOPPED[language] + reason)]
    assert reason in read(sandbox.clients["root"], f"/imports/{job.pk}")


def test_a_refused_bulk_change_says_why_in_the_language_of_its_person(
    sandbox: World, monkeypatch: pytest.MonkeyPatch, committed: Committed
) -> None:
    add_customers(sandbox, "mei", [f"Bulk {number}" for number in range(3)], status="active")
    job = ask_for_many(sandbox, monkeypatch, "edit", field="status", value="lost")
    speak(sandbox, "mei", "zh-hans")

    def refuse(*_: object) -> None:
        raise NotAllowed

    monkeypatch.setattr("guanxi.records.screens.bulk_jobs.act", refuse)
    with committed():
        work_on_bulk.func(job_id=job.pk)

    job = BulkJob.objects.get(pk=job.pk)
    with translation.override("zh-hans"):
        assert (job.state, job.problem) == (BulkJob.State.FAILED, str(NotAllowed.sentence))
    assert job.problem != str(NotAllowed.sentence)
