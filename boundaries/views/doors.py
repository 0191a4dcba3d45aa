"""The door that one leaves open after an ending, and beginning again."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from accounts.access import member
from accounts.models import Membership
from boundaries import actions
from boundaries.exceptions import RefusedError
from boundaries.views.answers import tell, to_pair


@member
@require_POST
def open_door(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Leave one's door open after the end, privately."""
    try:
        actions.open_door(by=membership)
    except RefusedError as refused:
        tell(request, refused)
    return to_pair(membership)


@member
@require_POST
def close_door(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Close one's door again."""
    actions.close_door(by=membership)
    return to_pair(membership)


@member
@require_POST
def begin_again(request: HttpRequest, membership: Membership) -> HttpResponse:
    """Begin a new pair, from nothing, after both left their door open."""
    try:
        place = actions.begin_again(by=membership)
    except RefusedError as refused:
        tell(request, refused)
        return to_pair(membership)
    return to_pair(place)
