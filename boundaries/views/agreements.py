"""What is in force, what was, and ending it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import clock
from accounts.access import member
from accounts.models import Membership
from boundaries import actions, queries
from boundaries.queries.time_apart import chosen_in
from boundaries.rules.terms import NO_CONTACT
from boundaries.views.answers import to_pair
from boundaries.words import acts_in_words, summary, terms_lines

ENTRIES_ON_A_PAGE = 30

AGREEMENTS_ON_THE_PAGE = 30


@member
@require_safe
def agreement(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Show what is in force and its conversations."""
    at = clock.now()
    situation = queries.load_situation(membership.pair, at)
    context = {
        "membership": membership,
        "agreement": queries.agreement_in_force(membership.pair),
        "terms_lines": terms_lines(situation.in_force),
        "windows": queries.coming_for(membership, situation, at),
        "is_apart": situation.apart_until is not None,
    }
    return render(request, "boundaries/agreement.html", context)


@member
@require_safe
def record(request: HttpRequest, membership: Membership) -> HttpResponse:
    """What was in force between the two, and what this person did (R30)."""
    pages = Paginator(queries.record_for(membership), ENTRIES_ON_A_PAGE)
    context = {
        "membership": membership,
        "agreements": [
            {"row": row, "terms": summary(row.terms)}
            for row in queries.agreements_of(membership.pair)[:AGREEMENTS_ON_THE_PAGE]
        ],
        "times_apart": chosen_in(membership)[:AGREEMENTS_ON_THE_PAGE],
        "page": pages.get_page(request.GET.get("page")),
        "acts": acts_in_words(),
    }
    return render(request, "boundaries/record.html", context)


@member
@require_POST
def end(request: HttpRequest, membership: Membership) -> HttpResponse:
    """End what is agreed, alone: the least of all that is less (R1)."""
    actions.take_less(by=membership, terms=NO_CONTACT)
    messages.success(request, _("Nothing is agreed any more."))
    return to_pair(membership)
