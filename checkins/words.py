"""What check-ins and reflections say, in words; none of them judges."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from boundaries.rules.checkins import SAFE as HOW_SAFE
from boundaries.rules.checkins import Answer, Kind
from boundaries.rules.limits import Limits
from boundaries.rules.terms import Terms
from boundaries.rules.ways import Less, More
from boundaries.words import in_words, minutes_in_words

_SAFE = (
    gettext_lazy("Not safe"),
    gettext_lazy("Rather unsafe"),
    gettext_lazy("In between"),
    gettext_lazy("Rather safe"),
    gettext_lazy("Safe"),
)
SAFE = dict(zip(HOW_SAFE, _SAFE, strict=True))

KINDS = {
    Kind.BEFORE: gettext_lazy("Before a conversation"),
    Kind.AFTER: gettext_lazy("After a conversation"),
    Kind.OWN: gettext_lazy("A check-in of your own"),
}

ANSWERS = {
    Answer.GO_AHEAD: gettext_lazy("Go ahead"),
    Answer.SKIP: gettext_lazy("Skip this one"),
    Answer.LESS: gettext_lazy("Less"),
    Answer.PAUSE: gettext_lazy("Pause"),
    Answer.SAME: gettext_lazy("As it is now"),
    Answer.MORE: gettext_lazy("Open to more"),
}

WAYS = {
    Less.HALF_AS_OFTEN: gettext_lazy("half as often"),
    Less.HALF_AS_LONG: gettext_lazy("half as long"),
    Less.FEWER_LETTERS: gettext_lazy("fewer letters"),
    Less.NO_TALK: gettext_lazy("no talking live"),
    More.MORE_OFTEN: gettext_lazy("more often"),
    More.LONGER: gettext_lazy("longer"),
    More.MORE_LETTERS: gettext_lazy("more letters"),
    More.LONGER_LETTERS: gettext_lazy("longer letters"),
    More.TALK: gettext_lazy("talking live"),
}
"""What somebody chose, as their own list shows it later."""


def less_in_words(way: Less, terms: Terms) -> str:
    """A way to less, with what would be agreed then."""
    match way:
        case Less.HALF_AS_OFTEN:
            rhythm = in_words(terms.rhythm) if terms.rhythm else ""
            return _("Half as often: %(rhythm)s") % {"rhythm": rhythm}
        case Less.HALF_AS_LONG:
            minutes = minutes_in_words(terms.minutes)
            return _("Half as long: %(minutes)s") % {"minutes": minutes}
        case Less.FEWER_LETTERS:
            return _fewer_letters(terms.letters)
        case Less.NO_TALK:
            return _("No talking live: letters only")


def more_in_words(way: More, limits: Limits) -> str:
    """A way in which one's own limits can be wider, with what they would be."""
    match way:
        case More.MORE_OFTEN:
            days = limits.days_between or 0
            return _("More often: up to one in %(weeks)s") % {"weeks": _weeks(days // 7)}
        case More.LONGER:
            minutes = minutes_in_words(limits.minutes)
            return _("Longer: up to %(minutes)s") % {"minutes": minutes}
        case More.MORE_LETTERS:
            return _("More letters: up to %(letters)s from each") % {"letters": limits.letters}
        case More.LONGER_LETTERS:
            return _("Longer letters: up to %(length)s characters") % {
                "length": limits.letter_length
            }
        case More.TALK:
            return _("Talking live, while a conversation is open")


def _fewer_letters(letters: int) -> str:
    if not letters:
        return _("No letters: talking live only")
    return ngettext(
        "Fewer letters: %(letters)s from each for one conversation",
        "Fewer letters: up to %(letters)s from each for one conversation",
        letters,
    ) % {"letters": letters}


def _weeks(weeks: int) -> str:
    return ngettext("%(n)s week", "%(n)s weeks", weeks) % {"n": weeks}
