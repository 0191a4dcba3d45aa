"""What changes of clocks do to conversations: by half an hour, at midnight, by a whole day.

Instants are written out, so that nothing is compared with what it was computed with.
"""

from datetime import UTC, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.models import Window
from boundaries.queries import load_situation
from boundaries.rules import windows
from boundaries.rules.rhythm import MonthDay, Monthly, Weekly
from boundaries.rules.windows import Span, days_between, fits_hours, named, occurrences
from tests import factories
from tests.boundaries import oracle
from tests.boundaries.strategies import rhythms

no_database = pytest.mark.once

DAILY = Weekly(1, 0, frozenset(range(7)))
BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"
CAIRO, APIA = "Africa/Cairo", "Pacific/Apia"
BEIRUT, LORD_HOWE = "Asia/Beirut", "Australia/Lord_Howe"
SATURDAYS = Weekly(1, 0, frozenset({5}))


def at(shown):
    """An instant, as "2027-03-28 01:30" in UTC."""
    return datetime.fromisoformat(shown).replace(tzinfo=UTC)


def nights(zone, shown, *, after, count=3, rhythm=DAILY, minutes=90):
    """When the next conversations at that local time open, as text in UTC."""
    terms = factories.terms(rhythm=rhythm, at=time.fromisoformat(shown), zone=zone, minutes=minutes)
    spans = list(islice(occurrences(terms, after=at(after)), count))
    assert {span.closes_at - span.opens_at for span in spans} == {timedelta(minutes=minutes)}
    return [f"{span.opens_at:%m-%d %H:%M}" for span in spans]


@no_database
def test_one_first_saturday_in_two_zones_at_once_over_a_year():
    """Berlin goes back a week before New York and forward two weeks after it. What is agreed on in
    Berlin stays at six there, and in New York it is noon, but one o'clock in the weeks between.
    """
    terms = factories.terms(rhythm=factories.nth(), zone=BERLIN)
    in_berlin, in_new_york = [], []
    for span in islice(occurrences(terms, after=at("2026-09-01 00:00")), 12):
        in_berlin.append(span.opens_at.astimezone(ZoneInfo(BERLIN)).hour)
        in_new_york.append(span.opens_at.astimezone(ZoneInfo(NEW_YORK)).hour)
    assert in_berlin == [18] * 12
    assert in_new_york == [12] * 12  # no first Saturday lies in the weeks between
    weekly = factories.terms(rhythm=SATURDAYS, zone=BERLIN)
    spans = occurrences(weekly, after=at("2026-09-01 00:00"))
    odd = {
        f"{span.opens_at:%Y-%m-%d}": span.opens_at.astimezone(ZoneInfo(NEW_YORK)).hour
        for span in islice(spans, 52)
        if span.opens_at.astimezone(ZoneInfo(NEW_YORK)).hour != 12
    }
    assert odd == {"2026-10-31": 13, "2027-03-20": 13, "2027-03-27": 13}


@no_database
@pytest.mark.parametrize(
    ("there", "here", "opens"),
    [
        # 31 October 2026 is a last Saturday: only Berlin has changed.
        (BERLIN, NEW_YORK, {"2026-10-31": (18, 13)}),
        (NEW_YORK, BERLIN, {"2026-10-31": (18, 23)}),
        # 27 March 2027 is another: only New York has.
        (BERLIN, NEW_YORK, {"2027-03-27": (18, 13)}),
        (NEW_YORK, BERLIN, {"2027-03-27": (18, 23)}),
        (NEW_YORK, BERLIN, {"2026-11-28": (18, 0), "2027-04-24": (18, 0)}),
    ],
)
def test_a_last_saturday_between_the_two_changes(there, here, opens):
    terms = factories.terms(rhythm=factories.nth(nth=-1), zone=there)
    spans = islice(occurrences(terms, after=at("2026-09-01 00:00")), 12)
    hours = {
        f"{span.opens_at.astimezone(ZoneInfo(there)):%Y-%m-%d}": (
            span.opens_at.astimezone(ZoneInfo(there)).hour,
            span.opens_at.astimezone(ZoneInfo(here)).hour,
        )
        for span in spans
    }
    assert {day: hours[day] for day in opens} == opens


