"""The host's keys: changing them, and not starting with the wrong ones."""

from io import StringIO
from itertools import zip_longest

import pytest
from allauth.account.adapter import get_adapter
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from accounts import keys, vault
from accounts.actions import rename_other
from accounts.models import Pair, Person
from conversations.models import Letter
from repair import keys as start
from repair.settings import env
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_key(settings):
    """A new key of the host, before the old one."""
    settings.REPAIR_KEYS = {2: Fernet.generate_key(), **settings.REPAIR_KEYS}


def wrapped():
    persons = Person.objects.values_list("wrapped_key", flat=True)
    return [*persons, *Pair.objects.values_list("wrapped_key", flat=True)]


def rotate():
    said = StringIO()
    call_command("rotate_keys", stdout=said)
    return said.getvalue()


def test_all_keys_are_wrapped_anew_and_the_old_one_can_go(ana_place, new_key, settings):
    letter = factories.letter(by=ana_place, body="as before")
    assert "Every key is wrapped with the present key." in rotate()
    assert all(vault.is_current(key) for key in wrapped())
    del settings.REPAIR_KEYS[1]
    vault._cipher.cache_clear()
    assert Letter.objects.get(pk=letter.pk).body == "as before"
    assert keys.fit()


@pytest.fixture
def many(make_person):
    """Some persons who were there before the new key."""
    return [make_person(f"p{number}") for number in range(5)]


