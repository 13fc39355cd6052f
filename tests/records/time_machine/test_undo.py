"""Whatever somebody did can be taken back once, field by field, and what others did since stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from guanxi.core.actor import SYSTEM
from guanxi.core.errors import Invalid
from guanxi.customers.models import Customer
from guanxi.records.bulk import BulkResult, Selection, change_many, delete_many
from guanxi.records.models import Change, ChangeSet
from guanxi.records.registry import record_type
from guanxi.records.time_machine import providers
from guanxi.records.time_machine.pages import set_title
from guanxi.records.time_machine.providers import AlreadyUndone, Part, Preview, Undone, UndoProvider, add_undo_provider
from guanxi.records.time_machine.undo import find_change_set, preview_undo, undo_change_set, undo_one_change
from guanxi.records.writing import change_record, create_record, restore_record
from tests.records.screens.pages import add_customers, read, send
from tests.world import HOST, Tables, World

CUSTOMER = record_type("customer")
PAGE = {"page": "1"}


def _set(world: World, ids: list[int], name: str, value: object, who: str = "mei") -> BulkResult:
    return change_many(CUSTOMER, Selection(tuple(ids)), world.actor(who), name, value)


def _column(ids: list[int], name: str) -> list[object]:
    return list(Customer.objects.filter(pk__in=ids).order_by("pk").values_list(name, flat=True))


def _preview(world: World, change_set_id: int, who: str = "mei") -> Preview:
    actor = world.actor(who)
    return preview_undo(actor, find_change_set(actor, change_set_id))


def test_the_preview_says_what_comes_back_what_stays_and_why_and_writes_nothing(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["A", "B", "C"], status="active")
    made = _set(sandbox, ids, "status", "lost")
    change_record(Customer.objects.get(pk=ids[0]), actor=sandbox.actor("bo"), status="blocked")
    tables = Tables()
    before = tables.fingerprint()

    preview = _preview(sandbox, made.change_set_id)
    html = read(sandbox.clients["mei"], f"/changes/{made.change_set_id}")

    assert tables.fingerprint() == before
    assert preview.parts == (Part("customer", restored=2),)
    (conflict,) = preview.conflicts
    assert (conflict.record_id, conflict.name, conflict.set_to, conflict.now, conflict.before) == (
        ids[0], "status", "lost", "blocked", "active")  # fmt: skip
    assert conflict.actor_id == sandbox.users["bo"].pk
    assert preview.conflict_count == 1
    assert "Old values come back: 2 customers" in html
    assert "Blocked" in html
    assert "Bo" in html


def test_only_the_fields_that_still_hold_the_value_come_back(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["A"], status="active", city="Rome")
    pk = ids[0]
    change_record(Customer.objects.get(pk=pk), actor=sandbox.actor("mei"), status="lost", city="Oslo")
    mine = Change.objects.filter(record_type="customer", record_id=pk).latest("pk")
    change_record(Customer.objects.get(pk=pk), actor=sandbox.actor("bo"), city="Bern")

    html = read(sandbox.clients["mei"], f"/changes/one/{mine.pk}")
    send(sandbox.clients["mei"], f"/changes/one/{mine.pk}/undo", PAGE, 302)

    assert "Bern" in html
    assert (_column(ids, "status"), _column(ids, "city")) == (["active"], ["Bern"])
    last = Change.objects.filter(record_type="customer", record_id=pk).latest("pk")
    assert (last.verb, last.fields, last.via) == ("undone", {"status": ["lost", "active"]}, "undo")


def test_an_undo_can_be_undone_and_that_too(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["A", "B"], status="active")
    mei = sandbox.actor("mei")
    made = _set(sandbox, ids, "status", "lost")

    undone = undo_change_set(mei, made.change_set_id)
    assert _column(ids, "status") == ["active", "active"]
    assert undone.change_set_id is not None
    redone = undo_change_set(mei, undone.change_set_id)
    assert _column(ids, "status") == ["lost", "lost"]
    assert ChangeSet.objects.get(pk=made.change_set_id).undone_at is None
    undo_change_set(mei, made.change_set_id)
    assert _column(ids, "status") == ["active", "active"]
    assert redone.parts == (Part("customer", restored=2),)
    titles = list(ChangeSet.objects.filter(kind="taken_back").order_by("pk").values_list("title", flat=True))
    assert titles == [f"{word}: Changed status of 2 customers" for word in ("Undid", "Redid", "Undid")]


def test_titles_of_change_sets_stand_in_the_language_of_their_reader(sandbox: World) -> None:
    mei, root = sandbox.actor("mei"), sandbox.actor("root")
    ids = add_customers(sandbox, "mei", ["Anna", "Bea"], status="active")
    made = _set(sandbox, ids, "status", "lost")
    with translation.override("zh-hans"):
        undone = undo_change_set(mei, made.change_set_id)
    assert undone.change_set_id is not None
    redone = undo_change_set(mei, undone.change_set_id)
    change_record(Customer.objects.get(pk=ids[0]), actor=mei, city="Oslo")
    change = Change.objects.filter(record_type="customer", record_id=ids[0]).latest("pk")
    one = undo_one_change(mei, change.pk, "Anna")
    again = undo_change_set(mei, one.change_set_id or 0)
    sets = [ChangeSet.objects.get(pk=item.change_set_id) for item in (made, undone, redone, one, again)]

    assert sets[1].title == "已撤销：已修改 2 个客户的状态"
    assert [set_title(item, root) for item in sets] == [
        "Changed status of 2 customers", "Undid: Changed status of 2 customers", "Redid: Changed status of 2 customers",
        "Undid: Changed City · Anna", "Redid: Changed City · Anna",
    ]  # fmt: skip
    assert "Undid: Changed City · Anna" in read(sandbox.clients["root"], f"/customers/{ids[0]}/timeline")
    with translation.override("zh-hans"):
        assert set_title(sets[2], root) == "重做：已修改 2 个客户的状态"
        assert set_title(ChangeSet(kind="merge", title="Merged A and B"), root) == "Merged A and B"
    old = ChangeSet(
        kind="taken_back", title="Undid: words of old", counts={"undoes": 1, "turn": 1, "of": "words of old"}
    )
    assert set_title(old, root) == "Undid: words of old"


def test_undoing_twice_is_refused_and_changes_nothing(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["A"], status="active")
    made = _set(sandbox, ids, "status", "lost")
    undo_change_set(sandbox.actor("mei"), made.change_set_id)
    tables = Tables()
    before = tables.fingerprint()

    with pytest.raises(AlreadyUndone):
        undo_change_set(sandbox.actor("mei"), made.change_set_id)

    assert tables.fingerprint() == before
    assert "This was undone already." in read(sandbox.clients["mei"], f"/changes/{made.change_set_id}")


def test_others_can_neither_see_nor_undo_what_is_not_theirs_but_administrators_can(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["A"], status="active")
    made = _set(sandbox, ids, "status", "lost")

    for who in ("carla", "bo", "rita"):
        read(sandbox.clients[who], f"/changes/{made.change_set_id}", 404)
        send(sandbox.clients[who], f"/changes/{made.change_set_id}/undo", {}, 404)
    assert _column(ids, "status") == ["lost"]
    send(sandbox.clients["root"], f"/changes/{made.change_set_id}/undo", PAGE, 302)
    assert _column(ids, "status") == ["active"]


def test_after_thirty_days_it_is_too_late_and_the_page_says_so(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["A"], status="active")
    made = _set(sandbox, ids, "status", "lost")
    ChangeSet.objects.filter(pk=made.change_set_id).update(at=datetime.now(UTC) - timedelta(days=31))

    assert "Changes can be undone for 30 days." in read(sandbox.clients["mei"], f"/changes/{made.change_set_id}")
    send(sandbox.clients["mei"], f"/changes/{made.change_set_id}/undo", {}, 409)
    assert _column(ids, "status") == ["lost"]


def test_a_name_comes_back_with_the_keys_by_which_it_is_found_and_sorted(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["王伟"])
    keys = ("search_name", "pinyin", "initials", "sort_key", "bigrams")
    before = Customer.objects.values_list(*keys).get(pk=pk)
    change_record(Customer.objects.get(pk=pk), actor=sandbox.actor("mei"), name="Zoe Zimmer")
    change = Change.objects.filter(record_type="customer", record_id=pk).latest("pk")

    send(sandbox.clients["mei"], f"/changes/one/{change.pk}/undo", PAGE, 302)

    assert Customer.objects.values_list(*keys).get(pk=pk) == before


def test_old_values_that_no_longer_pass_the_rules_stay_away(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["A"], gender="female")
    mei = sandbox.actor("mei")
    change_record(Customer.objects.get(pk=pk), actor=mei, gender="")
    change = Change.objects.filter(record_type="customer", record_id=pk).latest("pk")
    change_record(Customer.objects.get(pk=pk), actor=mei, kind="organization")

    html = read(sandbox.clients["mei"], f"/changes/one/{change.pk}")
    send(sandbox.clients["mei"], f"/changes/one/{change.pk}/undo", PAGE, 302)

    assert "no longer pass the rules" in html
    assert _column([pk], "gender") == [""]


def test_what_was_made_goes_to_the_bin_unless_it_was_changed_or_is_used(sandbox: World) -> None:
    mei = sandbox.actor("mei")
    free, changed, used = (create_record(CUSTOMER, actor=mei, values={"name": name}) for name in "ABC")
    change_record(changed, actor=sandbox.actor("bo"), city="Rome")
    create_record(record_type("note"), actor=mei, values={"customer": used.pk, "body": "Hello"})
    for record in (free, changed, used):
        change = Change.objects.get(record_type="customer", record_id=record.pk, verb="created")
        send(sandbox.clients["mei"], f"/changes/one/{change.pk}/undo", PAGE, 302)

    states = [row is not None for row in _column([free.pk, changed.pk, used.pk], "deleted_at")]
    assert states == [True, False, False]


def test_records_deleted_in_bulk_come_back_and_those_restored_by_hand_are_left_alone(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["A", "B"])
    made = delete_many(CUSTOMER, Selection(tuple(ids)), sandbox.actor("mei"))
    send(sandbox.clients["mei"], f"/customers/{ids[0]}/restore", {}, 302)

    assert _preview(sandbox, made.change_set_id).conflicts[0].reason == "restored_since"
    done = undo_change_set(sandbox.actor("mei"), made.change_set_id)

    assert done.parts == (Part("customer", taken_out=1),)
    assert _column(ids, "deleted_at") == [None, None]


def test_fields_that_are_no_longer_declared_are_named_and_left_out(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["A"], status="active")
    made = _set(sandbox, ids, "status", "lost")
    row = Change.objects.get(change_set_id=made.change_set_id)
    Change.objects.filter(pk=row.pk).update(fields={**row.fields, "x_shoe_size": ["41", "42"]})

    assert _preview(sandbox, made.change_set_id).unknown == ("x_shoe_size",)
    undo_change_set(sandbox.actor("mei"), made.change_set_id)
    assert _column(ids, "status") == ["active"]


def test_a_field_somebody_may_not_set_any_more_stays(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["A"], status="active")
    made = _set(sandbox, ids, "status", "lost")
    role = sandbox.users["mei"].roles.get()
    role.locked_fields = {"customer": ["status"]}
    role.save()

    preview = _preview(sandbox, made.change_set_id)

    assert (preview.locked, preview.total) == ((("customer", "status"),), 0)
    assert undo_change_set(sandbox.actor("mei"), made.change_set_id).total == 0
    assert _column(ids, "status") == ["lost"]


def test_a_feature_registers_how_its_own_change_sets_are_taken_back(
    sandbox: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "_PROVIDERS", dict(providers._PROVIDERS))
    mei = sandbox.actor("mei")
    made = ChangeSet.objects.create(kind="merge", title="Merged A and B", actor_id=mei.user_id)
    assert "This kind of change can" in read(sandbox.clients["mei"], f"/changes/{made.pk}")
    done: list[int] = []

    def undo(actor: object, change_set: ChangeSet) -> Undone:
        done.append(change_set.pk)
        return Undone(None, (Part("customer", taken_out=1),))

    preview = Preview((Part("customer", taken_out=1),))
    add_undo_provider(UndoProvider("merge", "merge", "merge", lambda actor, change_set: preview, undo))

    assert "Back from the bin: 1 customer" in read(sandbox.clients["mei"], f"/changes/{made.pk}")
    send(sandbox.clients["mei"], f"/changes/{made.pk}/undo", PAGE, 302)
    assert done == [made.pk]
    assert ChangeSet.objects.get(pk=made.pk).undone_by_id == mei.user_id


def test_recent_changes_show_ones_own_sets_and_single_changes_newest_first(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["Anna", "Bea"], status="active")
    made = _set(sandbox, ids, "status", "lost")
    change_record(Customer.objects.get(pk=ids[0]), actor=sandbox.actor("mei"), city="Rome")
    change_record(Customer.objects.get(pk=ids[0]), actor=sandbox.actor("bo"), city="Bern")

    html = read(sandbox.clients["mei"], "/changes")

    assert html.index("Changed City") < html.index("Changed status of 2 customers")
    assert f'href="/changes/{made.change_set_id}"' in html
    assert html.count("Changed City") == 2  # the entry and the name of its button
    assert "Changed status of 2 customers" not in read(sandbox.clients["carla"], "/changes?who=all")
    assert "Changed status of 2 customers" in read(sandbox.clients["root"], "/changes?who=all")


def test_what_the_api_wrote_at_once_is_taken_back_at_once(sandbox: World) -> None:
    (pk,) = add_customers(sandbox, "mei", ["Anna"], city="Rome")
    body = {"items": [
        {"op": "create", "values": {"name": "Made by a program"}},
        {"op": "update", "id": pk, "version": 1, "values": {"city": "Oslo"}},
    ]}  # fmt: skip
    client = sandbox.clients["mei"]
    answer = client.post("/api/v1/customers/bulk", body, content_type="application/json", **HOST).json()
    assert [item["status"] for item in answer["results"]] == [201, 200]
    made = ChangeSet.objects.get(kind="bulk")

    send(client, f"/changes/{made.pk}/undo", PAGE, 302)

    assert _column([pk], "city") == ["Rome"]
    assert Customer.objects.get(name="Made by a program").deleted_at is not None


def test_the_system_undoes_what_it_did(sandbox: World) -> None:
    ids = add_customers(sandbox, "mei", ["A"], status="active")
    made = change_many(CUSTOMER, Selection(tuple(ids)), SYSTEM, "status", "lost")

    assert undo_change_set(SYSTEM, made.change_set_id).total == 1
    assert _column(ids, "status") == ["active"]


def test_a_record_whose_place_was_taken_meanwhile_stays_in_the_bin_with_a_sentence(sandbox: World) -> None:
    mei, kind = sandbox.actor("mei"), record_type("relationship")
    one, other = add_customers(sandbox, "mei", ["A", "B"])
    values = {"customer": one, "other": other, "kind": kind["kind"].choices[0].value}
    first = create_record(kind, actor=mei, values=values)
    made = delete_many(kind, Selection((first.pk,)), mei)
    create_record(kind, actor=mei, values=values)

    with pytest.raises(Invalid, match="such a record already"):
        restore_record(kind, first.pk, actor=mei)
    with pytest.raises(Invalid, match="other records have them now"):
        undo_change_set(mei, made.change_set_id)
    assert kind.model._default_manager.get(pk=first.pk).deleted_at is not None  # type: ignore[attr-defined]
    assert ChangeSet.objects.get(pk=made.change_set_id).undone_at is None
