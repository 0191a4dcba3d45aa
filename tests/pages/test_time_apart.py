"""The pages of a time apart: from a suggestion to the question on its day, and to a proposal."""

import re
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.urls import reverse

from accounts.models import Person
from boundaries import actions
from boundaries.models import LetBe, TimeApart
from boundaries.queries import agreement_in_force
from boundaries.rules.phrases import Phrase
from boundaries.words import PHRASES
from conversations import actions as conversations
from conversations.models import Letter, Notice
from tests import factories, seen
from tests.pages.filled import TYPED

# What a page says is decided alike on every database.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

SUGGEST = "Suggest this day"
YES = "Yes, until this day"
STANDS = "You both chose a time apart, until"
MEANT = "The day has come once it has begun everywhere on earth"
QUESTION = "What would be right for you now?"


@pytest.fixture
def to(pair):
    return lambda name, *keys: reverse(name, args=[pair.pk, *keys])


@pytest.fixture
def day(clock) -> date:
    return clock.at.date() + timedelta(days=90)


def has_button(visitor, words) -> bool:
    return any(button.text == words for form in visitor.page.forms for button in form.buttons)


def in_words(day: date) -> str:
    return f"{day:%-d %B %Y}"


def sweep() -> None:
    actions.sweep()
    conversations.sweep()
    conversations.send_notices()


@pytest.mark.long
def test_r6_from_the_first_suggestion_to_both_proposing_again(
    at_ana, at_ben, to, past, pair, ana_place, clock
):
    """One suggests, the other says yes, all ends; the day comes, nothing opens, each is asked."""
    waits = factories.letter(by=ana_place, body="It can wait.")
    day = clock.at.date() + timedelta(days=90)
    at_ana.open("/")
    at_ana.follow("A time apart")
    at_ana.press(SUGGEST, day=day.isoformat())
    assert "Your suggestion is made." in at_ana.text
    at_ben.open("/")
    at_ben.follow("Suggested to you: until " + in_words(day))
    assert "You owe nobody an answer." in at_ben.text
    assert agreement_in_force(pair) is not None
    at_ben.press(YES)
    assert agreement_in_force(pair) is None
    for each in (at_ana, at_ben):
        each.open(to("conversations:pair"))
        assert f"{STANDS} {in_words(day)}." in each.text
        assert "No conversation is scheduled." in each.text
        assert "Propose a conversation" not in each.text
    apart = TimeApart.objects.get()
    while clock.at < apart.ends_at + timedelta(days=40):
        clock.move(days=3)
        sweep()
    assert agreement_in_force(pair) is None
    assert Letter.objects.get(pk=waits.pk).state == "held"
    for each in (at_ana, at_ben):
        each.open("/")
        assert QUESTION in each.text
        assert "No conversation is scheduled." in each.text
    at_ana.press("Nothing for now")
    assert QUESTION not in at_ana.text
    at_ben.open("/")
    assert QUESTION in at_ben.text
    at_ben.follow("Propose a conversation")
    at_ben.press("See what this means", **TYPED)
    at_ben.press("Propose this")
    at_ben.prove()
    at_ana.open("/")
    at_ana.follow("Proposed to you")
    at_ana.press("Yes, to exactly this")
    at_ana.prove()
    clock.move(days=3)
    sweep()
    assert agreement_in_force(pair) is not None
    for each in (at_ana, at_ben):
        each.open("/")
        assert QUESTION not in each.text
        assert "Your next conversation" in each.text


def test_while_it_stands_the_pages_say_why_nothing_can_be_proposed(
    at_ana, to, past, ana_place, ben_place
):
    factories.apart(by=ana_place, other=ben_place)
    at_ana.open(to("boundaries:propose"))
    assert "You both chose a time apart. Until its day has come" in at_ana.text
    at_ana.press("See what this means", **TYPED)
    assert "You both chose a time apart. Until its day has come" in at_ana.text
    at_ana.open(to("boundaries:suggest_time_apart"))
    assert "You both chose a time apart. Until its day has come" in at_ana.text
    assert not has_button(at_ana, SUGGEST)
    at_ana.press("Pause")
    assert "You have paused" in at_ana.text
    assert STANDS in at_ana.text


