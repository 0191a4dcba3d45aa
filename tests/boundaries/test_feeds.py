"""What a calendar shows, after whatever happens; and how the answer is made."""

from datetime import UTC, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.actions import create_code, rename_feed, use_code
from accounts.models import Feed, Pair
from accounts.queries import other_membership
from boundaries import actions
from boundaries.models import Window
from boundaries.queries import coming_windows, load_situation
from boundaries.rules.terms import NO_CONTACT
from boundaries.rules.windows import State
from conversations import actions as conversations
from tests import beginnings, calendars, factories, zones
from tests.beginnings import beginning
from tests.calendars import cancelled, coming, fetch, subscribed
from tests.cases import shared

pytestmark = [pytest.mark.django_db, pytest.mark.once]

HOUR = timedelta(hours=1)


BEGINNINGS = {"agreement": beginnings.agree_to_all}

agreement = beginning("agreement")


@pytest.fixture
def token(ana):
    return factories.feed(of=ana)


@pytest.fixture
def bens(ben):
    return factories.feed(of=ben)


def planned(pair, clock):
    rows = Window.objects.filter(pair=pair, state=State.PLANNED).order_by("opens_at")
    rows = rows.filter(closes_at__gt=clock.at)
    return [(each.opens_at, each.closes_at) for each in rows]


def sweep():
    actions.sweep()
    conversations.sweep()


# --- What it shows ---------------------------------------------------------------------------


def test_without_an_agreement_it_is_an_empty_calendar(token, pair):
    assert subscribed(token) == []


def test_it_shows_the_conversations_of_the_pages_and_the_chosen_title(
    agreement, ana, pair, token, clock
):
    rename_feed(by=ana, title="Piano")
    found = subscribed(token)
    assert len(found) == 6
    assert [(each.opens_at, each.closes_at) for each in found] == planned(pair, clock)
    assert {each.title for each in found} == {"Piano"}
    assert {each.status for each in found} == {"CONFIRMED"}
    assert len({each.uid for each in found}) == 6


def test_times_are_in_utc_and_lengths_exact(agreement, token):
    for each in subscribed(token):
        assert each.opens_at.utcoffset() == timedelta(0)
        assert each.closes_at - each.opens_at == timedelta(minutes=45)
    text = fetch(token).content
    assert b"TZID" not in text
    assert b"VTIMEZONE" not in text


def test_it_names_nobody_and_nothing(agreement, ana, ana_place, ben, pair, token):
    factories.letter(by=ana_place, body="Rhabarber")
    text = fetch(token).content.decode()
    for secret in (ana.email, ben.email, "Rhabarber", "epair", "the other person", token):
        assert secret not in text
    rows = [pair.pk, agreement.pk, *(each.pk for each in Window.objects.all())]
    for key in [ana.pk, ben.pk, *rows, Feed.objects.get().pk]:
        assert str(key) not in text
        assert key.hex not in text
    names = {line.partition(":")[0].partition(";")[0] for line in text.split("\r\n")}
    assert names == {
        "BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME",
        "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY",
        "SEQUENCE", "STATUS", "CLASS", "TRANSP", "",
    }  # fmt: skip


def test_the_only_other_instant_in_it_is_that_of_the_look(agreement, token, clock):
    clock.move(hours=7, seconds=11)
    text = fetch(token).content.decode()
    stamps = {line for line in text.split("\r\n") if line.startswith("DTSTAMP")}
    assert stamps == {f"DTSTAMP:{clock.at:%Y%m%dT%H%M%SZ}"}
    clock.move(hours=1)
    later = fetch(token).content.decode()
    assert later == text.replace(stamps.pop(), f"DTSTAMP:{clock.at:%Y%m%dT%H%M%SZ}")


def test_all_pairs_of_a_person_are_in_one_and_nobody_can_tell_which_is_which(
    agreement, ana, pair, token, make_person, clock
):
    dora = use_code(by=make_person("dora"), code=create_code(by=ana))
    here = other_membership(dora)
    factories.allow(by=(dora, here))
    factories.agree(by=dora, other=here, clock=clock, rhythm=factories.nth(nth=2))
    times = sorted(planned(pair, clock) + planned(here.pair, clock))
    assert len(times) == 11
    assert coming(token) == times
    assert cancelled(token) == []


