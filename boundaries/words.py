"""What people read: terms in words, and the one table of what is told for each reason."""

from datetime import timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from boundaries.rules.entries import Act
from boundaries.rules.phrases import FITTING, Occasion, Phrase
from boundaries.rules.reasons import Reason
from boundaries.rules.rhythm import LAST, Day, MonthDay, NthWeekday, Rhythm, Weekly
from boundaries.rules.terms import Terms

NOTHING_SCHEDULED = gettext_lazy("No conversation is scheduled.")
SKIPPED = gettext_lazy("You skip this one.")
LEFT = gettext_lazy("You left this conversation. That closed it for both of you.")
LOOK_AGAIN = gettext_lazy("What this page was about has changed. Please look again.")

TOLD: dict[Reason, Promise] = {
    # One sentence for all that could say who paused, or what the other allows (R10, R15).
    Reason.PAUSED: NOTHING_SCHEDULED,
    Reason.NO_AGREEMENT: NOTHING_SCHEDULED,
    Reason.BEYOND_LIMITS: NOTHING_SCHEDULED,
    Reason.OUTSIDE_HOURS: NOTHING_SCHEDULED,
    Reason.NOT_CONFIRMED: NOTHING_SCHEDULED,
    Reason.SKIPPED: NOTHING_SCHEDULED,
    Reason.NOT_PLANNED: LOOK_AGAIN,
    Reason.NOT_OPEN: LOOK_AGAIN,
    Reason.NOT_THEIRS: LOOK_AGAIN,
    Reason.NOT_STANDING: LOOK_AGAIN,
    Reason.CHANGED_MEANWHILE: LOOK_AGAIN,
    Reason.COOLING_OFF: LOOK_AGAIN,
    Reason.NOT_RECEIVED: LOOK_AGAIN,
    Reason.NOT_PARTED: LOOK_AGAIN,
    Reason.BEGUN_AGAIN: gettext_lazy("You two have begun again since."),
    Reason.DOORS_NOT_OPEN: LOOK_AGAIN,
    Reason.PARTED: gettext_lazy("This has ended."),
    Reason.OWN_PAUSE: gettext_lazy("You have paused. Lift your pause first."),
    Reason.TOO_EARLY: gettext_lazy("The conversation is not open yet."),
    Reason.TOO_LATE: gettext_lazy("This conversation has begun or is over."),
    Reason.TOO_MANY_LETTERS: gettext_lazy("You agreed on fewer letters for one conversation."),
    Reason.LETTER_TOO_LONG: gettext_lazy("You agreed on shorter letters."),
    Reason.NOT_LIVE: gettext_lazy("You have not agreed on talking live."),
    Reason.MESSAGE_TOO_LONG: gettext_lazy(
        "This is too long to be said at once; you can say it in parts."
    ),
    Reason.TOO_MANY_MESSAGES: gettext_lazy(
        "Too many messages within a minute. Your words are still here; send them in a moment."
    ),
    Reason.NOT_READ_AGAIN: gettext_lazy("You wanted to read this again before it goes."),
    Reason.NOT_LESS: gettext_lazy(
        "This is not less than what you have now in every respect, so it needs both of you."
    ),
    Reason.NOT_MORE: gettext_lazy(
        "This is no more than what you have now, so it needs nobody but you."
    ),
    Reason.BEYOND_OWN_LIMITS: gettext_lazy("This is more than your own limits allow."),
    Reason.OUTSIDE_OWN_HOURS: gettext_lazy(
        "Some of these conversations would be outside the hours that you allow in your limits."
    ),
    Reason.ONE_AT_A_TIME: gettext_lazy(
        "One proposal at a time: there is one that is not settled yet."
    ),
    Reason.RESTING: gettext_lazy(
        "You can propose again 30 days after your last proposal was over."
    ),
    Reason.TOO_SOON_FOR_MORE: gettext_lazy(
        "More can be proposed after one whole conversation under what is agreed now."
    ),
    Reason.TIME_APART: gettext_lazy(
        "You both chose a time apart. Until its day has come, nothing can be agreed."
    ),
    Reason.DAY_OUT_OF_REACH: gettext_lazy(
        "Please choose a day that is a week ahead at least, and two years at most."
    ),
    Reason.ALREADY_SUGGESTED: gettext_lazy(
        "You have suggested a time apart already. One at a time."
    ),
    Reason.SUGGESTION_RESTS: gettext_lazy(
        "You can suggest a time apart again 30 days after your last suggestion was over."
    ),
}


PHRASES: dict[Phrase, Promise] = {
    Phrase.CARE: gettext_lazy("I care about you, and I cannot be in contact now."),
    Phrase.REST: gettext_lazy("I need some quiet now."),
    Phrase.NO_ANSWER_NEEDED: gettext_lazy("There is nothing that you need to do now."),
    Phrase.WELL: gettext_lazy("I wish you well."),
    Phrase.OWN_WAY: gettext_lazy("I care about you, and it is right for me to go my own way."),
    Phrase.THANKS: gettext_lazy("Thank you for what was good between us."),
    Phrase.GOOD_TIME: gettext_lazy("I hope that this time is good for you, too."),
    Phrase.FOR_MYSELF: gettext_lazy("I need this time for myself."),
}
"""All kind words that there are (R15); which fit what is in `phrases.FITTING`."""


def phrases_for(occasion: Occasion) -> list[tuple[str, Promise]]:
    """The phrases that can come with this, each with its words, as the choices of a form."""
    return [(phrase.value, PHRASES[phrase]) for phrase in FITTING[occasion]]