def test_no_day_is_counted(at_ana, at_ben, to, past, ana_place, ben_place, clock):
    """The page of the second day is that of the fortieth."""
    factories.apart(by=ana_place, other=ben_place, days=100)
    pages = []
    for _ in range(2):
        clock.move(days=35)
        at_ben.open("/")
        pages.append(at_ben.text)
    assert pages[0] == pages[1]


@pytest.mark.parametrize(
    "typed", ["", "soon", "2026-13-01", "3.3.2027", "0001-01-01", "9999-12-31", "\x00", "9" * 400]
)
def test_what_is_no_day_is_said_plainly_and_what_was_chosen_is_kept(at_ana, to, pair, clock, typed):
    before = seen.everything(in_=pair)
    at_ana.send(to("boundaries:suggest_time_apart"), day=typed, phrase="care")
    assert at_ana.status == 200
    assert "Please choose a day from " in at_ana.text
    assert at_ana.filled(SUGGEST)["phrase"] == ["care"]
    assert seen.everything(in_=pair) == before


@pytest.mark.parametrize("days", [6, 732])
def test_a_day_too_near_or_too_far_is_refused(at_ana, to, pair, clock, days):
    typed = (clock.at.date() + timedelta(days=days)).isoformat()
    at_ana.open(to("boundaries:suggest_time_apart"))
    at_ana.press(SUGGEST, day=typed)
    assert "Please choose a day from " in at_ana.text
    assert at_ana.filled(SUGGEST)["day"] == [typed]
    assert not TimeApart.objects.exists()


def test_words_that_are_none_of_ours_are_not_passed_on(at_ana, to, pair, day):
    at_ana.send(to("boundaries:suggest_time_apart"), day=day.isoformat(), phrase="Hello, it is me")
    assert not TimeApart.objects.exclude(phrase_of_author="").exists()


def test_r15_a_yes_to_ones_own_suggestion_does_not_tell_that_the_other_paused(
    at_ben, to, ana_place, ben_place
):
    own = factories.suggest(by=ben_place)
    told = set()
    for pause in (lambda: None, lambda: actions.pause(by=ana_place)):
        pause()
        at_ben.send(to("boundaries:agree_to_time_apart", own.pk), digest="0" * 64)
        told.add((at_ben.status, at_ben.text))
    assert len(told) == 1


def test_a_no_from_an_old_page_after_ones_yes_reads_what_both_chose(
    at_ben, to, ana_place, ben_place
):
    suggested = factories.suggest(by=ana_place)
    at_ben.open(to("boundaries:time_apart", suggested.pk))
    factories.choose(by=ben_place, time_apart=suggested)
    at_ben.press("No")
    assert "You both chose a time apart" in at_ben.text
    assert "You declined" not in at_ben.text


def test_r10_a_no_is_silent_and_a_doubled_one_is_answered_alike(
    at_ana, at_ben, to, ana_place, ben_place
):
    suggested = factories.suggest(by=ana_place)
    at_ana.open("/")
    before = at_ana.text
    for _ in range(2):
        at_ben.send(to("boundaries:decline_time_apart", suggested.pk))
        assert "You declined. The other is not told." in at_ben.text
    assert "Suggested to you" not in at_ben.text
    at_ana.open("/")
    assert at_ana.text == before
    at_ana.follow("Suggested by you")
    at_ana.press("Take it back")
    assert "You took it back." in at_ana.text
    at_ana.open(to("boundaries:time_apart", suggested.pk))
    assert "You took it back." in at_ana.text
    at_ana.open(to("boundaries:suggest_time_apart"))
    assert "You can suggest a time apart again 30 days after" in at_ana.text


def test_a_yes_of_an_old_page_is_none(at_ana, at_ben, to, past, pair, ana_place):
    """It was taken back meanwhile, and another day is suggested in its place."""
    suggested = factories.suggest(by=ana_place)
    at_ben.open(to("boundaries:time_apart", suggested.pk))
    old = at_ben.page
    actions.take_back_time_apart(by=ana_place, time_apart_id=suggested.pk)
    at_ben.press(YES)
    assert "Please look again" in at_ben.text
    at_ben.page = old
    assert agreement_in_force(pair) is not None


