"""The pages of one conversation: what it brought, what was said, and talking while it is open."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts import clock
from accounts.access import member
from accounts.models import Membership
from boundaries import actions as boundaries
from boundaries.exceptions import RefusedError
from boundaries.models import Window
from boundaries.queries import load_situation_of_talk
from boundaries.words import told
from conversations import actions, live, queries, streams
from conversations.exceptions import TooManyLettersError
from conversations.forms import NO_ROOM, MessageForm
from conversations.models import Letter


@member
@require_safe
def conversation(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """What a conversation brought me and what was said in it; while it is open, to talk."""
    window = queries.get_window_for(membership, window_id)
    return _show(request, membership, window, MessageForm())


@member
@require_safe
def stream(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """What happens in it from now on, or after `Last-Event-ID`, as server-sent events.

    All that there is to tell comes from the stream, under the pair's lock; here only where the
    server cannot keep one open.
    """
    window = queries.get_window_for(membership, window_id)
    told, asked = request.headers.get("Last-Event-ID"), request.GET.get("after")
    after = live.number_after(told, asked, queries.last_message(window))
    mark = live.mark_after(window, after, request.GET.get("seen"), clock.now())
    who = (membership.pair_id, window_id, membership.person_id)
    # A page that was told it is signed out knows by the first event that it is not any more.
    text = live.RETRY + live.ALIVE
    if not streams.keep_open(request, *who, mark):
        at, situation = clock.now(), load_situation_of_talk(membership.pair)
        window = queries.get_window_for(membership, window_id)
        text += live.events(live.news(window, situation, mark, at), membership)
    headers = {"X-Accel-Buffering": "no"}
    return HttpResponse(text, content_type="text/event-stream", headers=headers)


@member
@require_POST
def say(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Say something. Words that come too late become a draft, and their writer is told so."""
    window = queries.get_window_for(membership, window_id)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _show(request, membership, window, form)
    try:
        kept = actions.say(
            by=membership,
            window_id=window_id,
            key=form.cleaned_data["key"],
            body=form.cleaned_data["body"],
            kept=form.cleaned_data["kept"] or 0,
        )
    except RefusedError as refused:
        for line in told(refused.reasons):
            form.add_error("body", line)
        return _show(request, membership, window, form)
    except TooManyLettersError:
        form.add_error("body", NO_ROOM)
        return _show(request, membership, window, form)
    if isinstance(kept, Letter):
        return _kept_as_draft(request, membership, kept)
    if _by_htmx(request):
        # What was said comes by the stream, in its place among what the other says.
        return _show(request, membership, window, MessageForm(has_cursor=True))
    return redirect("conversations:conversation", membership.pair_id, window_id)


@member
@require_POST
def leave(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Leave early, which closes it for both. Leaving twice is leaving once."""
    queries.get_window_for(membership, window_id)
    boundaries.leave(by=membership, window_id=window_id)
    messages.success(request, _("The conversation is closed."))
    return redirect("conversations:pair", membership.pair_id)


def _show(
    request: HttpRequest, membership: Membership, window: Window, form: MessageForm
) -> HttpResponse:
    if _by_htmx(request):
        # Nothing else is asked of the database: it would take turns with sending what was said.
        context = {"membership": membership, "window": window, "form": form}
        return render(request, "conversations/say.html", context)
    at, situation = clock.now(), load_situation_of_talk(membership.pair)
    # The conversation last: one that is open still was not paused when the rest was read.
    window = queries.get_conversation_for(membership, window.pk)
    now = live.context(window, situation, at)
    said = list(queries.messages_of(window))
    context = now | {"membership": membership, "said": said, "form": form}
    context |= {"last": said[-1].number if said else 0, "seen": live.seen(window, at)}
    return render(request, "conversations/conversation.html", context)


def _kept_as_draft(request: HttpRequest, membership: Membership, draft: Letter) -> HttpResponse:
    messages.info(request, _("This was not said. Your words are kept as a draft, for you alone."))
    address = reverse("conversations:letter", args=(membership.pair_id, draft.pk))
    return HttpResponseClientRedirect(address) if _by_htmx(request) else redirect(address)


def _by_htmx(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))
