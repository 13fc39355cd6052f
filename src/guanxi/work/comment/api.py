"""Comments over the API: whoever may see a record reads and writes its comments, with the rules of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from guanxi.core.actor import Actor
from guanxi.core.errors import Invalid
from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.api.answers import answer, expected_version, found_id, names_of_users, refuse_method
from guanxi.records.api.bodies import json_body
from guanxi.records.api.idempotency import once
from guanxi.records.api.questions import asked_limit, require_known
from guanxi.records.declaration import RecordType
from guanxi.records.screens.answers import actor_of
from guanxi.work.comment.models import Comment
from guanxi.work.comment.queries import comment_of, page_of_comments
from guanxi.work.comment.services import add_comment, delete_comment, edit_comment, restore_comment

READ = ("GET", "HEAD")
MOST_NAMED = 100


@dataclass(frozen=True, slots=True)
class Sent:
    """What a body says: the text, who was picked for names that several bear, and whether who can't see is left out."""

    body: str
    mentions: tuple[int, ...] = ()
    anyway: bool = False


@signed_in
def comments(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """GET a page of comments, the newest first; POST adds one."""
    actor, record_id = actor_of(request), found_id(record_id)
    access.get_visible(actor, record_type, record_id)
    if request.method in READ:
        require_known(request.GET, frozenset({"before", "limit"}))
        found, older = page_of_comments(record_type, record_id, _before(request), asked_limit(request.GET))
        return answer({"items": _shown(request, found), "next": older or None})
    if request.method != "POST":
        raise refuse_method("GET", "POST")
    require_known(request.GET, frozenset())

    def add() -> HttpResponse:
        sent = _sent(request)
        made = add_comment(
            record_type, record_id, sent.body, actor=actor, chosen=sent.mentions, told_anyway=sent.anyway
        )
        return _answer(request, record_type, made, 201)

    return once(request, add)


@signed_in
def one_comment(request: HttpRequest, record_type: RecordType, record_id: int, comment_id: int) -> HttpResponse:
    """GET one comment; PATCH changes the text of one's own; DELETE takes it away."""
    actor, record_id = actor_of(request), found_id(record_id)
    access.get_visible(actor, record_type, record_id)
    require_known(request.GET, frozenset())
    comment = comment_of(record_type, record_id, found_id(comment_id))
    if request.method in READ:
        return _answer(request, record_type, comment)
    if request.method == "DELETE":
        delete_comment(record_type, record_id, comment.pk, actor=actor)
        return HttpResponse(status=204)
    if request.method != "PATCH":
        raise refuse_method("GET", "PATCH", "DELETE")
    return _answer(request, record_type, _change(request, record_type, comment, actor))


def _change(request: HttpRequest, record_type: RecordType, comment: Comment, actor: Actor) -> Comment:
    sent = _sent(request)
    return edit_comment(
        record_type, comment.record_id, comment.pk, sent.body, actor=actor, version=expected_version(request),
        chosen=sent.mentions, told_anyway=sent.anyway,
    )  # fmt: skip


@signed_in
def restore(request: HttpRequest, record_type: RecordType, record_id: int, comment_id: int) -> HttpResponse:
    """POST brings a comment back that was taken away."""
    if request.method != "POST":
        raise refuse_method("POST")
    actor, record_id, comment_id = actor_of(request), found_id(record_id), found_id(comment_id)
    require_known(request.GET, frozenset())

    def bring_back() -> HttpResponse:
        restore_comment(record_type, record_id, comment_id, actor=actor)
        return _answer(request, record_type, comment_of(record_type, record_id, comment_id))

    return once(request, bring_back)


def _before(request: HttpRequest) -> int:
    text = request.GET.get("before", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 19 and int(text)):
        raise Invalid({"before": [_("Enter the id of a comment.")]})
    return int(text or 0)


def _sent(request: HttpRequest) -> Sent:
    """Return what the body says; raises ``Invalid`` for what can't be said here."""
    sent = json_body(request)
    errors: dict[str, list[Any]] = {name: [_("This field can't be set here.")] for name in sent.keys() - _SHAPES}
    for name, (fits, sentence) in _SHAPES.items():
        if name in sent and not fits(sent[name]):
            errors[name] = [str(sentence())]
    if "body" not in sent:
        errors["body"] = [_("Write something first.")]
    if errors:
        raise Invalid(errors)
    return Sent(sent["body"], tuple(sent.get("mentions", ())), sent.get("anyway", False))


def _are_ids(value: Any) -> bool:
    return (
        isinstance(value, list) and len(value) <= MOST_NAMED and all(type(item) is int and item > 0 for item in value)
    )


_SHAPES: dict[str, Any] = {
    "body": (lambda value: isinstance(value, str), lambda: _("Enter text.")),
    "mentions": (_are_ids, lambda: _("Send a list.")),
    "anyway": (lambda value: isinstance(value, bool), lambda: _("Choose yes or no.")),
}


def _answer(request: HttpRequest, record_type: RecordType, comment: Comment, status: int = 200) -> HttpResponse:
    response = answer(_shown(request, [comment])[0], status)
    response["ETag"] = f'"{comment.version}"'
    if status == 201:
        response["Location"] = f"/api/v1/{record_type.path}/{comment.record_id}/comments/{comment.pk}"
    return response


def _shown(request: HttpRequest, found: Sequence[Comment]) -> list[dict[str, Any]]:
    """Return comments as JSON shows them; one query for the names of those who wrote them."""
    names = names_of_users(request, {comment.author_id for comment in found})
    return [
        {
            "id": comment.pk, "version": comment.version, "body": comment.body,
            "author": {"id": comment.author_id, "label": names.get(comment.author_id)},
            "mentions": [{"id": number, "label": name} for number, name in comment.mentions],
            "created_at": comment.created_at, "edited_at": comment.edited_at,
        }
        for comment in found
    ]  # fmt: skip
