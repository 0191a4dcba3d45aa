"""What several pages answer with."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from accounts.models import Membership
from boundaries.exceptions import RefusedError
from boundaries.words import told


def to_pair(membership: Membership) -> HttpResponse:
    """Back to the pair's page."""
    return redirect("conversations:pair", membership.pair_id)


def look_again(request: HttpRequest, membership: Membership) -> HttpResponse:
    """404 with a plain sentence, whatever became of the proposal: whether it was withdrawn, lapsed,
    was never to be seen, or never was (R10).
    """
    return render(request, "boundaries/look_again.html", {"membership": membership}, status=404)


def tell(request: HttpRequest, refused: RefusedError) -> None:
    """Say on the next page why an act was refused."""
    for sentence in told(refused.reasons):
        messages.error(request, sentence)
