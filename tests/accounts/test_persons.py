"""A person is known by an e-mail address, and the database holds what makes that safe."""

import zoneinfo

import pytest
from django.db import IntegrityError, transaction

from accounts.clock import now
from accounts.models import Invitation, Membership, Pair, Person
from accounts.zones import all_zones, places
from conversations.models import Notice
from repair.settings import base

pytestmark = pytest.mark.django_db


def refused_by_the_database(write):
    with pytest.raises(IntegrityError), transaction.atomic():
        write()


def test_an_address_is_stored_in_lower_case():
    assert Person.objects.create_user("  Ana@Example.ORG ").email == "ana@example.org"


def test_a_person_is_found_by_address_in_any_case(ana):
    assert Person.objects.get_by_natural_key("ANA@example.org") == ana


def test_the_database_refuses_a_second_person_with_the_address_in_another_case(ana):
    refused_by_the_database(lambda: Person.objects.create(email="Ana@Example.org"))


def test_the_database_refuses_it_also_in_an_update(ana, ben):
    refused_by_the_database(
        lambda: Person.objects.filter(pk=ben.pk).update(email="ANA@example.org")
    )


def test_a_person_needs_an_address():
    with pytest.raises(ValueError, match="e-mail"):
        Person.objects.create_user(" ")


def test_the_database_refuses_an_empty_time_zone(ana):
    refused_by_the_database(lambda: Person.objects.filter(pk=ana.pk).update(time_zone=""))


def test_r22_it_is_not_kept_when_somebody_was_last_here(ana, ana_client):
    """Neither a field for it nor, after signing in, a value."""
    assert "last_login" not in {field.name for field in Person._meta.get_fields()}
    assert Person.objects.get(pk=ana.pk).last_login is None


def test_a_person_prints_without_the_address(ana):
    assert ana.email not in str(ana)


def test_keys_cannot_be_guessed(ana, pair):
    assert ana.pk.version == pair.pk.version == 4


def test_notices_are_off_until_asked_for(ana):
    assert not any(getattr(ana, wish) for wish in Notice.WISHES.values())
    assert ana.look_at is None


def test_passwords_are_kept_with_argon2(settings):
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    person = Person.objects.create_user("ana@example.org", "a-quiet-password")
    assert person.password.startswith("argon2$argon2id$")
    assert person.check_password("a-quiet-password")


def test_the_database_allows_only_two_seats_and_one_person_on_each(pair, ana, outsider):
    place = {"pair": pair, "person": outsider}
    refused_by_the_database(lambda: Membership.objects.create(**place, seat=3))
    refused_by_the_database(lambda: Membership.objects.create(**place, seat=2))


def test_the_database_allows_a_person_only_once_in_a_pair(ana):
    alone = Pair.objects.create(created_at=now())
    Membership.objects.create(pair=alone, person=ana, seat=1)
    refused_by_the_database(lambda: Membership.objects.create(pair=alone, person=ana, seat=2))


def test_r26_the_database_allows_one_open_code_for_a_person(ana, clock):
    fields = {"made_by": ana, "made_at": clock.at, "expires_at": clock.move(days=7)}
    Invitation.objects.create(**fields, code_digest="a")
    refused_by_the_database(lambda: Invitation.objects.create(**fields, code_digest="b"))


def test_r26_the_database_allows_a_used_code_only_with_its_pair(pair, clock):
    used = Invitation.objects.filter(pair=pair)
    refused_by_the_database(lambda: used.update(pair=None))
    refused_by_the_database(lambda: used.update(withdrawn_at=clock.at))


def test_r26_the_database_refuses_a_code_that_expires_before_it_begins(ana, clock):
    times = {"made_at": clock.at, "expires_at": clock.at}
    refused_by_the_database(
        lambda: Invitation.objects.create(made_by=ana, code_digest="a", **times)
    )


def test_the_places_offered_are_zones_that_exist():
    assert set(places()) <= all_zones()
    assert len(places()) > 400
    assert "Factory" not in all_zones()


def test_zone_data_come_from_the_pinned_package_alone():
    assert zoneinfo.TZPATH == ()
    assert zoneinfo.ZoneInfo("Europe/Berlin").key == "Europe/Berlin"
