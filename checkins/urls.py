"""The addresses of this app."""

from django.urls import include, path

from checkins import reflecting, supporting, views

app_name = "checkins"

in_a_pair = [
    path("windows/<uuid:window_id>/check-in/before/", views.give_before, name="give_before"),
    path("windows/<uuid:window_id>/check-in/after/", views.give_after, name="give_after"),
    path("check-ins/", views.check_ins, name="check_ins"),
    path("check-ins/new/", views.give_own, name="give_own"),
    path("check-ins/copy/", views.copy, name="copy"),
    path("check-ins/picture/", views.picture, name="picture"),
    path("check-ins/wish/", views.save_wish, name="save_wish"),
    path("check-ins/<uuid:check_in_id>/delete/", views.delete_check_in, name="delete_check_in"),
]

as_supporter = [
    path("check-ins/", supporting.supported_check_ins, name="supported_check_ins"),
    path("reflections/", supporting.supported_reflections, name="supported_reflections"),
]

urlpatterns = [
    path("reflections/", reflecting.reflections, name="reflections"),
    path("reflections/new/", reflecting.write_reflection, name="write_reflection"),
    path("reflections/copy/", reflecting.copy_reflections, name="copy_reflections"),
    path("reflections/<uuid:reflection_id>/", reflecting.edit_reflection, name="edit_reflection"),
    path(
        "reflections/<uuid:reflection_id>/delete/",
        reflecting.delete_reflection,
        name="delete_reflection",
    ),
    path("pairs/<uuid:pair_id>/", include(in_a_pair)),
    path("supporting/<uuid:support_id>/", include(as_supporter)),
]
