"""No page ships without saying who may open it."""

from operator import attrgetter

from django.core.checks.registry import registry

from accounts.checks import LIBRARY_VIEWS, every_view_says_who_may_open_it


def found(errors, code):
    return sorted(error.msg.split("'")[1] for error in errors if error.id == code)


def test_every_page_of_the_project_says_who_may_open_it():
    assert every_view_says_who_may_open_it() == []


def test_the_check_finds_each_page_that_was_forgotten(settings):
    settings.ROOT_URLCONF = "tests.accounts.urls_with_faults"
    errors = every_view_says_who_may_open_it()
    assert found(errors, "accounts.E001") == ["forgotten/", "inside/deep/", "unnamed/"]


def test_the_check_finds_a_pairs_page_that_is_not_for_its_members(settings):
    settings.ROOT_URLCONF = "tests.accounts.urls_with_faults"
    errors = every_view_says_who_may_open_it()
    assert found(errors, "accounts.E002") == ["lost/", "pairs/<uuid:pair_id>/loose/"]


def test_the_check_finds_a_supports_page_that_is_for_others_than_its_key_says(settings):
    settings.ROOT_URLCONF = "tests.accounts.urls_with_faults"
    errors = every_view_says_who_may_open_it()
    assert found(errors, "accounts.E003") == [
        "helper/",
        "supporting/<uuid:support_id>/loose/",
        "trusted/<uuid:support_id>/",
    ]


def test_a_page_that_a_new_version_of_the_library_brings_is_found(settings, monkeypatch):
    settings.ROOT_URLCONF = "tests.accounts.urls_with_faults"
    monkeypatch.delitem(LIBRARY_VIEWS, "account_reauthenticate")
    errors = every_view_says_who_may_open_it()
    assert "account/reauthenticate/" in found(errors, "accounts.E001")


def test_the_check_runs_with_all_others():
    assert "every_view_says_who_may_open_it" in map(attrgetter("__name__"), registry.get_checks())
