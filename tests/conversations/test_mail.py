"""R28: what becomes of notices at a real mail server that takes them, refuses, or is ill."""

import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.models import Person
from conversations import actions
from conversations.actions.notices import GAPS
from conversations.models import Notice
from repair.logs import Wordless
from tests import beginnings, factories, mailserver
from tests.beginnings import Begun, beginning
from tests.cases import shared

pytestmark = [pytest.mark.django_db, pytest.mark.once]

REFUSED = "550 5.1.1 no such mailbox: ana@example.org"
NOT_NOW = "451 4.3.0 later"


def let_come(begun: Begun) -> None:
    """Ana is to be told that something came, for as long as she likes."""
    beginnings.agree_to_all(begun)
    factories.ask_for_notices(by=begun.ana_place, only=["wants_notice_on_arrival"])
    factories.letter(by=begun.ben_place)
    begun.clock.go_to(factories.next_window(pair=begun.pair).opens_at)
    actions.open_and_release([begun.pair.pk])
    begun.due = Notice.objects.get()


BEGINNINGS = {"due": let_come}

due = beginning("due")


@pytest.fixture
def office(settings):
    with mailserver.open_office(settings) as found:
        yield found


def send(notice):
    actions.send_notices()
    notice.refresh_from_db()
    return notice.end, notice.fault, notice.attempts


def test_r28_it_goes_once_with_neutral_words_and_a_link_without_a_token(due, office, settings):
    assert send(due) == ("sent", "", 0)
    assert send(due) == ("sent", "", 0)
    ((address, words),) = office.came
    assert address == "ana@example.org"
    assert "Auto-Submitted: auto-generated" in words
    assert f"{settings.REPAIR_URL}\r\n" in words
    for word in ("ben", "letter", "proposal", "conversation", "arrived", "decide", "token"):
        assert word not in words.lower()


@pytest.mark.parametrize(("says", "fault"), [(REFUSED, "address_refused"), (NOT_NOW, "not_now")])
def test_r28_a_refused_address_is_tried_again_with_growing_gaps_and_given_up(
    due, office, clock, says, fault
):
    office.to_address = says
    for attempt, gap in enumerate(GAPS, start=1):
        assert send(due) == ("", fault, attempt)
        assert due.next_try_at == clock.at + gap
        clock.move(seconds=gap.total_seconds() - 1)
        send(due)
        assert len(office.tried) == attempt
        clock.move(seconds=1)
    assert send(due) == ("failed", fault, 6)
    assert list(GAPS) == sorted(set(GAPS))
    clock.move(days=3)
    send(due)
    assert len(office.tried) == 6
    assert office.came == []


@pytest.mark.parametrize(
    ("says", "fault"), [("554 5.7.1 not such mail", "refused"), (NOT_NOW, "not_now")]
)
def test_r28_a_refused_mail_was_not_sent_and_is_tried_again(due, office, clock, says, fault):
    office.to_words = says
    assert send(due) == ("", fault, 1)
    office.to_words = "250 OK"
    clock.move(minutes=1)
    assert send(due) == ("sent", "", 1)
    assert len(office.came) == 1


def test_r28_where_nobody_listens_it_is_tried_again(due, clock, settings):
    mailserver.use(settings, mailserver.free_port())
    assert send(due) == ("", "unreachable", 1)
    with mailserver.open_office(settings) as office:
        clock.move(minutes=1)
        assert send(due) == ("sent", "", 1)
    assert len(office.came) == 1


@shared("word", ["EHLO", "MAIL", "RCPT"])
def test_r28_a_connection_that_ends_before_the_words_is_tried_again(due, settings, word):
    with mailserver.ill_office(settings, mailserver.hangs_up_at(word)) as lines:
        assert send(due) == ("", "unreachable", 1)
    assert not any(line.upper() == "DATA" for line in lines)


@shared("word", ["DATA", "."])
def test_r28_a_connection_that_ends_with_the_words_on_their_way_is_not_tried_again(
    due, settings, clock, word
):
    """It may have arrived."""
    with mailserver.ill_office(settings, mailserver.hangs_up_at(word)) as lines:
        assert send(due) == ("failed", "lost", 0)
        clock.move(days=1)
        assert send(due) == ("failed", "lost", 0)
    assert len([line for line in lines if line.upper() == "DATA"]) == 1


@shared(("word", "end"), [("MAIL", ("", "unreachable", 1)), (".", ("failed", "lost", 0))])
def test_r13_a_server_that_never_comes_to_an_end_holds_nobody_up_for_longer_than_its_time(
    due, settings, word, end
):
    """A socket's own timeout begins anew with each sign that comes."""
    with mailserver.ill_office(settings, mailserver.drips_at(word)):
        settings.EMAIL_TIMEOUT = 1
        begun = time.monotonic()
        assert send(due) == end
        assert 0.9 < time.monotonic() - begun < 2.5


