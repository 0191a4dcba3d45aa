"""The forms of this app."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.fields import WordsField, clean_words
from boundaries.rules.reasons import Reason
from boundaries.rules.talk import as_said
from boundaries.rules.terms import Terms
from boundaries.words import told
from conversations.actions import ReadAgain
from conversations.models import Letter

LONGEST_BODY = 50_000
NO_ROOM = _(
    "There is no room for one more letter that waits. These words are still here, but not saved: "
    "delete a letter that you do not need, in another tab, and then try again."
)

NEVER, A_DAY, THREE_DAYS = 0, 24, 72


class DraftForm(forms.Form):
    """A letter's words.

    key: makes a doubled request one letter. version: of the letter that was shown.
    """

    body = WordsField(
        label=_("Your letter"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14}),
        error_messages={"required": _("There are no words yet.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=1)

    def __init__(self, *args: Any, in_force: Terms, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.in_force = in_force

    @property
    def hold(self) -> bool:
        """Whether the letter is to wait for the next conversation, and not to stay a draft."""
        return False

    @property
    def agreed(self) -> int | None:
        """How long a letter may be that goes into a conversation; None if none goes."""
        return self.in_force.letter_length if self.in_force.letters else None

    @property
    def length(self) -> int:
        """How many characters the words have that the form shows."""
        return len(clean_words(str(self["body"].value() or "")))

    @property
    def is_over(self) -> bool:
        """Whether that is more than a letter may have that goes into a conversation."""
        return self.agreed is not None and self.length > self.agreed

    @property
    def longest(self) -> int:
        """How many it may have."""
        return self.agreed or LONGEST_BODY

    @property
    def longest_draft(self) -> int:
        """How many may be kept."""
        return LONGEST_BODY

    def clean_body(self) -> str:
        """The words with plain line ends. A held letter keeps to the agreed length (R18)."""
        body = str(self.cleaned_data["body"])
        if not body.strip():
            raise forms.ValidationError(self.fields["body"].error_messages["required"])
        agreed = self.agreed if self.hold else None
        longest = agreed or LONGEST_BODY
        if len(body) > longest:
            raise forms.ValidationError(_too_long(len(body), longest, agreed=agreed is not None))
        return body


class LetterForm(DraftForm):
    """The same, with `hold`, the button that puts it into the next conversation.

    aside: the key of the draft as which words were kept that were typed and not saved; kept: its
    version, 0 for none.
    """

    aside = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4, required=False)
    kept = forms.IntegerField(widget=forms.HiddenInput, initial=0, required=False)

    read_again = forms.ChoiceField(
        label=_("Ask me to read it again before it goes"),
        choices=(
            (NEVER, _("Never")),
            (A_DAY, _("A day before")),
            (THREE_DAYS, _("Three days before")),
        ),
        initial=NEVER,
        required=False,
    )
    only_after_reading = forms.BooleanField(
        label=_("It goes only after I have read it again"), required=False
    )

    @property
    def hold(self) -> bool:
        """Whether the letter is to wait for the next conversation, and not to stay a draft."""
        return "hold" in self.data

    def clean_read_again(self) -> int:
        """How many hours before; never if nothing was chosen."""
        return int(self.cleaned_data["read_again"] or NEVER)

    def clean_only_after_reading(self) -> bool:
        """Whether it waits for its writer, who then has to be asked."""
        only = bool(self.cleaned_data["only_after_reading"])
        if only and self.cleaned_data.get("read_again") == NEVER:
            raise forms.ValidationError(_("Then choose when you want to be asked to read it."))
        return only

    @property
    def again(self) -> ReadAgain:
        """What its writer chose about reading it again."""
        data = self.cleaned_data
        return ReadAgain(data["read_again"], data["only_after_reading"])

    @staticmethod
    def initial_from(letter: Letter) -> dict[str, Any]:
        """What the form shows of a letter that is there already."""
        return {
            "body": letter.body,
            "key": letter.key,
            "version": letter.version,
            "read_again": letter.read_again_hours,
            "only_after_reading": letter.only_after_reading,
        }


class MessageForm(forms.Form):
    """Something to say live. key: makes a doubled request one message. kept: the version of the
    draft with this key as which the words were kept while they were typed; 0 for none.

    has_cursor: for whoever has just said something and goes on. Not on a page that is opened: on a
    phone the keyboard would cover it.
    """

    body = WordsField(
        label=_("Say something"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("There are no words yet.")},
    )
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    kept = forms.IntegerField(widget=forms.HiddenInput, initial=0, required=False)

    def __init__(self, *args: Any, has_cursor: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_cursor:
            self.fields["body"].widget.attrs["autofocus"] = True

    def clean_body(self) -> str:
        """How long the words may be is for the gate to say, up to what can be kept as a draft."""
        body: str = self.cleaned_data["body"]
        if not body.strip():
            raise forms.ValidationError(self.fields["body"].error_messages["required"])
        if len(body) > LONGEST_BODY:
            raise forms.ValidationError(told((Reason.MESSAGE_TOO_LONG,)))
        return as_said(body)


def _too_long(length: int, longest: int, *, agreed: bool) -> str:
    said = ngettext(
        "Your letter has %(length)s characters; a letter can have %(longest)s.",
        "Your letter has %(length)s characters; a letter can have up to %(longest)s.",
        longest,
    ) % {"length": length, "longest": longest}
    kept = _("You can keep it as a draft and shorten it later.")
    return f"{said} {kept}" if agreed else said
