"""Every address of the site."""

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.account.urls")),
    path("", include("accounts.urls")),
    path("", include("boundaries.urls")),
    path("", include("conversations.urls")),
    path("", include("checkins.urls")),
]

if apps.is_installed("repair.demo"):
    urlpatterns.append(path("demo/", include("repair.demo.urls")))
