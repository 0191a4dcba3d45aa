"""When conversations fall: rhythms in local time, zones, clocks put forward and back, hours."""

import zoneinfo
from datetime import UTC, date, datetime, time, timedelta
from importlib import metadata, resources
from itertools import islice, pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boundaries.forms import HOW_OFTEN, LimitsForm, TermsForm
from boundaries.rules.limits import HOURS_OF_THE_WEEK, cut
from boundaries.rules.rhythm import MonthDay, Monthly, NthWeekday, Weekly
from boundaries.rules.windows import (
    HORIZON,
    WINDOWS_UNTIL_REVIEW,
    Span,
    fit,
    fits_hours,
    occurrences,
    outside,
    plan,
    to_utc,
)
from tests import factories
from tests.boundaries import oracle
from tests.boundaries.strategies import START, ZONES, all_limits, all_terms, instants, some_terms

pytestmark = pytest.mark.once  # no database at all

SUNDAYS = Weekly(1, 0, frozenset({6}))
EVENINGS = frozenset(day * 24 + hour for day in range(7) for hour in range(17, 21))


def local(shown):
    """What a clock on the wall shows, without a zone."""
    return datetime.fromisoformat(shown)


def first(terms, *, after, count=1):
    return [span.opens_at for span in islice(occurrences(terms, after=after), count)]


@pytest.mark.parametrize(
    ("zone", "winter", "summer"), [("Europe/Berlin", 17, 16), ("America/New_York", 23, 22)]
)
def test_the_first_saturday_is_at_the_same_local_hour_across_both_changes(zone, winter, summer):
    terms = factories.terms(zone=zone)
    found = first(terms, after=factories.utc(year=2026, month=8, day=2), count=12)
    saturdays = [
        (9, 5), (10, 3), (11, 7), (12, 5), (1, 2), (2, 6),
        (3, 6), (4, 3), (5, 1), (6, 5), (7, 3), (8, 7),
    ]  # fmt: skip
    assert [(one.month, one.day) for one in found] == saturdays
    hours = [summer, summer, *[winter] * 5, *[summer] * 5]
    assert [one.hour for one in found] == hours
    assert {one.astimezone(ZoneInfo(zone)).hour for one in found} == {18}


@pytest.mark.parametrize(
    ("zone", "missing", "shifted"),
    [
        ("Europe/Berlin", local("2027-03-28 02:30"), local("2027-03-28 03:30")),
        ("America/New_York", local("2027-03-14 02:30"), local("2027-03-14 03:30")),
        ("Australia/Lord_Howe", local("2026-10-04 02:15"), local("2026-10-04 02:45")),
    ],
)
def test_a_local_time_that_does_not_exist_is_shifted_forward_by_the_gap(zone, missing, shifted):
    opens_at = to_utc(missing, zone)
    assert opens_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == shifted
    terms = factories.terms(rhythm=SUNDAYS, at=missing.time(), zone=zone)
    assert first(terms, after=opens_at - timedelta(days=3)) == [opens_at]


@pytest.mark.parametrize(
    ("zone", "doubled", "instant"),
    [
        ("Europe/Berlin", local("2026-10-25 02:30"), local("2026-10-25 00:30")),
        ("America/New_York", local("2026-11-01 01:30"), local("2026-11-01 05:30")),
        ("Australia/Lord_Howe", local("2027-04-04 01:45"), local("2027-04-03 14:45")),
    ],
)
def test_a_local_time_that_occurs_twice_means_the_first_and_once(zone, doubled, instant):
    opens_at = instant.replace(tzinfo=UTC)
    assert to_utc(doubled, zone) == to_utc(doubled.replace(fold=1), zone) == opens_at
    terms = factories.terms(rhythm=SUNDAYS, at=doubled.time(), zone=zone)
    found = first(terms, after=opens_at - timedelta(days=3), count=2)
    assert found[0] == opens_at
    assert found[1] - opens_at > timedelta(days=6)


def test_a_duration_is_elapsed_time_over_a_night_when_clocks_change():
    for day, hours_shown in ((date(2027, 3, 28), 3), (date(2026, 10, 25), 1)):
        opens_at = to_utc(datetime.combine(day, time(1, 30)), "Europe/Berlin")
        terms = factories.terms(rhythm=SUNDAYS, at=time(1, 30), minutes=120)
        (span,) = islice(occurrences(terms, after=opens_at), 1)
        assert span.closes_at - span.opens_at == timedelta(hours=2)
        shown = span.closes_at.astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None)
        assert shown - datetime.combine(day, time(1, 30)) == timedelta(hours=hours_shown)


