"""The forms of this app."""

from collections.abc import Collection, Mapping
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.fields import WordsField
from boundaries.rules.checkins import (
    AFTERWARDS,
    BEFOREHAND,
    LONGEST_AHEAD,
    SHORTEST_AHEAD,
    Answer,
)
from boundaries.rules.limits import Limits
from boundaries.rules.terms import Terms
from boundaries.rules.ways import Less, More
from checkins import words
from checkins.actions import Said
from checkins.models import Question

LONGEST_BODY = 20_000
LESS_IN_WHICH_WAY = _("Please choose what should be less.")
MORE_IN_WHICH_WAY = _("Please choose what there could be more of.")
OFFERED_NO_MORE = _("What is agreed has changed meanwhile. Please look again at what is offered.")
LIMITS_CHANGED = _("Your limits have changed meanwhile. Please look again at what is offered.")
GONE = {Answer.LESS: OFFERED_NO_MORE, Answer.MORE: LIMITS_CHANGED}
ONE_OF_THE_FIVE = _("Please choose one of the five.")
NOT_KEPT = _(
    "This could not be kept: something is wrong at the site, and whoever runs it has to mend it. "
    "Nothing was changed."
)

Choices = list[tuple[str, str]]


class Body(WordsField):
    """Words of one's own, as long as they please up to LONGEST_BODY."""

    def __init__(self, *, rows: int, **kwargs: Any) -> None:
        super().__init__(
            strip=False,
            max_length=LONGEST_BODY,
            widget=forms.Textarea(attrs={"rows": rows, "maxlength": None}),
            error_messages={
                "required": _("There are no words yet."),
                "max_length": _(
                    "This has %(show_value)d characters; there is room for up to %(limit_value)d. "
                    "All that you typed is still here."
                ),
            },
            **kwargs,
        )


class OnlyIfAskedField(forms.TypedChoiceField):
    """A choice that only some answers need, which the form looks at.

    None is no fault of the field, though the page does not call it optional.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.RadioSelect, empty_value=None, **kwargs)

    def validate(self, value: Any) -> None:
        """Look only at what was chosen."""
        if value:
            super().validate(value)


class WayField(OnlyIfAskedField):
    """In which way less or more.

    Every way is one to the form, also what an older page offered: the action, which knows whether
    it was done already, says whether it is offered still.
    """

    def __init__(self, *, ways: type[Less | More], gone: Promise, **kwargs: Any) -> None:
        self.ways = ways
        super().__init__(coerce=ways, error_messages={"invalid_choice": gone}, **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Whether there is such a way at all."""
        return value in list(self.ways)


class AnswerField(forms.TypedChoiceField):
    """What somebody wants; every answer is one to the form, as with WayField."""

    def __init__(self, answers: Collection[Answer], **kwargs: Any) -> None:
        self.answers = answers
        messages = dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose one of the answers.")
        )
        super().__init__(coerce=Answer, error_messages=messages, **kwargs)

    def valid_value(self, value: Any) -> bool:
        """Whether it answers what was asked."""
        return value in self.answers


class Unnamed(forms.HiddenInput):
    """A hidden field without an id: one page has it in several forms, and nothing refers to it."""

    def __init__(self) -> None:
        super().__init__(attrs={"id": False})


class GivingForm(forms.Form):
    """What check-ins of all kinds have. key: makes a doubled request one.

    base: see `Said`. Pages set it by themselves: it is always that of what they offer. is_read:
    whether the page said that somebody they trust reads it.
    """

    key = forms.UUIDField(widget=Unnamed, initial=uuid4)
    is_read = forms.BooleanField(required=False, widget=Unnamed)
    base = forms.CharField(max_length=64, required=False, widget=Unnamed)

    def take_back_way(self, answer: Answer) -> None:
        """Say that the way which was chosen with this answer is not offered any more."""
        name = self.name_of_way(answer)
        has_choices = bool(cast(forms.ChoiceField, self.fields[name]).choices)
        self.add_error(name if has_choices else None, str(GONE[answer]))

    def name_of_way(self, answer: Answer) -> str:
        """The name of the field in which the way is."""
        return answer.value