@pytest.mark.parametrize("digest", ["", "0" * 64, "\x00"])
def test_a_yes_to_another_day_than_the_page_shows_is_none(
    at_ben, to, past, pair, ana_place, digest
):
    suggested = factories.suggest(by=ana_place)
    at_ben.send(to("boundaries:agree_to_time_apart", suggested.pk), digest=digest)
    assert "What this page was about has changed." in at_ben.text
    assert agreement_in_force(pair) is not None


def test_a_yes_holds_whatever_words_are_sent_with_it(at_ben, to, past, pair, ana_place):
    suggested = factories.suggest(by=ana_place)
    digest = suggested.as_value().digest
    for _ in range(2):
        at_ben.send(
            to("boundaries:agree_to_time_apart", suggested.pk), digest=digest, phrase="x" * 9000
        )
        assert STANDS in at_ben.text
    assert agreement_in_force(pair) is None


def test_r10_who_receives_no_proposals_finds_nothing(at_ben, to, ana_place, ben_place):
    suggested = factories.suggest(by=ana_place)
    factories.allow(by=(ben_place,), receives_proposals=False)
    at_ben.open("/")
    assert "Suggested to you" not in at_ben.text
    at_ben.get(to("boundaries:time_apart", suggested.pk))
    assert at_ben.status == 404
    at_ben.send(to("boundaries:agree_to_time_apart", suggested.pk), digest="")
    assert at_ben.status == 404


def test_r15_words_are_shown_once_both_chose_it(at_ana, at_ben, to, day, ana_place, ben_place):
    factories.allow(by=(ana_place, ben_place))
    at_ana.open(to("boundaries:suggest_time_apart"))
    at_ana.press(SUGGEST, day=day.isoformat(), phrase="care")
    at_ben.open("/")
    at_ben.follow("Suggested to you")
    forms = [form for form in at_ben.page.forms if has_button(at_ben, YES)]
    assert forms
    assert "Left for you" not in at_ben.text
    at_ben.press(YES, phrase="good_time")
    assert f"Left for you: {PHRASES[Phrase.CARE]}" in " ".join(at_ben.text.split())
    at_ana.open("/")
    assert f"Left for you: {PHRASES[Phrase.GOOD_TIME]}" in " ".join(at_ana.text.split())
    factories.allow(by=(ben_place,), kind_words=False)
    at_ben.open("/")
    assert "Left for you" not in at_ben.text
    at_ben.press("Take these words back")
    assert "Nothing else has changed." in at_ben.text
    at_ana.open("/")
    assert "Left for you" not in at_ana.text
    assert STANDS in at_ana.text


@pytest.mark.parametrize("way", ["Look at my limits", "Propose a conversation", "Suggest another"])
def test_each_way_from_the_question_leads_somewhere(
    at_ana, to, past, ana_place, ben_place, clock, way
):
    clock.go_to(factories.apart(by=ana_place, other=ben_place).ends_at)
    at_ana.open("/")
    at_ana.follow(way)
    assert at_ana.status == 200
    assert not LetBe.objects.exists()


def test_before_its_day_there_is_nothing_to_answer(at_ana, to, past, ana_place, ben_place):
    apart = factories.apart(by=ana_place, other=ben_place)
    at_ana.send(to("boundaries:let_be", apart.pk))
    assert STANDS in at_ana.text
    assert not LetBe.objects.exists()


def test_r28_a_suggestion_is_told_the_next_morning_to_who_asked_for_it(
    past, ana_place, ben_place, clock
):
    for place in (ana_place, ben_place):
        factories.ask_for_notices(by=place, only=["wants_notice_to_decide"])
    suggested = factories.suggest(by=ana_place)
    conversations.look_for_matters()
    notice = Notice.objects.get(about=suggested.pk)
    assert notice.person_id == ben_place.person_id
    assert notice.next_try_at > clock.at
    actions.take_back_time_apart(by=ana_place, time_apart_id=suggested.pk)
    clock.go_to(notice.next_try_at)
    conversations.send_notices()
    notice.refresh_from_db()
    assert notice.end == "cancelled"


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Europe/Berlin", "Pacific/Pago_Pago"])
def test_when_it_is_over_does_not_tell_where_its_author_is(
    at_ana, ana, pair, agreement, clock, zone
):
    Person.objects.filter(pk=ana.pk).update(time_zone=zone)
    day = (clock.at + timedelta(days=40)).date()
    at_ana.open(reverse("boundaries:suggest_time_apart", args=[pair.pk]))
    at_ana.press("Suggest", day=day.isoformat())
    row = TimeApart.objects.get()
    assert (row.day, row.ends_at) == (day, datetime.combine(day, time(12), UTC))


