"""The pages of one conversation: what it brought, what was said, and talking while it is open."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.access import member
from accounts.models import Membership
from boundaries import actions as boundaries
from boundaries.exceptions import RefusedError
from boundaries.models import Window
from boundaries.queries import load_situation
from boundaries.rules import acts, gate
from boundaries.words import told
from conversations import actions, queries
from conversations.forms import MessageForm
from conversations.models import Letter

FEW_MINUTES = (2, 10)


@member
@require_safe
def conversation(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """What a conversation brought me and what was said in it; while it is open, to talk."""
    window = queries.get_conversation_for(membership, window_id)
    return _show(request, membership, window, MessageForm())


@member
@require_safe
def said(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """That part of the page which changes by itself; 204 while it looks as it did."""
    window = queries.get_conversation_for(membership, window_id)
    state = _state(membership, window, clock.now())
    if request.GET.get("look") == state["look"]:
        return HttpResponse(status=204)
    context = state | {"said": queries.messages_of(window)}
    return render(request, "conversations/said.html", context)


@member
@require_POST
def say(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Say something. Words that come too late become a draft, and their writer is told so."""
    window = queries.get_conversation_for(membership, window_id)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _show(request, membership, window, form)
    try:
        kept = actions.say(
            by=membership,
            window_id=window_id,
            key=form.cleaned_data["key"],
            body=form.cleaned_data["body"],
        )
    except RefusedError as refused:
        for line in told(refused.reasons):
            form.add_error("body", line)
        return _show(request, membership, window, form)
    if isinstance(kept, Letter):
        messages.info(
            request, _("This was not said. Your words are kept as a draft, for you alone.")
        )
        return redirect("conversations:letter", membership.pair_id, kept.pk)
    return redirect("conversations:conversation", membership.pair_id, window_id)


@member
@require_POST
def leave(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Leave early, which closes it for both. Leaving twice is leaving once."""
    queries.get_conversation_for(membership, window_id)
    boundaries.leave(by=membership, window_id=window_id)
    messages.success(request, _("The conversation is closed."))
    return redirect("conversations:pair", membership.pair_id)


def _show(
    request: HttpRequest, membership: Membership, window: Window, form: MessageForm
) -> HttpResponse:
    state = _state(membership, window, clock.now())
    context = state | {"said": queries.messages_of(window), "form": form}
    return render(request, "conversations/conversation.html", context)


def _state(membership: Membership, window: Window, at: datetime) -> dict[str, Any]:
    """What may be done now. `look` stands for all that changes: as long as it is the same, nothing
    did.
    """
    situation, value = load_situation(membership.pair, at), window.as_value()
    may_talk = not gate.reasons_against(acts.Say(value, length=0, recent=0), situation, at)
    is_open = not gate.reasons_against(acts.Leave(value), situation, at)
    left = _minutes_left(window.closes_at - at) if is_open else 0
    return {
        "membership": membership,
        "window": window,
        "may_talk": may_talk,
        "is_open": is_open,
        "minutes_left": left,
        "look": f"{queries.last_message(window)}-{may_talk}-{is_open}-{left}",
    }


def _minutes_left(left: timedelta) -> int:
    """Two or ten, once no more than that is left; else nothing is said of it (R22)."""
    return next((few for few in FEW_MINUTES if left <= timedelta(minutes=few)), 0)