def told(reasons: tuple[Reason, ...]) -> list[str]:
    """What a person is told for these reasons, each sentence once."""
    return list(dict.fromkeys(str(TOLD[reason]) for reason in reasons))


def weekday_names() -> list[str]:
    """Monday to Sunday."""
    return [
        _("Monday"),
        _("Tuesday"),
        _("Wednesday"),
        _("Thursday"),
        _("Friday"),
        _("Saturday"),
        _("Sunday"),
    ]


def terms_lines(terms: Terms) -> list[tuple[str, str]]:
    """The terms as pairs of label and value, so complete that one can say yes to them."""
    if terms.rhythm is None:
        return [(_("Conversations"), _("None"))]
    return [
        (_("Conversations"), in_words(terms.rhythm)),
        (_("Opens at"), f"{terms.at:%H:%M} ({terms.zone})"),
        (_("Stays open for"), minutes_in_words(terms.minutes)),
        (_("Letters from each of you"), _letters(terms)),
        (_("Talking live"), _("Yes, while it is open") if terms.live else _("No")),
        (
            _("Asked before each"),
            _("Both of you") if terms.ask_before_each else _("Only who wants to be"),
        ),
    ]


def summary(terms: Terms) -> str:
    """The terms in one line: "on the first Saturday of every month at 18:00, 45 minutes"."""
    if terms.rhythm is None:
        return _("no conversations")
    return _("%(rhythm)s at %(at)s, %(minutes)s") % {
        "rhythm": in_words(terms.rhythm),
        "at": f"{terms.at:%H:%M}",
        "minutes": minutes_in_words(terms.minutes),
    }


def in_words(rhythm: Rhythm) -> str:
    """A rhythm in words: "on the first Saturday of every month"."""
    if isinstance(rhythm, Weekly):
        days = _listed([weekday_names()[day] for day in sorted(rhythm.weekdays)])
        if rhythm.every == 1:
            return _("every week on %(days)s") % {"days": days}
        return _("every %(every)s weeks on %(days)s") % {"every": rhythm.every, "days": days}
    days = _listed([_day_in_words(day) for day in sorted(rhythm.days)])
    if rhythm.every == 1:
        return _("on %(days)s of every month") % {"days": days}
    return _("on %(days)s, every %(every)s months") % {"every": rhythm.every, "days": days}


def minutes_in_words(minutes: int) -> str:
    """45 minutes, 1 hour, 1 hour 30 minutes."""
    hours, rest = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours})
    if rest or not hours:
        parts.append(ngettext("%(n)s minute", "%(n)s minutes", rest) % {"n": rest})
    return " ".join(parts)


def duration_in_words(duration: timedelta) -> str:
    """Whole days where it is some, else hours."""
    hours = duration // timedelta(hours=1)
    if hours % 24:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    days = hours // 24
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def _letters(terms: Terms) -> str:
    if not terms.letters:
        return _("None")
    return ngettext(
        "%(letters)s for each conversation, up to %(length)s characters",
        "up to %(letters)s for each conversation, each up to %(length)s characters",
        terms.letters,
    ) % {"letters": terms.letters, "length": terms.letter_length}


def nth_in_words(nth: int) -> str:
    """First to fifth, and last."""
    names = {
        1: _("first"),
        2: _("second"),
        3: _("third"),
        4: _("fourth"),
        5: _("fifth"),
        LAST: _("last"),
    }
    return names[nth]


def _day_in_words(day: Day) -> str:
    match day:
        case NthWeekday(nth, weekday):
            which = {"nth": nth_in_words(nth), "weekday": weekday_names()[weekday]}
            return _("the %(nth)s %(weekday)s") % which
        case MonthDay(number):
            return _("the last day") if number == LAST else _("day %(n)s") % {"n": number}


def _listed(words: list[str]) -> str:
    *most, last = words
    return _("%(most)s and %(last)s") % {"most": ", ".join(most), "last": last} if most else last


def acts_in_words() -> dict[str, str]:
    """What the record says of one's own acts."""
    return {
        Act.LIMITS_SET: _("You set your limits."),
        Act.PROPOSED: _("You made a proposal."),
        Act.CONSENTED: _("You said yes to a proposal."),
        Act.CONSENT_WITHDRAWN: _("You took your yes back."),
        Act.PROPOSAL_WITHDRAWN: _("You took your proposal back."),
        Act.PROPOSAL_DECLINED: _("You said no to a proposal."),
        Act.LESSENED: _("You chose less."),
        Act.PAUSED: _("You paused."),
        Act.PAUSE_LIFTED: _("You lifted your pause."),
        Act.GO_AHEAD: _("You said “go ahead” to a conversation."),
        Act.SKIP: _("You skipped a conversation."),
        Act.LEFT: _("You left a conversation, which closed it."),
        Act.LETTER_HELD: _("You gave a letter to be held."),
        Act.LETTER_WITHDRAWN: _("You took a letter back."),
        Act.PARTED: _("You ended this for good."),
        Act.DOOR_OPENED: _("You left your door open."),
        Act.DOOR_CLOSED: _("You closed your door."),
        Act.BEGUN_AGAIN: _("You began again."),
        Act.TIME_APART_SUGGESTED: _("You suggested a time apart."),
        Act.TIME_APART_AGREED: _("You said yes to a time apart."),
        Act.TIME_APART_DECLINED: _("You said no to a time apart."),
        Act.TIME_APART_TAKEN_BACK: _("You took back that you suggested a time apart."),
        Act.LET_BE: _("After a time apart you chose nothing for now."),
    }
