"""How tasks are listed, shown and edited."""

from django.utils.translation import gettext_lazy as _

from guanxi.records.declaration import ListView, RecordType, Section
from guanxi.records.fields import Choice, Field
from guanxi.records.registry import register
from guanxi.work.task.models import Task

_COLUMNS = ("subject", "customer", "status", "priority", "due_at", "owner")
_OPEN = {"field": "status", "op": "not_in", "value": ["done"]}

TASK = register(
    RecordType(
        name="task", model=Task, label=_("task"), plural=_("tasks"), path="tasks", icon="square-check", title="subject",
        nav_group="work",
        fields=(
            Field("subject", searchable=True), Field("customer", reference="customer"),
            Field("status", extensible=True, choices=(
                Choice("open", _("open"), "gray"), Choice("doing", _("in progress"), "blue"),
                Choice("waiting", _("waiting"), "orange"), Choice("done", _("done"), "green"),
            )),
            Field("priority", extensible=True, choices=(
                Choice("low", _("low"), "gray"), Choice("normal", _("normal"), "gray"), Choice("high", _("high"),
                "red"),
            )),
            Field("due_at", kept_by=("status", frozenset({"done"}))),
            Field("done_at"), Field("description"), Field("owner", reference="user"),
            Field("team", reference="team"), Field("created_at"), Field("updated_at"),
        ),
        columns=_COLUMNS, sort=("due_at",),
        views=(
            ListView("mine", _("My open tasks"), _COLUMNS, ("due_at",), {"all": [_OPEN, {"field": "owner",
            "op": "me"}]}),
            ListView("open", _("All open tasks"), _COLUMNS, ("due_at",), _OPEN),
            ListView("all", _("All tasks"), _COLUMNS, ("-due_at",)),
        ),
        highlights=("status", "priority", "due_at", "owner"), subtitle=("customer",),
        sections=(
            Section("main", _("Task"), ("subject", "customer", "status", "priority", "due_at", "owner", "description")),
        ),
        quick=("subject", "customer", "due_at", "priority", "owner"), board="status",
        board_card=("customer", "due_at", "priority"),
    )
)  # fmt: skip