@no_database
@pytest.mark.parametrize(
    ("zone", "shown", "after", "instants"),
    [
        # A missing hour and a doubled one, in Berlin and, the year before, in New York.
        (BERLIN, "02:30", "2027-03-27 00:00", ["03-27 01:30", "03-28 01:30", "03-29 00:30"]),
        (BERLIN, "02:30", "2027-10-30 00:00", ["10-30 00:30", "10-31 00:30", "11-01 01:30"]),
        (NEW_YORK, "02:30", "2027-03-13 00:00", ["03-13 07:30", "03-14 07:30", "03-15 06:30"]),
        (NEW_YORK, "01:30", "2026-10-31 00:00", ["10-31 05:30", "11-01 05:30", "11-02 06:30"]),
        # Half an hour, on Lord Howe Island: 02:00 becomes 02:30, and 02:00 becomes 01:30.
        (LORD_HOWE, "02:15", "2026-10-02 00:00", ["10-02 15:45", "10-03 15:45", "10-04 15:15"]),
        (LORD_HOWE, "01:45", "2027-04-02 00:00", ["04-02 14:45", "04-03 14:45", "04-04 15:15"]),
        # At midnight: in Lebanon a day begins at one, and another has its last hour twice.
        (BEIRUT, "00:00", "2027-03-26 12:00", ["03-26 22:00", "03-27 22:00", "03-28 21:00"]),
        (BEIRUT, "00:30", "2027-03-26 12:00", ["03-26 22:30", "03-27 22:30", "03-28 21:30"]),
        (BEIRUT, "23:30", "2026-10-23 12:00", ["10-23 20:30", "10-24 20:30", "10-25 21:30"]),
        (BEIRUT, "00:00", "2026-10-23 12:00", ["10-23 21:00", "10-24 22:00", "10-25 22:00"]),
        # The same in Egypt, on a Friday in spring and a Thursday in autumn.
        (CAIRO, "00:15", "2027-04-28 12:00", ["04-28 22:15", "04-29 22:15", "04-30 21:15"]),
        (CAIRO, "23:30", "2026-10-28 12:00", ["10-28 20:30", "10-29 20:30", "10-30 21:30"]),
        # A day that is missing: Samoa went from 29 to 31 December 2011.
        (APIA, "18:00", "2011-12-29 12:00", ["12-30 04:00", "12-31 04:00", "01-01 04:00"]),
    ],
)  # fmt: skip
def test_each_night_has_one_conversation_at_the_right_instant(zone, shown, after, instants):
    assert nights(zone, shown, after=after) == instants


@no_database
def test_a_conversation_on_a_day_that_is_missing_is_a_day_later():
    """30 December 2011 was to be a Friday. The rule of a missing hour, for a missing day."""
    fridays = Weekly(1, 0, frozenset({4}))
    found = nights(APIA, "18:00", after="2011-12-20 00:00", rhythm=fridays)
    assert found == ["12-24 04:00", "12-31 04:00", "01-06 04:00"]
    thirtieth = Monthly(1, 0, frozenset({MonthDay(30)}))
    found = nights(APIA, "18:00", after="2011-11-20 00:00", rhythm=thirtieth)
    assert found == ["12-01 04:00", "12-31 04:00", "01-30 04:00"]


@no_database
@given(rhythms, st.sampled_from([time(0), time(9, 30), time(23, 50)]), st.integers(0, 40))
def test_where_a_day_is_missing_conversations_are_in_order_and_none_is_doubled(rhythm, shown, day):
    terms = factories.terms(rhythm=rhythm, at=shown, zone=APIA, minutes=720)
    after = at("2011-12-01 00:00") + timedelta(days=day)
    until = after + timedelta(days=60)
    found = [span for span in islice(occurrences(terms, after=after), 60) if span.opens_at < until]
    assert found == list(oracle.spans(terms, after, until))
    assert all(one.closes_at <= other.opens_at for one, other in pairwise(found))
    assert all(named(terms, span.opens_at) == span for span in found)