def test_of_two_pairs_at_the_same_time_both_are_there(
    agreement, ana, pair, token, make_person, clock
):
    dora = use_code(by=make_person("dora"), code=create_code(by=ana))
    here = other_membership(dora)
    factories.allow(by=(dora, here))
    factories.agree(by=dora, other=here, clock=clock)
    assert len(set(planned(pair, clock)) & set(planned(here.pair, clock))) == 5
    assert len(coming(token)) == len({each.uid for each in subscribed(token)}) == 11


def test_nobody_else_s_conversations_are_in_it(agreement, outsider, elsewhere, clock):
    token = factories.feed(of=outsider)
    assert subscribed(token) == []


def test_two_feeds_cannot_be_laid_side_by_side_nor_an_old_and_a_new_one(
    agreement, ana, token, bens
):
    before = {each.uid for each in subscribed(token)}
    again = {each.uid for each in subscribed(token)}
    assert before == again
    others = {each.uid for each in subscribed(bens)}
    new = {each.uid for each in subscribed(factories.feed(of=ana, seed="another"))}
    assert not before & others
    assert not before & new


# --- What falls away -------------------------------------------------------------------------


@pytest.fixture
def before(agreement, pair, bens):
    return subscribed(bens)


def allows_nothing(place):
    factories.allow(by=(place,), days_between=None, minutes=0, letters=0)


def takes_none(place):
    actions.take_less(by=place, terms=NO_CONTACT)


def pauses(place):
    actions.pause(by=place)


def pauses_and_lifts(place):
    actions.pause(by=place)
    actions.lift(by=place)


def parts(place):
    conversations.part(by=place)


ENDS = [pauses, pauses_and_lifts, allows_nothing, takes_none, parts]


@shared("end", ENDS)
@shared("by", ["ana_place", "ben_place"])
def test_r15_whatever_ended_it_a_calendar_reads_the_same(
    before, bens, pair, clock, request, end, by
):
    """Not one byte says what it was, whose it was, or when."""
    clock.move(hours=5)
    with factories.undone():
        actions.pause(by=request.getfixturevalue("ana_place"))
        expected = fetch(bens).content
    clock.move(hours=-2)
    end(request.getfixturevalue(by))
    clock.move(hours=2)
    assert fetch(bens).content == expected
    after = subscribed(bens)
    assert [each.uid for each in after] == [each.uid for each in before]
    assert {each.status for each in after} == {"CANCELLED"}
    for was, now in zip(before, after, strict=True):
        assert (now.opens_at, now.closes_at) == (was.opens_at, was.closes_at)
        assert now.sequence > was.sequence


def test_what_fell_away_is_gone_once_it_would_have_been_over(before, bens, ana_place, clock):
    actions.pause(by=ana_place)
    first = before[0]
    clock.go_to(first.closes_at - timedelta(seconds=1))
    assert len(cancelled(bens)) == 6
    clock.go_to(first.closes_at)
    assert len(cancelled(bens)) == 5
    clock.go_to(before[-1].closes_at)
    assert subscribed(bens) == []


def test_r24_a_skip_is_in_nobody_s_calendar_until_it_is_due(
    before, token, bens, ana_place, pair, clock
):
    """Not in one's own either: the other may have that phone."""
    window = factories.next_window(pair=pair)
    unskipped = [fetch(each).content for each in (token, bens)]
    actions.skip(by=ana_place, window_id=window.pk)
    assert [fetch(each).content for each in (token, bens)] == unskipped
    clock.go_to(window.opens_at)
    sweep()
    for each in (token, bens):
        assert cancelled(each) == [(window.opens_at, window.closes_at)]
        assert len(coming(each)) == 5
    clock.go_to(window.closes_at)
    assert cancelled(bens) == []


def test_r24_what_was_skipped_or_not_answered_reads_the_same(
    before, bens, ana_place, ben_place, pair, clock
):
    window = factories.next_window(pair=pair)
    texts = []
    for act in (
        lambda: actions.skip(by=ana_place, window_id=window.pk),
        lambda: factories.allow(by=(ana_place,), ask_before_each=True),
    ):
        with factories.undone():
            act()
            clock.go_to(window.opens_at)
            sweep()
            texts.append(fetch(bens).content)
        clock.go_to(clock.start)
    assert texts[0] == texts[1]
    assert texts[0].count(b"STATUS:CANCELLED") == 1


