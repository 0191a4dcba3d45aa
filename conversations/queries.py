"""Who may see what of letters: a held letter its author alone, a released one its recipient too."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from accounts.models import Membership
from boundaries.models import Window
from boundaries.rules.windows import DID_NOT_TAKE_PLACE, TOOK_PLACE, State
from conversations.models import Envelope, Letter, Message


def letters_of(membership: Membership) -> QuerySet[Letter]:
    """All letters that this person wrote in the pair, the latest first, with their windows."""
    own = Letter.objects.filter(pair=membership.pair_id, author=membership.person_id)
    return own.select_related("pair", "envelope__window").order_by("-changed_at", "pk")


def get_letter_for(membership: Membership, letter_id: UUID) -> Letter:
    """One letter that this person wrote.

    Raises Http404 alike for the other's and for one that does not exist.
    """
    letter = letters_of(membership).filter(pk=letter_id).first()
    if letter is None:
        raise Http404
    return letter


def held_before(membership: Membership, letter: Letter | None) -> list[Letter]:
    """This person's held letters in the order in which they go, without their words, until this.

    All of them if it is not held, or None, which is one that is not written yet.
    """
    own = Letter.objects.filter(pair=membership.pair_id, author=membership.person_id)
    held = own.filter(state=Letter.State.HELD).order_by("held_at", "pk").defer("body")
    if letter and letter.state == Letter.State.HELD:
        earlier = Q(held_at__lt=letter.held_at) | Q(held_at=letter.held_at, pk__lt=letter.pk)
        held = held.filter(earlier)
    return list(held)


def envelopes_for(membership: Membership) -> QuerySet[Envelope]:
    """What was delivered to this person in the pair, the latest first, but what they gave back."""
    return _delivered_to(membership).exclude(state=Envelope.State.HANDED_BACK)


def get_envelope_for(membership: Membership, envelope_id: UUID) -> Envelope:
    """One envelope that was delivered to this person. Raises Http404 alike for any other."""
    return _one(envelopes_for(membership), envelope_id)


def get_delivered_for(membership: Membership, envelope_id: UUID) -> Envelope:
    """The same, also for one that they handed back, whose words are not to be shown again."""
    return _one(_delivered_to(membership), envelope_id)


def _delivered_to(membership: Membership) -> QuerySet[Envelope]:
    own = Envelope.objects.filter(recipient=membership.person_id, window__pair=membership.pair_id)
    return own.select_related("window", "letter__pair").order_by(
        "-window__opens_at", "letter__held_at", "letter_id"
    )


def _one(envelopes: QuerySet[Envelope], envelope_id: UUID) -> Envelope:
    envelope = envelopes.filter(pk=envelope_id).first()
    if envelope is None:
        raise Http404
    return envelope


def messages_of(window: Window) -> QuerySet[Message]:
    """What was said in a conversation, in its order; both may read it, also afterwards (R21)."""
    return Message.objects.filter(window=window).select_related("pair").order_by("number")


def all_messages_of(membership: Membership) -> QuerySet[Message]:
    """Everything that was said in the pair, in its order; both may keep a copy."""
    found = Message.objects.filter(pair=membership.pair_id).select_related("pair", "window")
    return found.order_by("window__opens_at", "number")


def last_message(window: Window) -> int:
    """The number of what was said last in a conversation; 0 if nothing was."""
    return window.messages.aggregate(last=Max("number"))["last"] or 0


def how_far(window_ids: Collection[UUID]) -> list[tuple[UUID, str, datetime, int]]:
    """How far each of these conversations has come: its key, its state, when it closes, and the
    number of what was said last, 0 if nothing was.

    Found by index, one message for each, however many were said.
    """
    newest = Message.objects.filter(window=OuterRef("pk")).order_by("-number")
    last = Coalesce(Subquery(newest.values("number")[:1]), 0)
    windows = Window.objects.filter(pk__in=window_ids).annotate(last=last)
    return list(windows.values_list("pk", "state", "closes_at", "last"))


def get_conversation_for(membership: Membership, window_id: UUID) -> Window:
    """One conversation of the pair that is open or took place, with `came` and `went`.

    Raises Http404 alike for every other.
    """
    return _one_window(conversations_of(membership), window_id)


def get_window_for(membership: Membership, window_id: UUID) -> Window:
    """The same, without what it brought: for talking, where every millisecond is waited for."""
    return _one_window(_windows_of(membership), window_id)


def _one_window(windows: QuerySet[Window], window_id: UUID) -> Window:
    window = windows.exclude(state__in=DID_NOT_TAKE_PLACE).filter(pk=window_id).first()
    if window is None:
        raise Http404
    return window


def _windows_of(membership: Membership) -> QuerySet[Window]:
    states = TOOK_PLACE | DID_NOT_TAKE_PLACE | {State.OPEN}
    return Window.objects.filter(pair=membership.pair_id, state__in=states).order_by("-opens_at")


def conversations_of(membership: Membership) -> QuerySet[Window]:
    """Conversations that are open, took place or did not, the latest first.

    Each has, as `came` and `went`, the envelopes that it brought this person and the letters of
    theirs that it took; `talked` says whether anything was said in it.
    """
    talked = Exists(Message.objects.filter(window=OuterRef("pk")))
    went = Envelope.objects.filter(letter__author=membership.person_id).select_related("letter")
    # Never as they lie in the table: what the recipient does with one would move it.
    went = went.order_by("letter__held_at", "letter_id")
    return (
        _windows_of(membership)
        .annotate(talked=talked)
        .prefetch_related(
            Prefetch("envelopes", envelopes_for(membership), to_attr="came"),
            Prefetch("envelopes", went, to_attr="went"),
        )
    )
