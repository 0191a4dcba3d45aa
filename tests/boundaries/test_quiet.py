"""R28: quiet hours, by the clock on somebody's own wall, also when the clocks change."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from boundaries.rules import quiet as rules
from boundaries.rules.quiet import QuietHours, is_quiet, next_morning, quiet_until

pytestmark = pytest.mark.once  # no database at all

MINUTE = timedelta(minutes=1)
MOMENT = timedelta(microseconds=1)
NIGHT = QuietHours(time(21), time(9), "Europe/Berlin")
# A change by an hour, in the south, by half an hour, at midnight, and a day that was left out.
ZONES = (
    *("UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo"),
    *("Asia/Kathmandu", "Pacific/Apia"),
)
CHANGES = [
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2027, 3, 28, 1, tzinfo=UTC),
    datetime(2026, 10, 3, 15, 30, tzinfo=UTC),
    datetime(2027, 4, 3, 15, tzinfo=UTC),
    datetime(2027, 4, 29, 22, tzinfo=UTC),
    datetime(2026, 9, 6, 4, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
]
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))
hours = st.builds(QuietHours, minutes, minutes, st.sampled_from(ZONES))
near_a_change = st.builds(
    lambda change, seconds: change + timedelta(seconds=seconds),
    st.sampled_from(CHANGES),
    st.integers(-100_000, 100_000),
)
instants = near_a_change | st.integers(0, 4 * 365 * 24 * 60 * 60).map(
    lambda seconds: CHANGES[0] + timedelta(seconds=seconds)
)


def shown(quiet, at):
    """What the clock on their wall shows."""
    return wall(quiet, at).time()


def wall(quiet, at):
    """The same with the day."""
    return at.astimezone(ZoneInfo(quiet.zone)).replace(tzinfo=None)


@given(hours, instants)
def test_r28_quiet_is_what_the_clock_says(quiet, at):
    """Said anew, as going round the clock from the beginning until the end comes."""
    minute = shown(quiet, at).replace(second=0, microsecond=0)
    n = (minute.hour - quiet.begins.hour) * 60 + minute.minute - quiet.begins.minute
    length = (quiet.ends.hour - quiet.begins.hour) * 60 + quiet.ends.minute - quiet.begins.minute
    assert is_quiet(quiet, at) == (n % 1440 < length % 1440)


@given(hours, instants)
def test_r28_what_waits_waits_until_quiet_is_over(quiet, at):
    until = quiet_until(quiet, at)
    if until is None:
        assert not is_quiet(quiet, at)
        return
    assert until > at
    assert not is_quiet(quiet, until)
    assert is_quiet(quiet, until - MOMENT)
    step = at
    while step < until:
        assert is_quiet(quiet, step)
        step += 7 * MINUTE
    # A day has 23 hours of quiet at the most, and an hour that comes twice is one more.
    assert until - at <= timedelta(days=2)


@example(QuietHours(time(0), time(0, 1), "America/Santiago"), datetime(2026, 9, 6, 4, tzinfo=UTC))
@given(hours, instants)
def test_r28_the_next_morning_comes_within_two_days_and_is_not_quiet(quiet, at):
    morning = next_morning(quiet, at)
    assert at < morning <= at + timedelta(days=2)
    named = datetime.combine(wall(quiet, morning).date(), quiet.ends)
    late_by = wall(quiet, morning) - named
    # Or that time does not exist on that day, and it is later by the gap.
    is_before_the_gap = wall(quiet, morning - late_by - MOMENT) < named
    assert not late_by or (late_by <= timedelta(hours=2) and is_before_the_gap)
    assert next_morning(quiet, morning - MOMENT) == morning


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-12-05T20:59:59", None),
        ("2026-12-05T21:00:00", "2026-12-06T09:00:00"),
        ("2026-12-06T08:59:59", "2026-12-06T09:00:00"),
        ("2026-12-06T09:00:00", None),
        # The nights on which the clocks go on and go back.
        ("2027-03-27T23:00:00", "2027-03-28T09:00:00"),
        ("2026-10-24T23:00:00", "2026-10-25T09:00:00"),
    ],
)
def test_r28_over_midnight_and_half_open(at, until):
    berlin = ZoneInfo("Europe/Berlin")
    found = quiet_until(NIGHT, datetime.fromisoformat(at).replace(tzinfo=berlin))
    wanted = until and datetime.fromisoformat(until).replace(tzinfo=berlin).astimezone(UTC)
    assert found == wanted


def test_r28_an_end_that_does_not_exist_is_the_end_of_the_gap():
    quiet = QuietHours(time(22), time(2, 30), "Europe/Berlin")
    at = datetime(2027, 3, 28, 0, 30, tzinfo=UTC)
    assert quiet_until(quiet, at) == datetime(2027, 3, 28, 1, 0, tzinfo=UTC)


def test_r28_an_hour_that_comes_twice_is_quiet_twice():
    quiet = QuietHours(time(2), time(3), "Europe/Berlin")
    first, second = datetime(2026, 10, 25, 0, 30, tzinfo=UTC), CHANGES[0] + 30 * MINUTE
    assert is_quiet(quiet, first)
    assert quiet_until(quiet, first) == quiet_until(quiet, second) == CHANGES[0] + 60 * MINUTE


@given(minutes, instants)
def test_r28_with_the_same_beginning_and_end_nothing_is_quiet(minute, at):
    assert quiet_until(QuietHours(minute, minute, "Europe/Berlin"), at) is None


def in_elapsed_time(quiet, at):
    """As far as it is on a day without a change of the clocks."""
    if not is_quiet(quiet, at):
        return None
    now = shown(quiet, at)
    minutes = (quiet.ends.hour - now.hour) * 60 + quiet.ends.minute - now.minute
    return at.replace(second=0, microsecond=0) + (minutes % 1440) * MINUTE


def with_its_end(quiet, at):
    """Quiet also at the instant at which it is to end."""
    return rules.is_quiet(quiet, at) or rules.is_quiet(quiet, at - MOMENT)


@pytest.mark.proof
@pytest.mark.parametrize(
    ("name", "wrong", "law"),
    [
        ("quiet_until", in_elapsed_time, test_r28_what_waits_waits_until_quiet_is_over),
        ("is_quiet", with_its_end, test_r28_quiet_is_what_the_clock_says),
    ],
)
def test_the_laws_bite(monkeypatch, name, wrong, law):
    whose = st.shared(hours, key="whose")
    at_the_end = st.builds(
        lambda quiet, at: datetime.combine(at.date(), quiet.ends, ZoneInfo(quiet.zone)),
        whose,
        instants,
    )
    law = settings(database=None, max_examples=2000, report_multiple_bugs=False)(
        given(whose, near_a_change | at_the_end.map(lambda at: at.astimezone(UTC)))(
            law.hypothesis.inner_test
        )
    )
    monkeypatch.setitem(globals(), name, wrong)
    with pytest.raises(AssertionError):
        law()
