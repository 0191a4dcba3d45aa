"""Going ahead with a conversation, or skipping it."""

from typing import Any
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


@member
@require_POST
def go_ahead(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Say that one wants this conversation."""
    return _answer(request, membership, actions.go_ahead, window_id, _("It is noted."))


@member
@require_POST
def skip(request: HttpRequest, membership: Membership, window_id: UUID) -> HttpResponse:
    """Skip this conversation, alone."""
    return _answer(request, membership, actions.skip, window_id, _("You skip this one."))


def _answer(
    request: HttpRequest, membership: Membership, act: Any, window_id: UUID, done: str
) -> HttpResponse:
    get_object_or_404(Window, pk=window_id, pair=membership.pair_id)
    try:
        act(by=membership, window_id=window_id)
    except RefusedError as refused:
        tell(request, refused)
    else:
        messages.success(request, done)
    return to_pair(membership)
