"""Opening due windows and releasing what passes the gate, in batches, under the pairs' locks (R18,
R20).
"""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from accounts.locks import locked_pairs
from accounts.sealed import is_readable
from boundaries.actions.record import Act, Entry, add_to_records
from boundaries.actions.windows import open_due
from boundaries.queries import load_situations
from boundaries.rules import gate
from boundaries.rules.situation import Situation
from boundaries.rules.windows import Window
from conversations.actions.notices import write_on_opening
from conversations.models import Envelope, Letter


def open_and_release(pair_ids: Collection[UUID]) -> None:
    """Open the due windows of these pairs and release their held letters, in one transaction.

    The pairs are locked first and their pauses read only then: a pause that has returned is seen,
    and one that comes now waits for this batch (R13).
    """
    with locked_pairs(pair_ids) as (pairs, at):
        situations = load_situations(pairs, at)
        opened, entries = open_due(pairs, situations, at)
        letters = _passing(opened, situations, at) if opened else []
        by_id = {pair.pk: pair for pair in pairs}
        if letters:
            _deliver(letters, opened, situations, at)
        released = [
            (by_id[each.pair_id], Entry(Act.LETTER_RELEASED, each.author_id, each.pk))
            for each in letters
        ]
        add_to_records([*entries, *released], at)
        if opened:
            arrived = {
                (each.pair_id, _other(each.author_id, situations[each.pair_id])) for each in letters
            }
            write_on_opening(opened, arrived, at)


def _passing(
    opened: dict[UUID, Window], situations: dict[UUID, Situation], at: datetime
) -> list[Letter]:
    """The held letters that the gate lets pass, each person's earliest first; the others stay.

    So does one whose words cannot be opened: nobody would be given what its writer wrote. It takes
    no other's place.
    """
    held = Letter.objects.filter(pair__in=opened, state=Letter.State.HELD).order_by("held_at", "pk")
    waiting = list(held.defer("body"))
    while waiting:
        passing = _let_pass(waiting, opened, situations, at)
        unreadable = _unreadable(passing)
        if not unreadable:
            return passing
        waiting = [letter for letter in waiting if letter.pk not in unreadable]
    return []


def _let_pass(
    waiting: list[Letter],
    opened: dict[UUID, Window],
    situations: dict[UUID, Situation],
    at: datetime,
) -> list[Letter]:
    """Those of them, each person's earliest first, that the gate lets pass."""
    released: Counter[tuple[UUID, UUID]] = Counter()
    passing = []
    for letter in waiting:
        place = (letter.pair_id, letter.author_id)
        act = letter.release_into(opened[letter.pair_id], released[place])
        if not gate.reasons_against(act, situations[letter.pair_id], at):
            released[place] += 1
            passing.append(letter)
    return passing


def _unreadable(letters: list[Letter]) -> set[UUID]:
    """The keys of those whose words cannot be opened. Only now are words read, and only these."""
    rows = Letter.objects.filter(pk__in=[letter.pk for letter in letters]).select_related("pair")
    return {row.pk for row in rows if not is_readable(row, "body")}


def _deliver(
    letters: list[Letter],
    opened: dict[UUID, Window],
    situations: dict[UUID, Situation],
    at: datetime,
) -> None:
    """First the envelopes: the database takes no released letter that is in none."""
    Envelope.objects.bulk_create(
        Envelope(
            letter=letter,
            window_id=opened[letter.pair_id].id,
            recipient_id=_other(letter.author_id, situations[letter.pair_id]),
        )
        for letter in letters
    )
    Letter.objects.filter(pk__in=[letter.pk for letter in letters]).update(
        state=Letter.State.RELEASED, released_at=at
    )


def _other(person: UUID, situation: Situation) -> UUID:
    return next(other for other in situation.limits if other != person)