def test_while_it_is_open_it_is_there_and_then_it_is_over(before, bens, pair, clock):
    window = factories.open_next(pair=pair, clock=clock)
    assert coming(bens)[0] == (window.opens_at, window.closes_at)
    clock.go_to(window.closes_at)
    assert len(coming(bens)) == 5  # also while no worker has closed it
    sweep()
    assert len(subscribed(bens)) == 5


@shared("by", ["ana_place", "ben_place"])
def test_one_that_somebody_left_is_over_and_not_cancelled(before, bens, pair, clock, request, by):
    window = factories.open_next(pair=pair, clock=clock)
    actions.leave(by=request.getfixturevalue(by), window_id=window.pk)
    assert len(coming(bens)) == 5
    assert cancelled(bens) == []


def test_one_that_nobody_opened_is_there_until_its_end(before, bens, pair, clock):
    window = factories.next_window(pair=pair)
    clock.go_to(window.closes_at - timedelta(seconds=1))
    assert len(coming(bens)) == 6
    clock.go_to(window.closes_at)
    sweep()
    assert len(coming(bens)) == len(subscribed(bens)) == 5


def test_after_a_lapse_nothing_is_left(before, bens, pair, clock):
    for _ in range(6):
        factories.hold(pair=pair, clock=clock)
    sweep()
    assert load_situation(pair, clock.at).agreement is None
    assert subscribed(bens) == []


def test_a_lower_limit_shortens_what_is_there(before, bens, ana_place):
    factories.allow(by=(ana_place,), minutes=30)
    after = subscribed(bens)
    assert [each.uid for each in after] == [each.uid for each in before]
    for was, now in zip(before, after, strict=True):
        assert now.closes_at - now.opens_at == timedelta(minutes=30)
        assert now.status == "CONFIRMED"
        assert now.sequence > was.sequence


def test_a_rarer_rhythm_takes_some_of_them_away(before, bens, ana_place, pair, clock):
    factories.allow(by=(ana_place,), days_between=40)
    assert coming(bens) == planned(pair, clock)
    assert sorted(coming(bens) + cancelled(bens)) == [(e.opens_at, e.closes_at) for e in before]
    assert len(cancelled(bens)) == 3


def test_an_open_one_that_is_shortened_is_so_in_the_calendar(before, bens, pair, ana_place, clock):
    window = factories.open_next(pair=pair, clock=clock)
    factories.allow(by=(ana_place,), minutes=30)
    first = subscribed(bens)[0]
    assert (first.opens_at, first.closes_at) == (
        window.opens_at,
        window.opens_at + timedelta(minutes=30),
    )
    assert first.uid == before[0].uid
    assert first.sequence > before[0].sequence


def test_r6_a_renewal_changes_none_of_those_that_stay(
    before, bens, ana_place, ben_place, pair, clock
):
    factories.hold(pair=pair, clock=clock)
    left = {each.uid: each for each in subscribed(bens)}
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    after = {each.uid: each for each in subscribed(bens)}
    assert left.keys() < after.keys()
    assert coming(bens) == planned(pair, clock)
    assert cancelled(bens) == []
    assert all(after[uid].sequence > left[uid].sequence for uid in left)


def test_what_is_agreed_again_at_the_same_time_comes_back(
    before, bens, ana_place, ben_place, pair, clock
):
    actions.pause(by=ana_place)
    gone = subscribed(bens)
    actions.lift(by=ana_place)
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    back = {each.uid: each for each in subscribed(bens)}
    assert {each.status for each in back.values()} == {"CONFIRMED"}
    shared = [each for each in gone if each.uid in back]
    assert len(shared) == 5  # the first one's time has passed
    assert all(back[each.uid].sequence > each.sequence for each in shared)


def test_one_that_zone_data_move_is_the_same_one(before, bens, pair, tmp_path):
    with zones.other(folder=tmp_path, version="2099a", Berlin="CEST-2"):
        sweep()
        after = subscribed(bens)
    assert [each.uid for each in after] == [each.uid for each in before]
    assert [was.opens_at - now.opens_at for was, now in zip(before, after, strict=True)] == [
        HOUR
    ] * 5 + [timedelta(0)]
    assert all(now.sequence > was.sequence for was, now in zip(before, after, strict=True))