@pytest.mark.long
def test_nor_does_any_byte_that_the_other_reads(
    at_ana, at_ben, to, past, ana, ben_place, clock, day
):
    """In whatever zone its author lives, from the suggestion to after the day.

    Each time that the day begins or ends somewhere, or it is over, is between two looks.
    """
    read = []
    for zone in ("Europe/Berlin", "Asia/Tokyo"):
        with factories.undone():
            Person.objects.filter(pk=ana.pk).update(time_zone=zone)
            read.append(list(_pages_around(day, at_ana, at_ben, to, ben_place, clock)))
    assert YES in read[0][0]
    assert (QUESTION in read[0][2], QUESTION in read[0][-2]) == (False, True)
    assert read[0] == read[1]


def _pages_around(day, at_ana, at_ben, to, ben_place, clock):
    begun = clock.at
    at_ana.send(to("boundaries:suggest_time_apart"), day=day.isoformat())
    row = TimeApart.objects.get()
    own = to("boundaries:time_apart", row.pk)
    yield _bytes_of(at_ben, own, row)
    factories.choose(by=ben_place, time_apart=row)
    for hours in (-24, -8, 0, 8, 12, 16, 23.5, 36):
        clock.go_to(datetime.combine(day, time(0), UTC) + timedelta(hours=hours))
        for path in own, to("conversations:pair"), to("boundaries:record"):
            yield _bytes_of(at_ben, path, row)
    clock.go_to(begun)


def _bytes_of(visitor, path, row) -> str:
    """A whole page, without what is random in it."""
    visitor.open(path)
    html = visitor.answer.content.decode().replace(str(row.pk), "its key")
    return re.sub(r'(nonce=|name="csrfmiddlewaretoken" value=)"[^"]+"', r"\1", html)


def test_which_day_is_meant_is_said_before_and_while_it_stands(
    at_ana, at_ben, to, past, ana_place, ben_place
):
    """In Tokyo the day counts from the evening on."""
    at_ana.open(to("boundaries:suggest_time_apart"))
    assert MEANT in at_ana.text
    row = factories.suggest(by=ana_place)
    at_ben.open(to("boundaries:time_apart", row.pk))
    assert MEANT in at_ben.text
    factories.choose(by=ben_place, time_apart=row)
    for each in at_ana, at_ben:
        each.open(to("conversations:pair"))
        assert MEANT in each.text


def test_r15_words_with_a_time_apart_can_be_turned_away_where_they_are_read(
    at_ben, past, ana_place, ben_place
):
    row = factories.suggest(by=ana_place, phrase=Phrase.CARE)
    factories.choose(by=ben_place, time_apart=row)
    at_ben.open("/")
    assert str(PHRASES[Phrase.CARE]) in at_ben.text
    at_ben.press("Show me no such words")
    assert str(PHRASES[Phrase.CARE]) not in at_ben.text


def test_r30_what_both_chose_is_in_what_has_been(at_ana, at_ben, to, past, ana_place, ben_place):
    """Both read from when and until when, and nobody what was only suggested."""
    factories.suggest(by=ana_place, days=30)
    row = factories.suggest(by=ben_place, days=60)
    for each in (at_ana, at_ben):
        each.open(to("boundaries:record"))
        assert "without contact" not in each.text
    factories.choose(by=ana_place, time_apart=row)
    row.refresh_from_db()
    for each in (at_ana, at_ben):
        each.open(to("boundaries:record"))
        said = f"From {in_words(row.agreed_at.date())} until {in_words(row.day)}"
        assert f"{said} A time apart, without contact" in each.text
