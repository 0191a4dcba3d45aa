"""What holds for every response."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control

Respond = Callable[[HttpRequest], HttpResponse]


def no_store(get_response: Respond) -> Respond:
    """Forbid keeping any page that says nothing else: a phone may be shared or taken.

    Signed-out pages too, so that the back button after signing out shows nothing, and so that
    deciding it needs neither session nor database. Static files are answered before this.
    """

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response

    return respond
