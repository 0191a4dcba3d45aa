"""The addresses of this app."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("begin/", views.begin, name="begin"),
    path("help/", views.help_page, name="help"),
    path("settings/", views.settings, name="settings"),
    path(
        "settings/undelivered/dismiss/",
        views.dismiss_undelivered,
        name="dismiss_undelivered",
    ),
    path("code/", views.code, name="code"),
    path("code/withdraw/", views.withdraw_code, name="withdraw_code"),
    path("code/use/", views.use_code, name="use_code"),
    path("feed/", views.feed, name="feed"),
    path("feed/make/", views.make_feed, name="make_feed"),
    path("feed/rename/", views.rename_feed, name="rename_feed"),
    path("feed/stop/", views.stop_feed, name="stop_feed"),
    path("pairs/<uuid:pair_id>/name/", views.rename_other, name="rename_other"),
]
