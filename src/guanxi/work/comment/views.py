"""Comments over the web: posting, changing, taking away and bringing back; finding whom to address."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from guanxi.core.actor import Actor
from guanxi.core.errors import Conflict, Invalid
from guanxi.core.policy import signed_in
from guanxi.records import access
from guanxi.records.declaration import RecordType
from guanxi.records.screens.answers import actor_of, with_toast
from guanxi.records.screens.forms import TOKEN
from guanxi.records.screens.places import part_url
from guanxi.records.screens.record_page import TIMELINE, open_record, record_page
from guanxi.work.comment.composer import Draft, draw_composer
from guanxi.work.comment.errors import Unseen
from guanxi.work.comment.posting import post, read_draft
from guanxi.work.comment.queries import colleagues, comment_of, matching, require_own, sees
from guanxi.work.comment.services import delete_comment, edit_comment, restore_comment

MOST_PEOPLE = 6


@signed_in
@require_http_methods(["GET", "POST"])
def comments(request: HttpRequest, record_type: RecordType, record_id: int) -> HttpResponse:
    """Answer the centre of the record with its comments; POST ``body`` adds one (``kind=note``: a note) before that."""
    actor = actor_of(request)
    if request.method == "GET":
        access.get_visible(actor, record_type, record_id)
        return _centre(request, record_type, record_id, "comments")
    try:
        post(record_type, record_id, request.POST, request.POST.get(TOKEN, ""), actor=actor)
    except (Invalid, Unseen) as refusal:
        return _came_back(record_type, record_id, actor, read_draft(request.POST), refusal)
    response = _centre(request, record_type, record_id)
    response["HX-Trigger"] = json.dumps({"composed": {}})
    return response


def _came_back(
    record_type: RecordType, record_id: int, actor: Actor, draft: Draft, refusal: Invalid | Unseen
) -> HttpResponse:
    is_unseen = isinstance(refusal, Unseen)
    sentences = () if isinstance(refusal, Unseen) else tuple(refusal.errors.get("body", ())) or (str(refusal),)
    shown = Draft(draft.body, draft.kind, draft.chosen, sentences, str(refusal) if is_unseen else "")
    response = HttpResponse(draw_composer(record_type, record_id, actor, shown), status=422)
    response["HX-Retarget"], response["HX-Reswap"] = ".composer-form", "outerHTML"
    return response


def _centre(request: HttpRequest, record_type: RecordType, record_id: int, kind: str = "") -> HttpResponse:
    page = record_page(open_record(record_type, record_id, actor_of(request)), tab=TIMELINE, kind=kind)
    return render(request, "ui/record_timeline.html", {"record": page})


@signed_in
@require_http_methods(["GET", "POST"])
def one_comment(request: HttpRequest, record_type: RecordType, record_id: int, comment_id: int) -> HttpResponse:
    """Answer the editor of one's own comment (GET); save it and answer the centre of the record (POST)."""
    actor = actor_of(request)
    access.get_visible(actor, record_type, record_id)
    comment = comment_of(record_type, record_id, comment_id)
    require_own(comment, actor)
    url = part_url(record_type, record_id, f"comments/{comment_id}")
    context = {"url": url, "body": comment.body, "version": comment.version, "errors": (), "unseen": "",
               "people_url": part_url(record_type, record_id, "people"),
               "back_url": part_url(record_type, record_id, "timeline?all=1")}  # fmt: skip
    if request.method == "GET":
        return render(request, "comment/edit.html", context)
    draft, sent = read_draft(request.POST), request.POST.get("version", "")
    context["body"] = draft.body
    try:
        edit_comment(
            record_type, record_id, comment_id, draft.body, actor=actor, chosen=draft.chosen,
            version=int(sent) if sent.isdecimal() else 0, told_anyway=request.POST.get("anyway") == "1",
        )  # fmt: skip
    except Unseen as refusal:
        return render(request, "comment/edit.html", {**context, "unseen": str(refusal)}, status=422)
    except Invalid as refusal:
        errors = tuple(refusal.errors.get("body", ()))
        return render(request, "comment/edit.html", {**context, "errors": errors}, status=422)
    except Conflict:
        sentence = _("You changed this comment in another window. Save again to keep this text.")
        return render(request, "comment/edit.html", {**context, "errors": (sentence,)}, status=422)
    response = _centre(request, record_type, record_id)
    response["HX-Retarget"], response["HX-Reswap"] = "#record-centre", "innerHTML"
    return response


@signed_in
@require_POST
def remove_comment(request: HttpRequest, record_type: RecordType, record_id: int, comment_id: int) -> HttpResponse:
    """Take a comment away and answer the centre without it, with the way to bring it back."""
    delete_comment(record_type, record_id, comment_id, actor=actor_of(request))
    undo = part_url(record_type, record_id, f"comments/{comment_id}/restore")
    return with_toast(_centre(request, record_type, record_id), _("Deleted the comment"), undo)


@signed_in
@require_POST
def bring_back(request: HttpRequest, record_type: RecordType, record_id: int, comment_id: int) -> HttpResponse:
    """Bring a comment back."""
    restore_comment(record_type, record_id, comment_id, actor=actor_of(request))
    return HttpResponse(status=204)


@signed_in
@require_GET
def people(request: HttpRequest, record_type: RecordType, record_id: int) -> JsonResponse:
    """Answer colleagues whose name begins with ``q`` as options; ``sees`` is false for who may not see the record."""
    actor = actor_of(request)
    access.get_visible(actor, record_type, record_id)
    others = [person for person in colleagues(actor) if person.id != actor.user_id]
    found = matching(others, request.GET.get("q", "")[:60], MOST_PEOPLE)
    options = [
        {"value": str(person.id), "label": person.name, "sees": sees(person.id, record_type, record_id)}
        for person in found
    ]
    return JsonResponse({"options": options})
