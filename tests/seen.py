"""What one person sees through their own queries, and what somebody would who sees everything."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model

from accounts import clock
from accounts.models import Invitation, Membership, Pair
from boundaries import queries as boundaries
from boundaries.actions.record import Act
from boundaries.models import (
    Agreement,
    Consent,
    Door,
    Farewell,
    LastWords,
    LetBe,
    Pause,
    PersonalLimits,
    Proposal,
    RecordEntry,
    SetAside,
    TimeApart,
    Window,
)
from boundaries.rules.proposals import Standing
from checkins import queries as checkins
from checkins.models import CheckIn, Round, Wish
from conversations import queries as conversations
from conversations.models import Envelope, Letter, Message, Notice

IN_A_PAIR: dict[type[Model], str] = {
    Pair: "pk",
    Membership: "pair",
    Invitation: "pair",
    PersonalLimits: "membership__pair",
    Agreement: "pair",
    Proposal: "pair",
    Consent: "proposal__pair",
    Pause: "pair",
    Door: "membership__pair",
    TimeApart: "pair",
    LetBe: "time_apart__pair",
    Farewell: "pair",
    LastWords: "membership__pair",
    Window: "pair",
    RecordEntry: "pair",
    SetAside: "pair",
    Letter: "pair",
    Envelope: "window__pair",
    Message: "pair",
    Notice: "pair",
    Wish: "membership__pair",
    CheckIn: "membership__pair",
    Round: "window__pair",
}


def everything(*, in_: Pair) -> dict[str, list[Any]]:
    """Every row of a pair: what a doubled act must leave as it was."""
    return {
        model.__name__: sorted(map(repr, model._default_manager.filter(**{path: in_.pk}).values()))
        for model, path in IN_A_PAIR.items()
    }


def acts(*, in_: Pair) -> list[str]:
    """The acts in the record of a pair, in order."""
    entries = RecordEntry.objects.filter(pair=in_).order_by("number")
    assert [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    return [entry.act for entry in entries]


def last_entry(*, in_: Pair) -> tuple[Act, Any, Any]:
    """The last act in the record, with who acted and on what."""
    entry = RecordEntry.objects.filter(pair=in_).order_by("number").last()
    assert entry is not None
    return Act(entry.act), entry.actor_id, entry.subject


def standings(*, by: Membership) -> list[Standing]:
    """How the proposals of the pair look to this person, the latest first."""
    at = clock.now()
    situation = boundaries.load_situation(by.pair, at)
    return [look for _, look in boundaries.proposals_for(by, situation, at)]


def pages(*, of: Membership) -> dict[str, Any]:
    """All that this person's own queries give, as plain values; nobody's limits but theirs."""
    at = clock.now()
    situation = boundaries.load_situation(of.pair, at)
    agreement = boundaries.agreement_in_force(of.pair)
    coming = boundaries.next_window(situation, at)
    pause = boundaries.own_pause(of)
    return {
        "proposals": list(_proposals(of, at)),
        "agreement": agreement and (agreement.pk, agreement.terms, agreement.in_force_from),
        "next": coming and (coming.id, coming.span, coming.state, of.person_id in coming.go_ahead),
        "pause": pause and pause.began_at,
        "limits": boundaries.own_limits(of),
        "letters": [_letter(each) for each in conversations.letters_of(of)],
        "envelopes": [
            (each.pk, each.state, each.letter.body) for each in conversations.envelopes_for(of)
        ],
        "messages": [
            (each.pk, each.window_id, each.number, each.author_id, each.body, each.said_at)
            for each in conversations.all_messages_of(of)
        ],
        "check-ins": [
            (each.pk, each.kind, each.window_id, each.answer, each.how_safe, each.body)
            for each in checkins.check_ins_in(of)
        ],
        "due": [
            (each.kind, each.window.id, each.until, checkins.is_told_of_room(each.window.id))
            for each in checkins.due_for(of, situation, at)
        ],
        "conversations": list(map(_conversation, conversations.conversations_of(of))),
    }


def _proposals(of: Membership, at: datetime) -> Iterator[Any]:
    situation = boundaries.load_situation(of.pair, at)
    for row, look in boundaries.proposals_for(of, situation, at):
        same = boundaries.get_proposal_for(of, row.pk, situation, at)
        assert same == (row, look)
        yield row.pk, row.terms, row.made_at, row.takes_force_at, look


def _conversation(window: Any) -> Any:
    came = [each.letter_id for each in window.came]
    went = [_letter(each.letter) for each in window.went]
    return window.pk, window.opens_at, window.state, came, went


def _letter(letter: Letter) -> Any:
    envelope = getattr(letter, "envelope", None)
    window = envelope and envelope.window_id
    return letter.pk, letter.body, letter.state, letter.version, letter.released_at, window