@pytest.mark.parametrize(
    ("rhythm", "days"),
    [
        (Monthly(1, 0, frozenset({MonthDay(31)})), [(12, 31), (1, 31), (3, 31), (5, 31)]),
        (Monthly(1, 0, frozenset({MonthDay(-1)})), [(11, 30), (12, 31), (1, 31), (2, 28)]),
        (factories.nth(nth=5), [(1, 30), (5, 29), (7, 31), (10, 30)]),
        (factories.nth(nth=-1), [(11, 28), (12, 26), (1, 30), (2, 27)]),
        (factories.nth(every=3, phase=2), [(12, 5), (3, 6), (6, 5), (9, 4)]),
        (Weekly(2, 0, frozenset({5})), [(11, 14), (11, 28), (12, 12), (12, 26)]),
        (
            Monthly(1, 0, frozenset({NthWeekday(2, 5), MonthDay(12)})),
            [(11, 12), (11, 14), (12, 12), (1, 9)],
        ),
    ],
)
def test_a_month_without_such_a_day_is_skipped_and_one_day_counts_once(rhythm, days):
    found = first(
        factories.terms(rhythm=rhythm), after=factories.utc(year=2026, month=11, day=8), count=4
    )
    assert [(one.month, one.day) for one in found] == days


def test_every_two_weeks_goes_on_across_the_years_without_a_shorter_or_longer_step():
    terms = factories.terms(rhythm=Weekly(2, 1, frozenset({5})), zone="UTC")
    found = first(terms, after=factories.utc(year=2026, month=1, day=1), count=60)
    assert {after - before for before, after in pairwise(found)} == {timedelta(days=14)}
    assert found[0].year < found[-1].year


@given(all_terms(), instants)
def test_the_conversations_are_those_that_an_independent_calendar_finds(terms, after):
    until = after + timedelta(days=400)
    found = [span for span in occurrences(terms, after=after) if span.opens_at < until]
    assert found == list(oracle.spans(terms, after, until))


@given(all_terms(), instants)
def test_conversations_come_in_order_from_now_to_the_horizon(terms, after):
    found = [span.opens_at for span in occurrences(terms, after=after)]
    assert found == sorted(set(found))
    assert all(after <= one <= after + HORIZON for one in found)


def test_a_conversation_that_opens_now_is_still_to_come():
    terms = factories.terms()
    (now,) = first(terms, after=START)
    assert first(terms, after=now) == [now]
    assert first(terms, after=now + timedelta(microseconds=1)) != [now]


# Hours: each conversation by itself, in each person's own zone (R8).

nights_of_change = st.sampled_from(
    [
        factories.utc(year=2026, month=10, day=24, hour=20),
        factories.utc(year=2026, month=10, day=3, hour=12),
        factories.utc(year=2027, month=3, day=27, hour=20),
        factories.utc(year=2027, month=4, day=3, hour=12),
        factories.utc(year=2027, month=3, day=14, hour=3),
    ]
)


@given(
    st.builds(
        lambda night, minutes: night + timedelta(minutes=minutes),
        nights_of_change | instants,
        st.integers(0, 900),
    ),
    st.integers(1, 300),
    all_limits(),
)
def test_r8_hours_are_judged_as_if_every_minute_was_looked_at(opens_at, minutes, limits):
    span = factories.span(opens_at=opens_at, minutes=minutes)
    assert fits_hours(span, limits) == oracle.in_hours(span, limits)


def test_r8_a_conversation_may_end_when_an_hour_that_is_not_allowed_begins():
    evening = frozenset({5 * 24 + 18})
    limits = factories.limits(hours=evening, zone="Europe/Berlin")
    opens_at = factories.utc(year=2026, month=12, day=5, hour=17)
    assert fits_hours(factories.span(opens_at=opens_at, minutes=60), limits)
    assert not fits_hours(factories.span(opens_at=opens_at, minutes=61), limits)
    early, late = opens_at - timedelta(minutes=1), opens_at + timedelta(minutes=50)
    assert not fits_hours(factories.span(opens_at=early, minutes=30), limits)
    assert fits_hours(factories.span(opens_at=late, minutes=10), limits)
    assert not fits_hours(factories.span(opens_at=late, minutes=11), limits)


def test_r8_hours_are_in_the_persons_own_zone_and_move_with_its_clock():
    """18:00 in Berlin is noon in New York, but 13:00 for the weeks between the changes."""
    noon = frozenset(day * 24 + 12 for day in range(7))
    limits = factories.limits(hours=noon, zone="America/New_York")
    terms = factories.terms(rhythm=Weekly(1, 0, frozenset({5})))
    spans = islice(occurrences(terms, after=factories.utc(year=2027, month=2, day=28)), 6)
    fitting = [span.opens_at.date() for span in spans if fits_hours(span, limits)]
    assert fitting == [date(2027, 3, 6), date(2027, 3, 13), date(2027, 4, 3), date(2027, 4, 10)]


