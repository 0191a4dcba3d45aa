"""Parting (R16)."""

from accounts.locks import locked_pair
from accounts.models import Membership
from boundaries.actions.parting import end_pair
from boundaries.rules.phrases import Phrase
from conversations.models import Letter


def part(*, by: Membership, phrase: Phrase | None = None) -> None:
    """End the pair, alone and for good. Parting again changes nothing.

    phrase: the fixed kind words that come with it; with them the other can tell by whom (R15). Held
    letters go back to their writers as drafts; what was delivered stays with whom it was
    delivered to. When this returns, nothing is delivered any more.
    """
    with locked_pair(by.pair_id) as (pair, at):
        if end_pair(pair, at, by=by.person_id, phrase=phrase):
            held = Letter.objects.filter(pair=pair, state=Letter.State.HELD)
            held.update(state=Letter.State.DRAFT, held_at=None)