def test_it_is_what_the_agreement_s_page_lists_whatever_happens(
    before, bens, ana_place, ben_place, pair, clock
):
    def pages():
        situation = load_situation(Pair.objects.get(pk=pair.pk), clock.at)
        spans = [each.span for each in coming_windows(situation, clock.at)]
        return [(span.opens_at, span.closes_at) for span in spans]

    for act in (
        lambda: factories.allow(by=(ana_place,), minutes=30),
        lambda: factories.open_next(pair=pair, clock=clock),
        lambda: clock.move(minutes=10),
        lambda: clock.move(minutes=30),
        lambda: actions.pause(by=ben_place),
    ):
        assert coming(bens) == pages() != []
        act()
    assert coming(bens) == pages() == []


def test_a_due_one_whose_agreement_ended_is_not_there_any_more(before, bens, ana_place, clock):
    """A pause comes between its instant and the sweep."""
    clock.go_to(before[0].opens_at)
    actions.pause(by=ana_place)
    texts = [fetch(bens).content]
    assert len(cancelled(bens)) == 6
    sweep()
    assert fetch(bens).content == texts[0]


# --- The answer ------------------------------------------------------------------------------


def test_the_answer_is_a_calendar_that_is_kept_and_found_nowhere(agreement, token):
    answer = fetch(token)
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert {"private", "no-store"} <= set(answer["Cache-Control"].split(", "))
    assert answer["X-Robots-Tag"] == "noindex, nofollow"
    assert not {"ETag", "Last-Modified", "Expires"} & set(answer.headers)
    assert not answer.cookies


def test_head_is_the_same_without_the_calendar(agreement, token):
    answer = Client().head(calendars.path_of(token))
    whole = fetch(token)
    assert answer.status_code == 200
    assert answer.content == b""
    assert answer["Content-Type"] == whole["Content-Type"]
    assert int(answer["Content-Length"]) == len(whole.content)


@shared("method", ["post", "put", "patch", "delete"])
def test_nothing_else_is_answered(token, method):
    assert getattr(Client(), method)(calendars.path_of(token)).status_code == 405


def test_it_does_not_matter_who_asks_and_no_session_is_touched(
    agreement, token, ana_client, outsider_client
):
    sessions = list(Session.objects.order_by("pk").values())
    for client in (ana_client, outsider_client):
        answer = client.get(calendars.path_of(token))
        assert answer.content == fetch(token).content
        assert not answer.cookies
    assert list(Session.objects.order_by("pk").values()) == sessions


@shared(
    "wrong",
    ["", "x", "0" * 64, "0" * 63, "0" * 65, "G" * 64, "0" * 64 + "%0a", "../" * 5, "%00", "é"],
)
def test_a_guessed_address_is_no_page_like_any_other(agreement, token, wrong):
    answer = Client().get(calendars.path_of(wrong))
    nowhere = Client().get("/feeds/")
    assert answer.status_code == nowhere.status_code == 404
    assert b"There is no page here" in answer.content
    assert sorted(answer.headers) == sorted(nowhere.headers)
    assert len(answer.content) == len(nowhere.content)


def test_it_asks_as_often_with_much_behind_it(agreement, ana_place, ben_place, token, clock):
    def count():
        with CaptureQueriesContext(connection) as queries:
            fetch(token)
        return len(queries)

    little = count()
    for _ in range(4):
        actions.pause(by=ana_place)
        actions.lift(by=ana_place)
        factories.agree(by=ana_place, other=ben_place, clock=clock)
    assert Window.objects.count() >= 25
    assert count() == little == 7


def test_a_title_is_read_once_and_changes_no_times(agreement, ana, token):
    before = [(each.uid, each.opens_at, each.sequence) for each in subscribed(token)]
    rename_feed(by=ana, title="Piano")
    after = [(each.uid, each.opens_at, each.sequence) for each in subscribed(token)]
    assert before == after
    assert all(each.opens_at.tzinfo is not None for each in subscribed(token))
    assert subscribed(token)[0].opens_at.astimezone(UTC) == before[0][1]