class BeforeForm(GivingForm):
    """What somebody wants before a conversation; each answer is a button."""

    answer = AnswerField(BEFOREHAND)
    way = WayField(label=_("Less of what?"), ways=Less, gone=OFFERED_NO_MORE)

    def __init__(self, *args: Any, less: Mapping[Less, Terms], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "way", _less_choices(less))

    def name_of_way(self, answer: Answer) -> str:
        """There is only less here."""
        return "way"

    def clean(self) -> dict[str, Any]:
        """Refuse less of nothing; a way that was chosen counts for no other answer."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("answer") is Answer.LESS and not data.get("way") and "way" not in self.errors:
            self.add_error("way", LESS_IN_WHICH_WAY)
        return data

    def said(self) -> Said:
        """The answer of a valid form."""
        data = self.cleaned_data
        way = data["way"] if data["answer"] is Answer.LESS else None
        return Said(
            key=data["key"],
            answer=data["answer"],
            way=way,
            base=data["base"],
            is_for_oneself=not data["is_read"],
        )


class AfterForm(GivingForm):
    """How it was, and what somebody wants from now on."""

    own_base = forms.CharField(max_length=64, required=False, widget=Unnamed)
    safe = OnlyIfAskedField(
        label=_("How safe was it?"),
        help_text=_("If you choose less below, you can leave this out."),
        coerce=int,
        choices=list(words.SAFE.items()),
        error_messages={"invalid_choice": ONE_OF_THE_FIVE},
    )
    body = Body(
        rows=4,
        label=_("How did your body feel?"),
        help_text=_("In your own words, or not at all."),
        required=False,
    )
    answer = AnswerField(
        AFTERWARDS,
        label=_("What do you want from now on?"),
        initial=Answer.SAME.value,
        widget=forms.RadioSelect,
    )
    less = WayField(
        label=_("Less of what?"),
        help_text=_("It holds at once. You need nobody for it."),
        ways=Less,
        gone=OFFERED_NO_MORE,
    )
    more = WayField(
        label=_("More of what?"),
        help_text=_(
            "This widens your own limits, and nothing else. Nothing begins, and the other is not "
            "told."
        ),
        ways=More,
        gone=LIMITS_CHANGED,
    )

    def __init__(
        self, *args: Any, less: Mapping[Less, Terms], more: Mapping[More, Limits], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = {Answer.LESS: less, Answer.MORE: more}
        if not less:
            self.fields["safe"].help_text = ""
        _offer(self, "less", _less_choices(less))
        _offer(self, "more", [(way, words.more_in_words(way, more[way])) for way in more])
        _offer(
            self,
            "answer",
            [
                (each, str(words.ANSWERS[each]))
                for each in AFTERWARDS
                if each is Answer.SAME or offered[each]
            ],
        )

    def clean(self) -> dict[str, Any]:
        """Refuse less or more of nothing; a way that was chosen counts for no other answer.

        How safe it was is asked of all but who chooses less: less needs nothing (R1).
        """
        data: dict[str, Any] = super().clean() or {}
        is_said = data.get("safe") or "safe" in self.errors
        if data.get("answer") is not Answer.LESS and not is_said:
            self.add_error("safe", str(ONE_OF_THE_FIVE))
        missing: dict[Answer, tuple[str, Promise]] = {
            Answer.LESS: ("less", LESS_IN_WHICH_WAY),
            Answer.MORE: ("more", MORE_IN_WHICH_WAY),
        }
        name, sentence = missing.get(data.get("answer", Answer.SAME), ("", ""))
        if name and not data.get(name) and name not in self.errors:
            self.add_error(name, str(sentence))
        return data

    def said(self) -> Said:
        """The answer of a valid form."""
        data = self.cleaned_data
        ways = {Answer.LESS: data["less"], Answer.MORE: data["more"]}
        return Said(
            key=data["key"],
            answer=data["answer"],
            way=ways.get(data["answer"]),
            base=data["base"],
            own_base=data["own_base"],
            safe=data["safe"],
            body=data["body"] if data["body"].strip() else "",
            is_for_oneself=not data["is_read"],
        )


class OwnForm(AfterForm):
    """The same, asked of now."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["safe"].label = _("How safe does it feel?")
        self.fields["body"].label = _("How does your body feel?")


class WishForm(forms.Form):
    """What somebody wants of check-ins around conversations."""

    is_wanted = forms.BooleanField(
        label=_("Ask me how it is, before and after a conversation"),
        help_text=_(
            "On the page of the two of you. A check-in that you do not answer goes away by itself. "
            "Nobody is told whether you do. But if a conversation needs a “go ahead” from you and "
            "there is none, you both read that it did not take place."
        ),
        required=False,
    )
    days_ahead = forms.TypedChoiceField(
        label=_("Before a conversation, from"),
        help_text=_(
            "If a conversation needs a “go ahead” from you, you are asked for it from then on, too."
        ),
        coerce=int,
        choices=[
            (days, _("A day before") if days == 1 else _("%(n)s days before") % {"n": days})
            for days in range(SHORTEST_AHEAD, LONGEST_AHEAD + 1)
        ],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose from one day to seven.")
        ),
    )


class ReflectionForm(forms.Form):
    """What somebody writes for themselves."""

    question = forms.ChoiceField(
        label=_("Question"),
        choices=Question.choices,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose one of the questions.")
        ),
    )
    body = Body(rows=10, label=_("Your words"))
    is_marked = forms.BooleanField(
        label=_("Mark this one"),
        help_text=_(
            "Somebody whom you let see the reflections that you mark can read it. Nobody else can."
        ),
        required=False,
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1)

    def clean_body(self) -> str:
        """Words, and not only the space between them."""
        body: str = self.cleaned_data["body"]
        if not body.strip():
            raise forms.ValidationError(self.fields["body"].error_messages["required"])
        return body


def _less_choices(less: Mapping[Less, Terms]) -> Choices:
    return [(way, words.less_in_words(way, terms)) for way, terms in less.items()]


def _offer(form: forms.Form, name: str, choices: Choices) -> None:
    cast(forms.ChoiceField, form.fields[name]).choices = choices
