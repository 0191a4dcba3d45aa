"""The forms of this app."""

from collections.abc import Mapping
from typing import Any, cast
from uuid import uuid4

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.fields import WordsField
from boundaries.rules.checkins import (
    AFTERWARDS,
    ANSWERS,
    LONGEST_AHEAD,
    SHORTEST_AHEAD,
    Answer,
    Kind,
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


class WayField(forms.TypedChoiceField):
    """In which way less or more; asked only with that answer, which the form looks at.

    What was offered on an older page is refused in plain words.
    """

    def __init__(self, **kwargs: Any) -> None:
        messages = {"invalid_choice": OFFERED_NO_MORE}
        super().__init__(widget=forms.RadioSelect, error_messages=messages, **kwargs)

    def validate(self, value: Any) -> None:
        """None is no fault of the field, though the page does not call it optional."""
        if value:
            super().validate(value)


class GivingForm(forms.Form):
    """What check-ins of all kinds have. key: makes a doubled request one.

    base: see `Said`. Pages set it by themselves: it is always that of what they offer.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    base = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)


class BeforeForm(GivingForm):
    """What somebody wants before a conversation; each answer is a button."""

    answer = forms.TypedChoiceField(
        coerce=Answer,
        choices=[(each.value, words.ANSWERS[each]) for each in ANSWERS[Kind.BEFORE]],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose one of the answers.")
        ),
    )
    way = WayField(label=_("Less of what?"), coerce=Less)

    def __init__(self, *args: Any, less: Mapping[Less, Terms], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, "way", _less_choices(less))

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
        return Said(key=data["key"], answer=data["answer"], way=way, base=data["base"])


class AfterForm(GivingForm):
    """How it was, and what somebody wants from now on."""

    safe = forms.TypedChoiceField(
        label=_("How safe was it?"),
        coerce=int,
        choices=list(words.SAFE.items()),
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose one of the five.")
        ),
    )
    body = Body(
        rows=4,
        label=_("How did your body feel?"),
        help_text=_("In your own words, or not at all."),
        required=False,
    )
    answer = forms.TypedChoiceField(
        label=_("What do you want from now on?"),
        coerce=Answer,
        choices=[],
        initial=Answer.SAME.value,
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), _("Please choose one of the answers.")
        ),
    )
    less = WayField(
        label=_("Less of what?"),
        help_text=_("It holds at once. You need nobody for it."),
        coerce=Less,
    )
    more = WayField(
        label=_("More of what?"),
        help_text=_(
            "This widens your own limits, and nothing else. Nothing begins, and the other is not "
            "told."
        ),
        coerce=More,
    )

    def __init__(
        self, *args: Any, less: Mapping[Less, Terms], more: Mapping[More, Limits], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offered = {Answer.LESS: less, Answer.MORE: more}
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
        """Refuse less or more of nothing; a way that was chosen counts for no other answer."""
        data: dict[str, Any] = super().clean() or {}
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
            safe=data["safe"],
            body=data["body"] if data["body"].strip() else "",
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
            "Nobody sees whether you do."
        ),
        required=False,
    )
    days_ahead = forms.TypedChoiceField(
        label=_("Before a conversation, from"),
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
