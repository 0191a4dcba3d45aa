"""Addresses of the bar."""

from django.urls import path

from repair.demo import views

app_name = "demo"
urlpatterns = [
    path("move/hour/", views.hour, name="hour"),
    path("move/day/", views.day, name="day"),
    path("move/conversation/", views.conversation, name="conversation"),
]