# Plans: hours, and the distance from one conversation to the next (R8).


@given(
    some_terms,
    st.lists(all_limits(), min_size=1, max_size=2),
    instants,
    st.integers(0, 90) | st.none(),
)
def test_r8_a_plan_is_what_an_independent_reading_of_hours_and_distances_finds(
    terms, limits, after, days_ago
):
    previous = None if days_ago is None else after - timedelta(days=days_ago)
    until = after + timedelta(days=200)
    planned = plan(terms, limits, after=after, previous=previous)
    found = [span for span in planned if span.opens_at < until]
    assert found == list(plan_by_oracle(terms, limits, after, until, previous))


def plan_by_oracle(terms, limits, after, until, previous):
    last = previous and oracle.day_in(previous, terms.zone)
    distance = max(each.days_between or 0 for each in limits)
    for span in oracle.spans(terms, after, until):
        day = oracle.day_in(span.opens_at, terms.zone)
        fits = all(oracle.in_hours(span, each) for each in limits)
        if fits and (last is None or (day - last).days >= distance):
            yield span
            last = day


def test_r8_a_new_agreement_keeps_the_distance_from_the_last_conversation_of_the_old():
    limits = [factories.limits(days_between=28)]
    last = factories.utc(year=2026, month=11, day=20, hour=18)
    after = last + timedelta(days=2)
    (span, *_) = plan(factories.terms(), limits, after=after, previous=last)
    assert span.opens_at.date() == date(2027, 1, 2), "5 December is only 15 days on"


def test_r8_what_does_not_fit_is_skipped_and_not_moved_to_another_time():
    limits = [factories.limits(hours=EVENINGS, zone="UTC")]
    terms = factories.terms(at=time(19, 0), zone="America/New_York")
    assert list(plan(terms, limits, after=START, previous=None)) == []


@given(some_terms, all_limits(), instants)
def test_r8_terms_fit_if_all_their_conversations_up_to_the_review_do(terms, limits, after):
    until = after + HORIZON + timedelta(microseconds=1)
    coming = islice(oracle.spans(terms, after, until), WINDOWS_UNTIL_REVIEW)
    not_in_hours = [span for span in coming if not oracle.in_hours(span, limits)]
    assert outside(terms, limits, after=after) == not_in_hours
    assert fit(terms, limits, after=after) == (not_in_hours == [])


def test_r6_the_horizon_is_far_enough_for_all_that_can_be_chosen():
    """Six conversations at each rhythm that the forms offer, as rare as limits can make it."""
    between = [
        days for days, _ in LimitsForm.base_fields["days_between"].choices if days in range(1, 1000)
    ]
    assert between
    nths = [nth for nth, _ in TermsForm.base_fields["nth"].choices if nth]
    for how_often, _ in HOW_OFTEN:
        unit, every = how_often.split()
        rhythms = (
            [Weekly(int(every), 0, frozenset({5}))]
            if unit == "week"
            else [factories.nth(nth=nth, every=int(every)) for nth in nths]
        )
        for rhythm in rhythms:
            for days in between:
                limits = factories.limits(days_between=days)
                left = cut(factories.terms(rhythm=rhythm), [limits])
                spans = plan(left, [limits], after=START, previous=START)
                assert len(list(islice(spans, WINDOWS_UNTIL_REVIEW))) == WINDOWS_UNTIL_REVIEW


# Zone data.


def test_zone_data_are_those_of_the_pinned_package():
    assert zoneinfo.TZPATH == ()
    pinned = f"tzdata=={metadata.version('tzdata')}"
    requirements = Path(__file__).parents[2] / "requirements" / "base.txt"
    assert pinned in requirements.read_text()
    for zone in ZONES:
        with resources.files("tzdata").joinpath("zoneinfo", *zone.split("/")).open("rb") as data:
            pinned_zone = ZoneInfo.from_file(data)
        for hour in range(0, 4 * 366 * 24, 7):
            moment = START + timedelta(hours=hour)
            offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
            assert offset == moment.astimezone(pinned_zone).utcoffset()


def test_all_instants_of_a_span_are_in_utc():
    (span,) = islice(occurrences(factories.terms(), after=START), 1)
    assert span == Span(
        factories.utc(year=2026, month=11, day=7, hour=17),
        factories.utc(year=2026, month=11, day=7, hour=17, minute=45),
    )
    assert span.opens_at.tzinfo is span.closes_at.tzinfo is UTC
    assert len(HOURS_OF_THE_WEEK) == 168
