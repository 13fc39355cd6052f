"""The one address that open pages ask, about once a second from each browser."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from guanxi.core.policy import signed_in
from guanxi.records.live.answer import answer_live
from guanxi.records.live.question import read_question
from guanxi.records.screens.answers import actor_of


@signed_in
@require_POST
def ask_live(request: HttpRequest) -> HttpResponse:
    """Answer what moved on among the records that the pages of one browser show."""
    answer = answer_live(actor_of(request), read_question(request.body))
    return HttpResponse(msgspec.json.encode(answer), content_type="application/json")
