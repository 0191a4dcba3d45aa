"""What the recipient does with a released letter; nobody else can tell (R19)."""

from uuid import UUID

from accounts.locks import locked_pair
from accounts.models import Membership
from conversations.models import Envelope

CLOSED, KEPT = Envelope.State.CLOSED, Envelope.State.KEPT


def open_envelope(*, by: Membership, envelope_id: UUID) -> None:
    """Read it now. Opening it again changes nothing."""
    _move(by, envelope_id, to=Envelope.State.OPENED)


def keep_envelope(*, by: Membership, envelope_id: UUID) -> bool:
    """Keep it, closed, for later, and say whether it is. One that was read stays read."""
    return _move(by, envelope_id, to=KEPT)


def hand_back_envelope(*, by: Membership, envelope_id: UUID) -> bool:
    """Hand it back unread, for good, and say whether it is. One that was read stays read."""
    return _move(by, envelope_id, to=Envelope.State.HANDED_BACK)


def _move(by: Membership, envelope_id: UUID, *, to: Envelope.State) -> bool:
    """Only what is still closed, or kept, can be moved; what was moved so before, is so.

    No record: it would tell of reading (R22).
    """
    with locked_pair(by.pair_id) as (pair, _):
        own = Envelope.objects.filter(pk=envelope_id, recipient=by.person_id, window__pair=pair)
        own.filter(state__in=(CLOSED, KEPT)).update(state=to)
        return own.filter(state=to).exists()
