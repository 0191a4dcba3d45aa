"""Going ahead with a conversation, or skipping it."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import member
from accounts.models import Membership
from boundaries import actions
from boundaries.exceptions import RefusedError
from boundaries.models import Window
from boundaries.views.answers import tell, to_pair
from boundaries.words import LEFT, SKIPPED


@member
@require_POST
def go_ahead(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Say that one wants this conversation."""

    def act() -> object:
        actions.go_ahead(by=membership, window_id=window_id)
        return _("It is noted.")

    return _answer(request, membership, window_id, act)


@member
@require_POST
def skip(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Skip this conversation, alone; one that has opened meanwhile is left."""

    def act() -> object:
        return LEFT if actions.skip(by=membership, window_id=window_id) else SKIPPED

    return _answer(request, membership, window_id, act)


def _answer(
    request: HttpRequest, membership: Membership, window_id: UUID, act: Callable[[], object]
) -> HttpResponse:
    """Answer to this conversation, and say what `act` says of it."""
    get_object_or_404(Window, pk=window_id, pair=membership.pair_id)
    try:
        messages.success(request, str(act()))
    except RefusedError as refused:
        tell(request, refused)
    return to_pair(membership)
