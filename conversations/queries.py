"""Who may see what of letters: a held letter its author alone, a released one its recipient too."""

from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.http import Http404

from accounts.models import Membership
from boundaries.models import Window
from boundaries.rules.windows import DID_NOT_TAKE_PLACE, TOOK_PLACE, State
from conversations.models import Envelope, Letter


def letters_of(membership: Membership) -> QuerySet[Letter]:
    """All letters that this person wrote in the pair, the latest first, with their windows."""
    own = Letter.objects.filter(pair=membership.pair_id, author=membership.person_id)
    return own.select_related("pair", "envelope__window").order_by("-changed_at")


def get_letter_for(membership: Membership, letter_id: UUID) -> Letter:
    """One letter that this person wrote.

    Raises Http404 alike for the other's and for one that does not exist.
    """
    letter = letters_of(membership).filter(pk=letter_id).first()
    if letter is None:
        raise Http404
    return letter


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
        "-window__opens_at", "letter__held_at"
    )


def _one(envelopes: QuerySet[Envelope], envelope_id: UUID) -> Envelope:
    envelope = envelopes.filter(pk=envelope_id).first()
    if envelope is None:
        raise Http404
    return envelope


def conversations_of(membership: Membership) -> QuerySet[Window]:
    """Conversations that are open, took place or did not, the latest first.

    Each has, as `came` and `went`, the envelopes that it brought this person and the letters of
    theirs that it took.
    """
    states = TOOK_PLACE | DID_NOT_TAKE_PLACE | {State.OPEN}
    windows = Window.objects.filter(pair=membership.pair_id, state__in=states)
    went = Envelope.objects.filter(letter__author=membership.person_id).select_related("letter")
    return windows.order_by("-opens_at").prefetch_related(
        Prefetch("envelopes", envelopes_for(membership), to_attr="came"),
        Prefetch("envelopes", went, to_attr="went"),
    )
