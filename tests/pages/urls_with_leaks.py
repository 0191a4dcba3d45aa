"""Addresses that tell Ben of what Ana does, each in another way."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.http import http_date

from conversations.models import Letter
from repair.urls import urlpatterns as ours


def in_the_body(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """How many letters are held in the pair, whoever's they are."""
    return HttpResponse(str(Letter.objects.filter(pair=pair_id, state="held").count()))


def in_a_header(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """When one was last changed."""
    last = Letter.objects.filter(pair=pair_id).order_by("-changed_at").first()
    changed_at = last.changed_at.timestamp() if last else 0
    return HttpResponse(headers={"Last-Modified": http_date(changed_at)})


def in_the_status(request: HttpRequest, pair_id: UUID, letter_id: UUID) -> HttpResponse:
    """Which there are."""
    found = Letter.objects.filter(pair=pair_id, pk=letter_id).exists()
    return HttpResponse(status=200 if found else 404)


leaks = [
    path("in-the-body/", in_the_body),
    path("in-a-header/", in_a_header),
    path("<uuid:letter_id>/in-the-status/", in_the_status),
]
urlpatterns = [*ours, path("pairs/<uuid:pair_id>/leaks/", include(leaks))]
