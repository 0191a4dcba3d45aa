"""A row holds its words sealed: none is in the database, and each opens in its own row alone."""

import logging

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection, transaction

from accounts import vault
from accounts.actions import rename_other
from accounts.models import Membership, Pair, Person
from accounts.sealed import SealedTextField, is_readable
from conversations.models import Letter
from tests import factories

pytestmark = pytest.mark.django_db

PLANTED = "Rhabarber"


def all_that_the_database_holds():
    """Every value of every table, as text."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    is_bytes = isinstance(value, bytes | memoryview)
                    yield bytes(value).decode("latin-1") if is_bytes else str(value)


def test_no_planted_word_is_in_the_database(ana_place, ben_place, clock):
    rename_other(membership=ana_place, name=PLANTED)
    factories.letter(by=ana_place, body=f"{PLANTED}, a draft", hold=False)
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    factories.letter(by=ben_place, body=f"{PLANTED}, held and then released")
    factories.open_next(pair=ana_place.pair, clock=clock)
    assert [each for each in all_that_the_database_holds() if PLANTED in each] == []
    assert {letter.body.partition(",")[0] for letter in Letter.objects.all()} == {PLANTED}
    # Or it would look in the wrong places.
    assert any(ana_place.person.email in each for each in all_that_the_database_holds())


def test_every_text_of_people_is_sealed():
    """A new field of free text is sealed, or stands here with a reason."""
    not_of_people = {"Session.session_data"}
    open_ones = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.fields
        if field.get_internal_type() == "TextField" and not isinstance(field, SealedTextField)
    }
    assert open_ones - not_of_people == set()


def test_a_row_opens_only_its_own_words(ana_place, caplog):
    one, other = (factories.letter(by=ana_place, body=body) for body in (PLANTED, "other"))
    swap(one, other)
    with caplog.at_level(logging.ERROR, "accounts.sealed"):
        assert not is_readable(Letter.objects.get(pk=one.pk), "body")
    assert str(one.pk) in caplog.text
    assert PLANTED not in caplog.text
    untouched = factories.letter(by=ana_place, body="untouched")
    assert Letter.objects.get(pk=untouched.pk).body == "untouched"


def swap(one, other):
    """Give each letter what the other holds, as somebody with the database could."""
    bodies = dict(Letter.objects.values_list("pk", "body"))
    for row, from_ in ((one, other), (other, one)):
        Letter.objects.filter(pk=row.pk).update(body=bytes(bodies[from_.pk]))


def test_a_letter_that_was_moved_to_another_pair_does_not_open(ana_place, elsewhere):
    letter = factories.letter(by=ana_place)
    Letter.objects.filter(pk=letter.pk).update(pair=elsewhere.pair_id)
    assert not is_readable(Letter.objects.get(pk=letter.pk), "body")


def test_without_its_pairs_key_no_letter_opens(ana_place):
    letter = factories.letter(by=ana_place)
    Pair.objects.filter(pk=ana_place.pair_id).update(wrapped_key="")
    assert not is_readable(Letter.objects.get(pk=letter.pk), "body")


def test_two_pairs_and_two_persons_have_keys_of_their_own(ana_place, ben_place, elsewhere):
    keys = [*Person.objects.values_list("wrapped_key", flat=True)]
    keys += Pair.objects.values_list("wrapped_key", flat=True)
    assert len({vault._unwrap(key) for key in keys}) == len(keys)


def test_words_are_never_changed_without_their_row(ana_place):
    letter = factories.letter(by=ana_place)
    with pytest.raises(TypeError, match="save the row"), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(body="Other")
    assert Letter.objects.get(pk=letter.pk).body == letter.body


def sealed(letter):
    return bytes(Letter.objects.values_list("body", flat=True).get(pk=letter.pk))


@pytest.mark.parametrize("looked_at", [False, True])
def test_words_that_nobody_changed_are_saved_as_they_were(ana_place, looked_at):
    letter = factories.letter(by=ana_place)
    before, row = sealed(letter), Letter.objects.get(pk=letter.pk)
    if looked_at:
        assert row.body == "Dear you"
    row.save()
    assert sealed(letter) == before


def test_words_that_were_opened_are_sealed_anew_for_another_row(ana_place):
    letter = Letter.objects.get(pk=factories.letter(by=ana_place).pk)
    other = factories.letter(by=ana_place, body="other")
    other.body = letter.body
    other.save()
    assert sealed(other) != sealed(letter)
    assert Letter.objects.get(pk=other.pk).body == "Dear you"


def test_a_dump_holds_the_words_sealed_and_gives_them_back(ana_place, tmp_path):
    rename_other(membership=ana_place, name=PLANTED)
    whole, cut = (factories.letter(by=ana_place, body=PLANTED, hold=False) for _ in range(2))
    Letter.objects.filter(pk=cut.pk).update(body=b"cut")
    dump = str(tmp_path / "dump.json")
    call_command("dumpdata", "accounts.membership", "conversations.letter", output=dump)
    assert PLANTED not in (tmp_path / "dump.json").read_text()
    before = sealed(whole)
    Letter.objects.all().delete()
    Membership.objects.filter(pk=ana_place.pk).delete()
    call_command("loaddata", dump, verbosity=0)
    assert (sealed(whole), sealed(cut)) == (before, b"cut")
    assert Letter.objects.get(pk=whole.pk).body == PLANTED
    assert Membership.objects.get(pk=ana_place.pk).name == PLANTED


def test_words_that_are_not_asked_for_are_loaded_when_they_are(ana_place):
    letter = factories.letter(by=ana_place, body="later")
    assert Letter.objects.defer("body").get(pk=letter.pk).body == "later"


def test_a_name_that_cannot_be_read_is_the_neutral_one(ana_place):
    rename_other(membership=ana_place, name=PLANTED)
    Person.objects.filter(pk=ana_place.person_id).update(wrapped_key=vault.new_key())
    assert Membership.objects.get(pk=ana_place.pk).name == "the other person"