def test_it_goes_on_where_it_was_stopped(ana_place, many, new_key, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    before = len(wrapped())
    stopped = keys.rotate()
    assert next(stopped) == 2
    stopped.close()
    assert sum(vault.is_current(key) for key in wrapped()) == 2
    assert sum(keys.rotate()) == before - 2
    assert sum(keys.rotate()) == 0


def test_one_that_is_made_meanwhile_with_the_old_settings_is_found_too(
    ana_place, make_person, many, new_key, settings, monkeypatch
):
    """By a process that has not been started anew; its row comes before those that are done."""
    rewrap, made = keys._rewrap, []

    def rewrap_and_make(owner):
        wrapped = rewrap(owner)
        if not made:
            first = "00000000-0000-4000-8000-000000000000"
            made.append(make_person("late", id=first, wrapped_key=made_with_the_old_settings()))
        return wrapped

    def made_with_the_old_settings():
        settings.REPAIR_KEYS = dict(reversed(settings.REPAIR_KEYS.items()))
        key = vault.new_key()
        settings.REPAIR_KEYS = dict(reversed(settings.REPAIR_KEYS.items()))
        return key

    monkeypatch.setattr(keys, "_rewrap", rewrap_and_make)
    assert "Every key is wrapped with the present key." in rotate()
    assert not vault.is_current(made[0].wrapped_key)
    assert all(vault.is_current(key) for key in wrapped())


def test_it_does_not_say_so_while_one_is_left(ana_place, new_key, monkeypatch):
    monkeypatch.setattr(keys, "_rewrap", lambda owner: 0)
    with pytest.raises(CommandError, match="3 keys are not wrapped with the present key"):
        rotate()


def test_two_at_once_do_each_key_once(ana_place, many, new_key, monkeypatch):
    monkeypatch.setattr(keys, "BATCH", 2)
    letter = factories.letter(by=ana_place, body="as before")
    before = len(wrapped())
    turns = zip_longest(keys.rotate(), keys.rotate(), fillvalue=0)
    assert sum(map(sum, turns)) == before
    assert all(vault.is_current(key) for key in wrapped())
    assert Letter.objects.get(pk=letter.pk).body == "as before"


def test_one_that_the_other_has_just_done_is_left_to_it(ana, new_key, monkeypatch):
    first, second = (Person.objects.get(pk=ana.pk) for _ in range(2))
    assert keys._rewrap(first) == 1
    done = wrapped()
    assert keys._rewrap(second) == 0
    assert wrapped() == done


def test_a_key_that_is_destroyed_meanwhile_does_not_come_back(ana_place, new_key, monkeypatch):
    rewrap, old = vault.rewrap, Pair.objects.get().wrapped_key

    def destroy_and_rewrap(key):
        if key == old:
            Pair.objects.update(wrapped_key="")
        return rewrap(key)

    monkeypatch.setattr(vault, "rewrap", destroy_and_rewrap)
    sum(keys.rotate())
    assert set(Pair.objects.values_list("wrapped_key", flat=True)) == {""}


# --- What was loaded before, and is saved after -----------------------------------------------


@pytest.fixture(params=["person", "pair"])
def loaded(ana_place, request):
    """Somebody's row, or that of their pair, as a request has it that began before."""
    return getattr(ana_place, request.param)


def key_of(owner):
    return type(owner).objects.values_list("wrapped_key", flat=True).get(pk=owner.pk)


def test_what_was_loaded_before_brings_no_former_wrapping_back(loaded, new_key):
    rotate()
    loaded.save()
    assert vault.is_current(key_of(loaded))


def test_a_password_that_is_changed_meanwhile_leaves_the_words_readable(
    ana_place, new_key, settings
):
    person = Person.objects.get(pk=ana_place.person_id)
    rename_other(membership=ana_place, name="as before")
    rotate()
    get_adapter().set_password(person, "another long one")
    del settings.REPAIR_KEYS[1]
    vault._cipher.cache_clear()
    found = Person.objects.get(pk=person.pk)
    assert found.check_password("another long one")
    assert found.memberships.get().name_for_other == "as before"


def test_what_was_loaded_before_brings_no_destroyed_key_back(loaded):
    type(loaded).objects.update(wrapped_key="")
    loaded.save()
    assert key_of(loaded) == ""


def test_nor_with_its_row(ana):
    """Of somebody whose account is gone nothing comes back, whoever still has it loaded."""
    Person.objects.filter(pk=ana.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        ana.save()
    assert not Person.objects.exists()


def test_what_was_loaded_in_part_is_saved_in_part(ana, new_key):
    some = Person.objects.only("email", "wrapped_key").get(pk=ana.pk)
    only_key = Person.objects.only("wrapped_key").get(pk=ana.pk)
    Person.objects.update(time_zone="Asia/Tokyo")
    rotate()
    some.email = "elsewhere@example.org"
    for each in (some, only_key):
        each.save()
    ana.refresh_from_db()
    assert (ana.email, ana.time_zone) == ("elsewhere@example.org", "Asia/Tokyo")
    assert vault.is_current(ana.wrapped_key)


def test_a_key_that_is_named_is_saved(loaded):
    """As after a backup was looked into."""
    loaded.wrapped_key = key = vault.new_key()
    loaded.save(update_fields=["wrapped_key"])
    assert key_of(loaded) == key


# --- What does not open -----------------------------------------------------------------------


def test_a_key_that_does_not_open_is_left_and_said(ana_place, new_key):
    Pair.objects.update(wrapped_key="1:damaged")
    with pytest.raises(CommandError, match="could not be opened"):
        rotate()
    assert set(Pair.objects.values_list("wrapped_key", flat=True)) == {"1:damaged"}
    assert all(
        vault.is_current(key) for key in Person.objects.values_list("wrapped_key", flat=True)
    )


def test_a_key_that_was_destroyed_stops_nothing(ana_place, new_key):
    Pair.objects.update(wrapped_key="")
    rotate()
    assert keys.fit()
    assert set(Pair.objects.values_list("wrapped_key", flat=True)) == {""}


@pytest.mark.parametrize("damaged", ["1:damaged", "2:damaged", "damaged", "9:damaged"])
@pytest.mark.parametrize("nth", [0, -1])
def test_a_key_that_is_damaged_stops_nobody_else(ana_place, many, new_key, damaged, nth, caplog):
    person = list(Person.objects.order_by("pk"))[nth]
    Person.objects.filter(pk=person.pk).update(wrapped_key=damaged)
    assert keys.fit()
    assert f"cannot be opened: {person}" in caplog.text


def test_a_key_that_was_left_out_too_early_is_missed(ana_place, many, new_key, settings):
    """Some are wrapped with the new one already, others not yet."""
    batch = list(Person.objects.order_by("pk")[:2])
    assert sum(map(keys._rewrap, batch)) == 2
    settings.REPAIR_KEYS = {2: settings.REPAIR_KEYS[2]}
    assert not keys.fit()


@pytest.mark.parametrize("version", [1, 2])
def test_other_keys_do_not_fit(ana_place, settings, version):
    settings.REPAIR_KEYS = {version: Fernet.generate_key()}
    assert not keys.fit()


def test_nothing_to_open_fits_every_key(settings):
    settings.REPAIR_KEYS = {7: Fernet.generate_key()}
    assert keys.fit()


def test_two_keys_with_one_number_are_refused_and_not_told():
    one, other = (Fernet.generate_key().decode() for _ in range(2))
    assert list(env.read_keys("REPAIR_KEYS", f"2:{one},1:{other}")) == [2, 1]
    with pytest.raises(SystemExit, match="two keys with the same number") as fault:
        env.read_keys("REPAIR_KEYS", f"1:{one},1:{other}")
    assert one not in str(fault.value)
    assert other not in str(fault.value)


@pytest.mark.django_db(transaction=True)
def test_no_process_starts_with_the_wrong_keys(ana, settings):
    start.check()
    settings.REPAIR_KEYS = {1: Fernet.generate_key()}
    with pytest.raises(SystemExit, match="REPAIR_KEYS does not open the keys of this database"):
        start.check()
