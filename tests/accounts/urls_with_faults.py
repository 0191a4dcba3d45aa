"""URLs as they must not ship: see test_checks."""

from django.http import HttpResponse
from django.urls import include, path

from accounts.access import anyone, member, signed_in


def forgotten(request):
    return HttpResponse()


@anyone
def public(request):
    return HttpResponse()


@signed_in
def of_no_pair(request, pair_id):
    return HttpResponse()


@member
def without_pair(request, membership):
    return HttpResponse()


inner = [path("deep/", forgotten, name="deep")]
urlpatterns = [
    path("forgotten/", forgotten, name="forgotten"),
    path("unnamed/", forgotten),
    path("public/", public, name="public"),
    path("inside/", include((inner, "inside"))),
    path("pairs/<uuid:pair_id>/loose/", of_no_pair, name="loose"),
    path("lost/", without_pair, name="lost"),
    path("account/", include("allauth.account.urls")),
]