# --- How long one lasts --------------------------------------------------------------------------


@no_database
@pytest.mark.parametrize(
    ("zone", "shown", "first", "ends"),
    [
        (BERLIN, "01:30", "2027-03-28 00:30", "04:00"),
        (BERLIN, "02:30", "2027-03-28 01:30", "05:00"),
        (BERLIN, "01:30", "2027-10-30 23:30", "02:00"),
        (BERLIN, "02:30", "2027-10-31 00:30", "03:00"),
        (NEW_YORK, "01:00", "2027-03-14 06:00", "03:30"),
        (NEW_YORK, "00:45", "2026-11-01 04:45", "01:15"),
        (LORD_HOWE, "01:30", "2026-10-03 15:00", "03:30"),
        (LORD_HOWE, "01:15", "2027-04-03 14:15", "02:15"),
        (BEIRUT, "23:00", "2027-03-27 21:00", "01:30"),
        (BEIRUT, "23:00", "2026-10-24 20:00", "23:30"),
        (APIA, "23:00", "2011-12-30 09:00", "00:30"),
    ],
)
def test_ninety_minutes_are_ninety_minutes_across_each_change(zone, shown, first, ends):
    """What a clock on the wall then shows is an hour or half an hour off; that is as it should."""
    terms = factories.terms(rhythm=DAILY, at=time.fromisoformat(shown), zone=zone, minutes=90)
    (span,) = islice(occurrences(terms, after=at(first)), 1)
    assert (span.opens_at, span.closes_at) == (at(first), at(first) + timedelta(minutes=90))
    opens, closes = (
        one.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for one in (span.opens_at, span.closes_at)
    )
    assert f"{closes:%H:%M}" == ends
    on_the_wall = closes - datetime.combine(opens, terms.at)
    assert on_the_wall != timedelta(minutes=90), "or no clock changed here"


@no_database
def test_days_between_are_those_of_a_calendar_and_not_of_elapsed_hours():
    """A day of 23 hours is a day: seven from one Saturday to the next, over the change."""
    before, after = at("2027-03-27 17:00"), at("2027-04-03 16:00")
    assert days_between(before, after, BERLIN) == 7
    assert (after - before).days == 6
    # 23:30 and 00:30 are another day here, and the same day there.
    assert days_between(at("2027-03-27 22:30"), at("2027-03-27 23:30"), BERLIN) == 1
    assert days_between(at("2027-03-27 22:30"), at("2027-03-27 23:30"), NEW_YORK) == 0


@no_database
def test_hours_in_the_night_of_a_change():
    """One o'clock and three o'clock are allowed, and two is not. In spring there is no two; in
    autumn there are two of them.
    """
    hours = frozenset(day * 24 + hour for day in range(7) for hour in (1, 3))
    limits = factories.limits(hours=hours, zone=BERLIN)
    spring = factories.span(opens_at=at("2027-03-28 00:30"), minutes=90)
    assert fits_hours(spring, limits)
    usual = factories.span(opens_at=at("2027-03-27 00:30"), minutes=90)
    assert not fits_hours(usual, limits)
    for opens in ("2027-10-31 00:00", "2027-10-31 01:00"):
        autumn = factories.span(opens_at=at(opens), minutes=30)
        assert not fits_hours(autumn, limits)
    with_two = factories.limits(hours=hours | {6 * 24 + 2}, zone=BERLIN)
    over_both = Span(at("2027-10-30 23:30"), at("2027-10-31 02:30"))
    assert fits_hours(over_both, with_two)


# --- What would be wrong with aware datetimes of one zone ----------------------------------------


