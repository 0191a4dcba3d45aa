"""/healthz, before all else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

from repair.health.views import healthz

PATH = "/healthz"
Respond = Callable[[HttpRequest], HttpResponseBase]


def answer_healthz(get_response: Respond) -> Respond:
    """Answer it first: sessions need the database whose loss it is to tell of, and machines ask it
    from inside, without TLS and by another name than the site's.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        return healthz(request) if request.path_info == PATH else get_response(request)

    return respond
