"""A row holds its words sealed: none is in the database, and each opens in its own row alone."""

import logging
import zlib
from contextlib import suppress
from uuid import uuid4

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core import signing
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import isolate_apps
from django.urls import reverse
from redis import Redis

from accounts import vault
from accounts.actions import rename_other
from accounts.models import Feed, Membership, Pair, Person
from accounts.sealed import SealedTextField, is_readable
from boundaries.rules.ways import More
from checkins import actions as checkins
from conversations.models import Letter, Message
from repair.settings.base import VAR
from tests import factories

pytestmark = pytest.mark.django_db

PLANTED = "Rhabarber"


MARK = "Stachelbeere"
HTMX = {"HX-Request": "true"}


def all_that_the_database_holds():
    """Every value of every table, as text; and what is in a session, unpacked without any key."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    is_bytes = isinstance(value, bytes | memoryview)
                    yield bytes(value).decode("latin-1") if is_bytes else str(value)
    for session in Session.objects.all():
        packed, _instant, _signature = session.session_data.rsplit(":", 2)
        data = signing.b64_decode(packed.removeprefix(".").encode())
        yield (zlib.decompress(data) if packed.startswith(".") else data).decode("latin-1")


def all_that_is_beside_it():
    """What files and the cache hold, unpacked."""
    for path in (path for path in VAR.rglob("*") if path.is_file()):
        with suppress(FileNotFoundError):  # another process may take its own away
            data = path.read_bytes()
            yield data.decode("latin-1")
            yield from unpacked(data)
    location = str(settings.CACHES["default"]["LOCATION"])
    if location.startswith("redis"):
        with Redis.from_url(location) as server:
            yield from (str(server.get(key)) for key in server.scan_iter())


def unpacked(data):
    """What a file of the cache holds, behind the instant until when it does."""
    _, found, rest = data.partition(b"\x78\x9c")
    with suppress(zlib.error):
        yield zlib.decompress(found + rest).decode("latin-1")


def plant(client, place, other, supporter, clock):
    """Type the word wherever words can be typed, so that it is kept, comes late, or is refused."""
    plant_for_oneself(client, place)
    plant_with_support(client, place.person, supporter)
    rename_other(membership=place, name=PLANTED)
    factories.feed(of=place.person)
    client.post(reverse("accounts:rename_feed"), {"title": PLANTED})
    factories.letter(by=place, body=f"{PLANTED}, a draft", hold=False)
    sent = {"key": uuid4(), "version": 0}
    begin, write = (
        reverse(f"conversations:{name}", args=[place.pair_id]) for name in ("begin_draft", "write")
    )
    client.post(begin, {"body": f"{PLANTED}, while it is typed", **sent}, headers=HTMX)
    client.post(write, {"body": PLANTED * 6000, "hold": 1, **sent})
    Client().post(write, {"body": f"{PLANTED}, signed out"})
    factories.allow(by=(place, other))
    checkins.give_own(by=place, said=factories.more(by=place, way=More.LONGER, safe=3))
    factories.agree(by=place, other=other, clock=clock)
    factories.letter(by=other, body=f"{PLANTED}, held and then released")
    window = factories.open_next(pair=place.pair, clock=clock)
    say = reverse("conversations:say", args=[place.pair_id, window.pk])
    client.post(say, {"body": f"{PLANTED}, said", "key": uuid4()})
    client.post(say, {"body": PLANTED * 300, "key": uuid4()})
    clock.go_to(window.closes_at)
    client.post(say, {"body": f"{PLANTED}, too late", "key": uuid4()}, headers=HTMX)


def plant_for_oneself(client, place):
    """In check-ins and reflections."""
    own = reverse("checkins:give_own", args=[place.pair_id])
    write = reverse("checkins:write_reflection")
    for words in (f"{PLANTED}, felt", PLANTED * 2000):
        client.post(own, {"key": uuid4(), "answer": "same", "safe": 3, "body": words})
        client.post(write, {"key": uuid4(), "question": "hope", "body": words, "version": 1})


def plant_with_support(client, person, supporter):
    """In what is asked of a supporter, and in the names that the two have for each other."""
    row = factories.support(of=person, by=supporter, request=f"{PLANTED}, asked")
    change, invite = reverse("accounts:change_support", args=[row.pk]), "accounts:invite_supporter"
    rename = reverse("accounts:rename_supported", args=[row.pk])
    theirs = Client()
    theirs.force_login(supporter)
    for name, words in ((PLANTED, f"{PLANTED}, asked otherwise"), (PLANTED * 9, PLANTED * 300)):
        typed = {"name": name, "body": words, "may_pause": True}
        client.post(change, {"name": name, "body": words})
        client.post(change, typed)  # which is to be proved first, and never is
        client.post(reverse(invite), {**typed, "ends_on": "2026-12-24", "seed": "a seed"})
        theirs.post(rename, {"name": name})


def sealed_fields():
    """Every sealed field that there is, with its model."""
    return [
        (model, field.name)
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, SealedTextField)
    ]


def filled():
    """Those of which some row holds words that open, with whether the planted one is in them."""
    words = {
        f"{model.__name__}.{name}": [getattr(row, name) or "" for row in model.objects.all()]
        for model, name in sealed_fields()
    }
    return {
        field: any(PLANTED in each for each in found)
        for field, found in words.items()
        if any(found)
    }


IS_NO_WORD = {"CheckIn.safe", "CheckIn.answer", "CheckIn.way"}
"""Sealed, and a number from one to five, or one of a few words of our own."""


def test_no_planted_word_is_kept_anywhere(
    ana_client, ana_place, ben_place, outsider, clock, caplog, settings
):
    with caplog.at_level(logging.DEBUG):
        plant(ana_client, ana_place, ben_place, outsider, clock)
    # A new sealed field is planted in, too.
    assert filled() == {
        f"{model.__name__}.{name}": f"{model.__name__}.{name}" not in IS_NO_WORD
        for model, name in sealed_fields()
    }
    places = {
        "database": lambda: list(all_that_the_database_holds()),
        "beside it": lambda: list(all_that_is_beside_it()),
        "log": lambda: [caplog.text],
    }
    for where, held in places.items():
        assert [each[:200] for each in held() if PLANTED in each] == [], where
    assert {letter.body.partition(",")[2] for letter in Letter.objects.all()} == {
        *(" a draft", " while it is typed", " held and then released", " too late")
    }
    assert [message.body for message in Message.objects.all()] == [f"{PLANTED}, said"]
    assert [feed.title for feed in Feed.objects.all()] == [PLANTED]
    # Also unsealed, no session holds any.
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    assert not any(PLANTED in each for each in sessions)
    mark_all(ana_client)
    assert not any(MARK in each for each in all_that_the_database_holds())
    # Or it would look in the wrong places.
    settings.SESSION_SERIALIZER = "django.core.signing.JSONSerializer"
    mark_all(ana_client)
    for where, held in places.items():
        assert any(MARK in each for each in held()), where
    assert any(ana_place.person.email in each for each in all_that_the_database_holds())


def mark_all(client):
    """Leave another word in a session, in the cache and in the log."""
    session = client.session
    session["word"] = MARK
    session.save()
    cache.set("word", MARK)
    logging.getLogger("accounts").error(MARK)


def test_every_text_of_people_is_sealed():
    """A new field in which words could be is sealed, or stands here as one that holds none."""
    addresses_and_zones = {
        *("Person.email", "Person.undelivered_to", "Person.time_zone", "EmailAddress.email"),
    }
    codes_of_ours = {
        *("RecordEntry.act", "SetAside.reason", "Heartbeat.name", "Agreement.zone_data"),
        *("Group.name", "Permission.name", "Permission.codename"),
        *("ContentType.app_label", "ContentType.model"),
    }
    made_by_chance_or_computed = {
        *("Person.password", "Person.wrapped_key", "Pair.wrapped_key", "Pair.record_head"),
        *("Invitation.code_digest", "Feed.token_digest", "EmailConfirmation.key"),
        *("Session.session_key", "Session.session_data"),
        *(f"{model}.digest" for model in ("Agreement", "Proposal", "Consent", "RecordEntry")),
        *("RecordEntry.previous", "RecordEntry.hash"),
    }
    # Their form is that of terms, limits and answers, and holds no words.
    values = {"Agreement.terms", "Proposal.terms", "PersonalLimits.value", "Window.answers"}
    expected = addresses_and_zones | codes_of_ours | made_by_chance_or_computed | values
    assert texts(apps.get_models()) == expected


HOLD_NO_WORDS = {
    *("AutoField", "BigAutoField", "UUIDField", "BooleanField", "DateTimeField", "TimeField"),
    *("SmallIntegerField", "PositiveSmallIntegerField", "PositiveIntegerField", "DateField"),
    *("IntegerField", "BigIntegerField", "ForeignKey", "OneToOneField"),
}


def texts(models):
    """Every field that could hold words and is not sealed: of whatever kind, unless of these."""
    return {
        f"{model.__name__}.{field.name}"
        for model in models
        for field in model._meta.fields
        if field.get_internal_type() not in HOLD_NO_WORDS and not field.choices
        if not isinstance(field, SealedTextField)
    }


@isolate_apps("accounts")
def test_words_that_are_not_sealed_are_caught():
    class Note(models.Model):
        plain = models.CharField(max_length=60)
        address = models.URLField()
        listed = models.JSONField()
        sealed = SealedTextField(owner="person")

        class Meta:
            app_label = "accounts"

        def __str__(self):
            return "a note"

    assert texts([Note]) == {"Note.plain", "Note.address", "Note.listed"}


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
