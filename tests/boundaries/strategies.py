"""Values of the rules as Hypothesis makes them, from so few choices that many are comparable."""

from datetime import UTC, datetime, time, timedelta

from hypothesis import strategies as st

from boundaries.rules.limits import HOURS_OF_THE_WEEK, Limits
from boundaries.rules.rhythm import Day, MonthDay, Monthly, NthWeekday, Rhythm, Weekly
from boundaries.rules.terms import LONGEST_MINUTES, NO_CONTACT, Terms

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC")
START = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
THREE_YEARS_ON = START + timedelta(days=3 * 366)

zones = st.sampled_from(ZONES)
times = st.sampled_from([time(0, 0), time(1, 45), time(2, 30), time(18, 0), time(23, 50)])
minutes = st.sampled_from([0, 1, 45, 61, 300])
letters = st.integers(0, 3)
lengths = st.sampled_from([0, 500, 4000])
instants = st.integers(0, 4 * 365 * 24 * 60).map(lambda n: START + timedelta(minutes=n))

nth_weekdays = st.builds(NthWeekday, st.sampled_from([1, 2, 4, 5, -1]), st.integers(0, 6))
month_days = st.builds(MonthDay, st.sampled_from([1, 6, 28, 29, 31, -1]))
weekdays = st.frozensets(st.integers(0, 6), min_size=1)
days: st.SearchStrategy[frozenset[Day]] = st.frozensets(
    nth_weekdays | month_days, min_size=1, max_size=3
)


@st.composite
def weekly(draw) -> Weekly:
    every = draw(st.sampled_from([1, 1, 2, 3, 4]))
    return Weekly(every, draw(st.integers(0, every - 1)), draw(weekdays))


@st.composite
def monthly(draw) -> Monthly:
    every = draw(st.sampled_from([1, 1, 2, 3, 6]))
    return Monthly(every, draw(st.integers(0, every - 1)), draw(days))


rhythms: st.SearchStrategy[Rhythm] = weekly() | monthly()


@st.composite
def all_terms(draw) -> Terms:
    return Terms.normal(
        rhythm=draw(rhythms),
        at=draw(times),
        zone=draw(zones),
        minutes=draw(minutes),
        letters=draw(letters),
        letter_length=draw(lengths),
        live=draw(st.booleans()),
        ask_before_each=draw(st.booleans()),
    )


some_terms = all_terms().filter(lambda terms: terms != NO_CONTACT)


@st.composite
def wider(draw, terms: Terms) -> Terms:
    """Terms that allow all that `terms` allow, made by adding and not by comparing."""
    if terms.rhythm is None:
        return draw(all_terms())
    return Terms(
        rhythm=draw(wider_rhythms(terms.rhythm)),
        at=terms.at,
        zone=terms.zone,
        minutes=min(terms.minutes + draw(minutes), LONGEST_MINUTES),
        letters=terms.letters + (draw(letters) if terms.letters else 0),
        letter_length=terms.letter_length + (draw(lengths) if terms.letters else 0),
        live=terms.live or draw(st.booleans()),
        ask_before_each=terms.ask_before_each and draw(st.booleans()),
    )


@st.composite
def wider_rhythms(draw, rhythm: Rhythm) -> Rhythm:
    """A rhythm that has every day of `rhythm`."""
    every = draw(st.sampled_from([n for n in range(1, rhythm.every + 1) if rhythm.every % n == 0]))
    if isinstance(rhythm, Weekly):
        return Weekly(every, rhythm.phase % every, rhythm.weekdays | draw(weekdays))
    on = {day.weekday for day in rhythm.days if isinstance(day, NthWeekday)}
    if on and all(isinstance(day, NthWeekday) for day in rhythm.days) and draw(st.booleans()):
        return Weekly(1, 0, frozenset(on) | draw(weekdays))
    return Monthly(every, rhythm.phase % every, rhythm.days | draw(days))


hours = st.one_of(
    st.just(HOURS_OF_THE_WEEK),
    st.integers(0, 167).map(lambda hour: HOURS_OF_THE_WEEK - {hour}),
    st.builds(
        lambda low, high: frozenset(d * 24 + h for d in range(7) for h in range(low, high)),
        st.integers(0, 18),
        st.integers(19, 24),
    ),
)


@st.composite
def all_limits(draw) -> Limits:
    return Limits(
        days_between=draw(st.sampled_from([None, 1, 5, 7, 14, 28, 30, 84])),
        minutes=draw(minutes),
        letters=draw(letters),
        letter_length=draw(lengths),
        live=draw(st.booleans()),
        hours=draw(hours),
        zone=draw(zones),
        ask_before_each=draw(st.booleans()),
        cooling_off=timedelta(hours=draw(st.integers(72, 400))),
    )
