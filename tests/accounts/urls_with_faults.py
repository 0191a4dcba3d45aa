"""URLs as they must not ship: see test_checks."""

from django.http import HttpResponse
from django.urls import include, path

from accounts.access import anyone, member, signed_in, supported, supporter


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


@supporter()
def without_support(request, support):
    return HttpResponse()


@signed_in
def of_a_support(request, support_id):
    return HttpResponse()


@supported
def of_the_other_key(request, support_id):
    return HttpResponse()


inner = [path("deep/", forgotten, name="deep")]
urlpatterns = [
    path("forgotten/", forgotten, name="forgotten"),
    path("unnamed/", forgotten),
    path("public/", public, name="public"),
    path("inside/", include((inner, "inside"))),
    path("pairs/<uuid:pair_id>/loose/", of_no_pair, name="loose"),
    path("lost/", without_pair, name="lost"),
    path("helper/", without_support, name="helper"),
    path("supporting/<uuid:support_id>/loose/", of_a_support, name="loose_support"),
    path("trusted/<uuid:support_id>/", of_the_other_key, name="other_key"),
    path("account/", include("allauth.account.urls")),
]
