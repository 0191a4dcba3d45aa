"""Addresses of this app."""

from django.urls import URLPattern

app_name = "conversations"
urlpatterns: list[URLPattern] = []