def test_r7_a_server_that_is_away_is_asked_once_in_a_sweep(due, settings, clock, monkeypatch):
    asked = []
    monkeypatch.setattr("conversations.mail.Smtp.open", lambda self: asked.append(self) or fail())
    settings.EMAIL_BACKEND = "conversations.mail.Smtp"
    pairs = factories.many(count=3, opens_at=clock.at, letters=1)
    Person.objects.update(wants_notice_on_opening=True, quiet_from="09:00")
    actions.open_and_release([pair.pk for pair in pairs])
    actions.send_notices()
    assert Notice.objects.filter(fault="unreachable", attempts=1).count() == 7
    assert len(asked) == 1


def fail():
    raise ConnectionRefusedError


def test_r28_one_connection_is_enough_for_a_sweep(due, settings, clock, office):
    """And a refusal in between does not spoil it for the others."""
    pairs = factories.many(count=3, opens_at=clock.at)
    Person.objects.update(wants_notice_on_opening=True, quiet_from="09:00")
    actions.open_and_release([pair.pk for pair in pairs])
    actions.send_notices()
    assert len(office.came) == 7
    assert len({address for address, _ in office.came}) == 7


def test_r13_a_sweep_that_has_sent_for_long_leaves_the_rest_to_the_next(
    due, clock, office, monkeypatch
):
    """Each mail takes two seconds here, and a sweep begins none after five."""
    two_each = SimpleNamespace(monotonic=lambda: 2.0 * len(office.came))
    monkeypatch.setattr("conversations.mail.time", two_each)
    pairs = factories.many(count=3, opens_at=clock.at)
    Person.objects.update(wants_notice_on_opening=True, quiet_from="09:00")
    actions.open_and_release([pair.pk for pair in pairs])
    for so_far in (3, 6, 7, 7):
        actions.send_notices()
        assert len(office.came) == so_far
        assert Notice.objects.filter(end="sent").count() == so_far
    assert len({address for address, _ in office.came}) == 7
    assert not Notice.objects.exclude(end="sent").exists()


def test_the_log_says_no_address_and_no_words(due, office, caplog):
    office.to_address = REFUSED
    send(due)
    ours = [each for each in caplog.records if each.name.startswith("conversations")]
    lines = [Wordless().format(record) for record in ours]
    assert any("SMTPRecipientsRefused" in line for line in lines)
    assert not any("example.org" in line for line in lines)


# --- What settings show -----------------------------------------------------------------------

SETTINGS = "/settings/"
NOTE = "could not be delivered"


def text(client):
    return client.get(SETTINGS).content.decode()


def test_r28_settings_say_that_mails_do_not_arrive_and_since_when(
    due, office, ana_client, ben_client, clock
):
    assert NOTE not in text(ana_client)
    office.to_address = REFUSED
    send(due)
    page = text(ana_client)
    assert f"{NOTE} to ana@example.org" in page
    assert "It was last tried on 7 November 2026, 18:00." in page  # in Berlin
    assert "mailbox" not in page
    assert NOTE not in text(ben_client)


def test_r28_settings_say_so_too_where_it_may_have_gone(due, settings, ana_client, ben_client):
    with mailserver.ill_office(settings, mailserver.hangs_up_at(".")):
        assert send(due) == ("failed", "lost", 0)
    page = text(ana_client)
    assert f"{NOTE} to ana@example.org, as far as we know" in page
    assert "It was last tried on 7 November 2026, 18:00." in page  # in Berlin
    assert NOTE not in text(ben_client)


def test_r28_the_note_goes_with_the_next_that_arrives(due, office, ana_client, clock):
    office.to_address = REFUSED
    send(due)
    office.to_address = "250 OK"
    clock.move(minutes=1)
    assert send(due) == ("sent", "", 1)
    assert NOTE not in text(ana_client)


def test_r28_the_note_can_be_dismissed_and_goes_with_another_address(
    due, office, ana, ana_client, ben_client, clock
):
    office.to_address = REFUSED
    send(due)
    dismiss = reverse("accounts:dismiss_undelivered")
    ben_client.post(dismiss)
    assert NOTE in text(ana_client)
    for _ in range(2):
        assert ana_client.post(dismiss).url == SETTINGS
        assert NOTE not in text(ana_client)
    clock.move(minutes=1)
    send(due)
    assert NOTE in text(ana_client)
    Person.objects.filter(pk=ana.pk).update(email="elsewhere@example.org")
    assert NOTE not in text(ana_client)


def test_r28_what_is_no_longer_so_is_not_tried_again(due, office, ana_place, clock):
    office.to_address = NOT_NOW
    send(due)
    envelope = due.window.envelopes.get(recipient=ana_place.person)
    actions.open_envelope(by=ana_place, envelope_id=envelope.pk)
    clock.move(minutes=1)
    assert send(due)[0] == "cancelled"
    assert len(office.tried) == 1


def test_r28_a_try_that_comes_due_at_night_waits_for_the_morning(due, office, ana, clock):
    office.to_address = NOT_NOW
    send(due)
    evening = clock.at + timedelta(minutes=1)
    Person.objects.filter(pk=ana.pk).update(quiet_from="18:00", quiet_until="09:00")
    clock.go_to(evening)
    assert send(due) == ("", "not_now", 1)
    assert due.next_try_at == evening.replace(hour=8, minute=0) + timedelta(days=1)
