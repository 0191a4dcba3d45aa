"""The pages of a time apart: suggesting one, saying yes or no, and what would be right after it."""

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import clock
from accounts.access import member
from accounts.models import Membership
from boundaries import actions
from boundaries.exceptions import RefusedError
from boundaries.forms.time_apart import SuggestTimeApartForm, WordsForm
from boundaries.queries import time_apart as queries
from boundaries.rules import acts, gate
from boundaries.rules.phrases import Occasion
from boundaries.rules.time_apart import EVERYWHERE
from boundaries.views.answers import look_again, to_pair
from boundaries.words import PHRASES, told


@member
@require_http_methods(["GET", "HEAD", "POST"])
def suggest_time_apart(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show what a time apart is; a POST suggests one until a day."""
    at = clock.now()
    form = SuggestTimeApartForm(request.POST or None, at=at, zone=EVERYWHERE)
    if request.method != "POST" or not form.is_valid():
        return _ask_for_a_day(request, membership, form, at)
    day = form.cleaned_data["day"]
    try:
        row = actions.suggest_time_apart(
            by=membership, day=day, zone=EVERYWHERE, phrase=form.words()
        )
    except RefusedError as refused:
        for sentence in told(refused.reasons):
            form.add_error(None, sentence)
        return _ask_for_a_day(request, membership, form, at)
    messages.success(request, _("Your suggestion is made."))
    return redirect("boundaries:time_apart", membership.pair_id, row.pk)


@member
@require_safe
def time_apart(request: HttpRequest, membership: Membership, time_apart_id: UUID) -> HttpResponse:
    """Show one time apart, and what this person can do with it."""
    at = clock.now()
    row, standing = queries.get_time_apart_for(membership, time_apart_id, at)
    own_words = queries.own_words_with(membership, row)
    context = {
        "membership": membership,
        "time_apart": row,
        "value": row.as_value(),
        "standing": standing,
        "is_over": at >= row.ends_at,
        "is_mine": row.author_id == membership.person_id,
        "own_words": PHRASES[own_words] if own_words else "",
        "form": WordsForm(occasion=Occasion.TIME_APART),
    }
    return render(request, "boundaries/time_apart.html", context)


@member
@require_POST
def agree_to_time_apart(
    request: HttpRequest, membership: Membership, time_apart_id: UUID
) -> HttpResponse:
    """Say yes to exactly the day that the page showed. A doubled press is answered like the first.

    No password: it is less contact, and holds at once (R1). Whatever stands against it forbids to
    show it, too, and is not told apart: that could be what the other did (R15).
    """
    if not _is_shown(membership, time_apart_id):
        return look_again(request, membership)
    form = WordsForm(request.POST, occasion=Occasion.TIME_APART)
    digest = request.POST.get("digest", "")
    try:
        actions.agree_to_time_apart(
            by=membership, time_apart_id=time_apart_id, digest=digest, phrase=form.words()
        )
    except RefusedError:
        return look_again(request, membership)
    return to_pair(membership)


@member
@require_POST
def decline_time_apart(
    request: HttpRequest, membership: Membership, time_apart_id: UUID
) -> HttpResponse:
    """Say no, in silence. A doubled press is answered like the first.

    If one has said yes meanwhile, its page says how it stands.
    """
    has_declined = queries.has_declined(membership, time_apart_id)
    if not has_declined and not _is_shown(membership, time_apart_id):
        return look_again(request, membership)
    if not actions.decline_time_apart(by=membership, time_apart_id=time_apart_id):
        return redirect("boundaries:time_apart", membership.pair_id, time_apart_id)
    messages.success(request, _("You declined. The other is not told."))
    return to_pair(membership)


@member
@require_POST
def take_back_time_apart(
    request: HttpRequest, membership: Membership, time_apart_id: UUID
) -> HttpResponse:
    """Take back one's own suggestion, in silence. If the other was faster, the page says so."""
    queries.get_time_apart_for(membership, time_apart_id, clock.now())
    if actions.take_back_time_apart(by=membership, time_apart_id=time_apart_id):
        messages.success(request, _("You took it back."))
    return to_pair(membership)


@member
@require_POST
def let_be(request: HttpRequest, membership: Membership, time_apart_id: UUID) -> HttpResponse:
    """Choose nothing for now, once its day has come; for oneself alone."""
    queries.get_time_apart_for(membership, time_apart_id, clock.now())
    actions.let_be(by=membership, time_apart_id=time_apart_id)
    return to_pair(membership)


def _ask_for_a_day(
    request: HttpRequest, membership: Membership, form: SuggestTimeApartForm, at: datetime
) -> HttpResponse:
    situation = queries.load_situation_for_time_apart(membership.pair, at)
    act = acts.SuggestTimeApart(membership.person_id, form.first, EVERYWHERE)
    refusals = [] if form.is_bound else told(gate.reasons_against(act, situation, at))
    context = {"membership": membership, "form": form, "refusals": refusals}
    return render(request, "boundaries/suggest_time_apart.html", context)


def _is_shown(membership: Membership, time_apart_id: UUID) -> bool:
    """Whether it is to be seen; else the same 404 as for a key that leads nowhere."""
    try:
        queries.get_time_apart_for(membership, time_apart_id, clock.now())
    except Http404:
        return False
    return True
