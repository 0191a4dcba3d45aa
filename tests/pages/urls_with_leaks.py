"""Addresses that tell Ben of what Ana does, each in another way."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.http import http_date

from accounts.models import Support, SupportLook
from checkins.models import CheckIn, Reflection
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


def of_check_ins(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """How many were given in the pair, by whomever."""
    return HttpResponse(str(CheckIn.objects.filter(membership__pair=pair_id).count()))


def of_reflections(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """How much the two have thought about."""
    found = Reflection.objects.filter(person__memberships__pair=pair_id)
    return HttpResponse(str(found.count()))


def of_supporters(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """How many support the two, or did."""
    found = Support.objects.filter(person__memberships__pair=pair_id, began_at__isnull=False)
    return HttpResponse(str(found.count()))


def of_looks(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    """How often somebody who supports one of the two has looked."""
    found = SupportLook.objects.filter(support__person__memberships__pair=pair_id)
    return HttpResponse(str(found.count()))


leaks = [
    *(path(f"{each.__name__}/", each) for each in (of_check_ins, of_reflections)),
    *(path(f"{each.__name__}/", each) for each in (of_supporters, of_looks)),
    path("in-the-body/", in_the_body),
    path("in-a-header/", in_a_header),
    path("<uuid:letter_id>/in-the-status/", in_the_status),
]
urlpatterns = [*ours, path("pairs/<uuid:pair_id>/leaks/", include(leaks))]
