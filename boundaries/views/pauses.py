"""Pausing and lifting."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.access import member, signed_in, signed_in_person
from accounts.models import Membership
from boundaries import actions, queries
from boundaries.rules.phrases import Occasion, fitting
from boundaries.views.answers import to_pair
from boundaries.words import phrases_for


@member
@require_POST
def pause(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Stop all contact in the pair: one tap, no question.

    Whatever else is sent with it never stops a pause: words that are none of ours are left out.
    """
    phrase = fitting(request.POST.get("phrase", ""), Occasion.PAUSE)
    actions.pause(by=membership, phrase=phrase)
    return to_pair(membership)


@member
@require_safe
def pause_with_words(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show the few kind words that can come with a pause; each is one tap."""
    rest_until = queries.words_rest_until(membership, clock.now())
    phrases = [] if rest_until else phrases_for(Occasion.PAUSE)
    context = {"membership": membership, "phrases": phrases, "rest_until": rest_until}
    return render(request, "boundaries/pause_with_words.html", context)


@member
@require_POST
def take_back_phrase(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Let the words be seen no longer beside which this was pressed."""
    with suppress(ValueError):
        occasion = Occasion(request.POST.get("occasion", ""))
        actions.take_back_phrase(by=membership, occasion=occasion)
        messages.success(request, _("Your words are not shown any more. Nothing else has changed."))
    return to_pair(membership)


@member
@require_POST
def hide_kind_words(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Turn such words away, beside those that are read."""
    actions.hide_kind_words(by=membership)
    messages.success(request, _("You are shown no such words any more. Nobody is told."))
    return to_pair(membership)


@signed_in
@require_POST
def pause_all(request: HttpRequest) -> HttpResponse:
    """Stop all contact in every pair of the person: one tap, no question."""
    actions.pause_all(by=signed_in_person(request))
    return redirect("conversations:home")


@member
@require_POST
def lift(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Lift one's own pause, which restores nothing."""
    actions.lift(by=membership)
    messages.success(request, _("Your pause is lifted. Nothing begins by itself."))
    return to_pair(membership)