@no_database
def test_subtracting_on_the_wall_would_be_wrong_and_rules_are_given_instants_in_utc():
    """Python takes two datetimes of one zone as clocks on a wall, and leaves out what changed."""
    here = ZoneInfo(BERLIN)
    span = factories.span(opens_at=at("2027-03-28 00:30"), minutes=90)
    opens_at, closes_at = (one.astimezone(here) for one in (span.opens_at, span.closes_at))
    assert closes_at - opens_at == timedelta(minutes=150)
    assert span.closes_at - span.opens_at == timedelta(minutes=90)


@no_database
@given(st.sampled_from([BERLIN, NEW_YORK, LORD_HOWE, BEIRUT]), st.integers(0, 99))
def test_from_when_on_is_an_instant_in_whatever_zone_it_is_written(zone, hours):
    """Written in the zone of the terms, in another, or in UTC: the same conversations."""
    after = at("2027-03-27 00:10") + timedelta(minutes=30 * hours)
    terms = factories.terms(rhythm=DAILY, at=time(2, 30), zone=zone)
    told = [
        list(islice(occurrences(terms, after=after.astimezone(ZoneInfo(there))), 9))
        for there in ("UTC", zone, APIA)
    ]
    assert told[0] == told[1] == told[2]
    assert all(
        instant.tzinfo is UTC for span in told[1] for instant in (span.opens_at, span.closes_at)
    )


@pytest.mark.django_db
def test_what_comes_from_the_database_is_in_utc(ana_place, ben_place, pair, clock):
    factories.allow(by=(ana_place, ben_place))
    factories.agree(by=ana_place, other=ben_place, clock=clock)
    situation = load_situation(pair, clock.at)
    assert len(situation.windows) == 6
    spans = [window.span for window in situation.windows]
    spans += [window.as_value().span for window in Window.objects.all()]
    instants = [one for span in spans for one in (span.opens_at, span.closes_at)]
    assert situation.review_at is not None
    assert {one.utcoffset() for one in [*instants, situation.review_at]} == {timedelta()}
    assert all(not isinstance(one.tzinfo, ZoneInfo) or one.tzinfo.key == "UTC" for one in instants)


# --- Each of these bites -------------------------------------------------------------------------


def the_second_of_two(patch):
    patch.setattr(
        windows,
        "to_utc",
        lambda local, zone: local.replace(tzinfo=ZoneInfo(zone), fold=1).astimezone(UTC),
    )


def backwards_over_the_gap(patch):
    """A time that does not exist is shifted back, to before the gap."""

    def to_utc(local, zone):
        here = ZoneInfo(zone)
        one = local.replace(tzinfo=here).astimezone(UTC)
        is_missing = one.astimezone(here).replace(tzinfo=None) != local
        return local.replace(tzinfo=here, fold=1).astimezone(UTC) if is_missing else one

    patch.setattr(windows, "to_utc", to_utc)


def left_out_of_the_gap(patch):
    """A time that does not exist has no conversation."""
    real = windows._days

    def days(rhythm, first, shown):
        for local in real(rhythm, first, shown):
            here = local.replace(tzinfo=ZoneInfo(BERLIN))
            if here.astimezone(UTC).astimezone(ZoneInfo(BERLIN)).replace(tzinfo=None) == local:
                yield local

    patch.setattr(windows, "_days", days)


@no_database
@pytest.mark.parametrize("broken", [the_second_of_two, backwards_over_the_gap, left_out_of_the_gap])
def test_another_policy_for_missing_and_doubled_times_is_caught(broken, monkeypatch):
    nights_of_change = (
        ("2027-03-27 00:00", ["03-27 01:30", "03-28 01:30", "03-29 00:30"]),
        ("2027-10-30 00:00", ["10-30 00:30", "10-31 00:30", "11-01 01:30"]),
    )
    for after, instants in nights_of_change:
        assert nights(BERLIN, "02:30", after=after) == instants
    broken(monkeypatch)
    found = [nights(BERLIN, "02:30", after=after) for after, _ in nights_of_change]
    assert found != [instants for _, instants in nights_of_change]
