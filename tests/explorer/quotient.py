"""Which states are the same for every rule, so that the search meets each only once.

Forgotten, and why nothing can tell:

- *The week.* All terms are weekly and all zones UTC, and rules compare instants with one another or
  with the week; so a state is moved by whole weeks until its present lies in the first one.
- *The numbers of agreements.* Rules ask only whether a proposal or a window is of the agreement in
  force, and the worker whether a window is of the latest. So the latest becomes 1, all before it
  -1; which one it was never matters again, since no number returns.
- *Proposals that nobody can act on and that ask for no rest any more*, also with the longest rest
  in the domain.
- *Of proposals that are over*, all but how they look to their author and until when: whether they
  still seem open or in cooling-off, and since when their author rests. When the second yes came and
  to what, only matters while a proposal stands, or seems to.
- *Of a time apart* that stands, all but its day; of a suggestion that is over, all but until when
  it looks open to its author, or since when they rest; and those which are neither.
- *When the last conversation was*, once it is farther back than any limits ask for.
- *How long ago a consent was given*, once that is longer than the longest cooling-off.
- *Who is who.* Both persons have the same choices, so each state stands for itself and for the one
  in which they have changed places.

`test_agreement` walks at random with and without forgetting and compares.
"""

from boundaries.rules import proposal_checks, proposals, time_apart
from boundaries.rules.proposals import End, Standing
from boundaries.rules.windows import days_between
from tests.explorer import apart, model
from tests.explorer.apart import Apart
from tests.explorer.domain import (
    FARTHEST,
    LONGEST_COOLING_OFF,
    LONGEST_REST,
    MINUTE,
    NEVER,
    NO_TERMS,
    WEEK,
    instant,
)
from tests.explorer.memory import Given, Node, Wish
from tests.explorer.model import ENDS, NOBODY, NOT_ENDED, Pair, Proposed, put

VOID, WITHDRAWN = ENDS.index(End.VOID), ENDS.index(End.WITHDRAWN)
SUPERSEDED = ENDS.index(End.SUPERSEDED)
VOID_APART = apart.ENDS.index(time_apart.End.VOID)
OVER = Wish(NOBODY, NEVER, NEVER, stands=False)


def canonical(node: Node) -> tuple[Node, bool]:
    """The one node that stands for all that are the same, and whether Ana is called Ben in it."""
    node = _in_the_first_week(_without_what_is_over(node))
    other = swapped(node)
    return (other, True) if other < node else (node, False)


def _without_what_is_over(node: Node) -> Node:
    pair, memory = node
    both = enumerate(zip(pair.proposals, memory.given, strict=True))
    kept = [
        (_as_it_looks(pair, index, row), given)
        for index, (row, given) in both
        if not is_inert(pair, index, row)
    ]
    node = _with_proposals(
        node, [(row, given if row.end == NOT_ENDED else Given()) for row, given in kept]
    )
    return _without_times_apart_that_are_over(node)


def _without_times_apart_that_are_over(node: Node) -> Node:
    pair, memory = node
    if not pair.times_apart:
        return node
    apart_until = memory.apart if pair.now < memory.apart else NEVER
    both = enumerate(zip(pair.times_apart, memory.wishes, strict=True))
    kept = [
        (_as_it_looks_apart(pair, index, row), wish)
        for index, (row, wish) in both
        if not is_inert_apart(pair, index, row)
    ]
    memory = memory._replace(apart=apart_until)
    return _with_times_apart(
        Node(pair, memory), [(row, wish if wish.stands else OVER) for row, wish in kept]
    )


def _with_times_apart(node: Node, rows: list[tuple[Apart, Wish]]) -> Node:
    """The node with these times apart, in an order that does not tell which came first."""
    ordered = sorted(rows)
    return Node(
        node.pair._replace(times_apart=tuple(row for row, _ in ordered)),
        node.memory._replace(wishes=tuple(wish for _, wish in ordered)),
    )


def is_inert_apart(pair: Pair, index: int, row: Apart) -> bool:
    """Whether it neither stands nor can be chosen, and its author need not rest for it."""
    rows, now = pair.times_apart, pair.now
    if apart.stands(row, now) or apart.is_open(rows, now, index):
        return False
    if apart.seen(rows, now, row.author, index) is time_apart.Standing.OPEN:
        return False
    return apart.rest_until(rows, now, index, LONGEST_REST) <= now


def _as_it_looks_apart(pair: Pair, index: int, row: Apart) -> Apart:
    """Of one that stands, its day alone; of one that is over, until when its author believes."""
    if apart.stands(row, pair.now):
        return Apart(0, row.until, row.until - 1, agreed=row.until - 1)
    if apart.is_open(pair.times_apart, pair.now, index):
        return row
    if row.back != NEVER:
        return Apart(row.author, row.back, row.back, back=row.back)
    lapses = apart.lapses(row)
    return Apart(row.author, lapses, lapses - apart.LAPSE, end=VOID_APART)


def _with_proposals(node: Node, rows: list[tuple[Proposed, Given]]) -> Node:
    """The node with these proposals, in an order that does not tell which came first."""
    ordered = sorted(rows)
    return Node(
        node.pair._replace(proposals=tuple(row for row, _ in ordered)),
        node.memory._replace(given=tuple(given for _, given in ordered)),
    )


def is_inert(pair: Pair, index: int, row: Proposed) -> bool:
    """Whether nobody can act on it any more, and its author need not rest for it."""
    value, at = model.proposal_value(index, row), instant(pair.now)
    if proposals.standing(value, at) in (Standing.OPEN, Standing.COOLING_OFF):
        return False
    if proposal_checks.seems_in_cooling_off(value, at):
        return False
    if proposals.as_seen_by(value.author, value, at) is Standing.OPEN:
        return False
    until = proposals.rest_until(value, at, LONGEST_REST * MINUTE)
    return until is None or until <= at


def _as_it_looks(pair: Pair, index: int, row: Proposed) -> Proposed:
    if row.end == NOT_ENDED:
        if row.due != NEVER:
            return row._replace(made=row.agreed)
        return row if pair.now < row.made + model.LAPSE else _not_taken_up(row)
    if row.due != NEVER and pair.now < row.due and row.end != SUPERSEDED:
        return _seemingly_in_cooling_off(row)
    if _ended_by_author(row):
        since = _since(row)
        back = put((NEVER, NEVER), row.author, since)
        return Proposed(row.author, NO_TERMS, 0, since, end=WITHDRAWN, back=back)
    if pair.now < row.made + model.LAPSE:
        return _not_taken_up(row)._replace(terms=row.terms)
    return _not_taken_up(row)


def _not_taken_up(row: Proposed) -> Proposed:
    yes = put((False, False), row.author, row.yes[row.author])
    return Proposed(row.author, NO_TERMS, 0, row.made, end=VOID, yes=yes)


def _seemingly_in_cooling_off(row: Proposed) -> Proposed:
    reader = 1 - row.author
    back = (NEVER, NEVER)
    if _ended_by_author(row):
        back = put(back, row.author, _since(row))
    if row.back[reader] != NEVER or row.ended_by == reader:
        back = put(back, reader, row.due)
    return Proposed(
        row.author, row.terms, 0, row.agreed, row.agreed, row.due, VOID, yes=row.yes, back=back
    )


def _ended_by_author(row: Proposed) -> bool:
    return row.back[row.author] != NEVER or row.ended_by == row.author


def _since(row: Proposed) -> int:
    own = row.back[row.author]
    return row.ended if own == NEVER else own


def _in_the_first_week(node: Node) -> Node:
    pair, memory = node
    weeks = pair.now // WEEK * WEEK

    def moved(minute: int) -> int:
        return minute if minute == NEVER else minute - weeks

    def number(of: int) -> int:
        return 0 if of == 0 else 1 if of == pair.number else -1

    return Node(
        pair._replace(
            now=moved(pair.now),
            agreement=number(pair.agreement),
            number=number(pair.number),
            review=moved(pair.review),
            last_conversation=moved(_last_conversation(pair)),
            windows=tuple(
                each._replace(
                    opens=moved(each.opens),
                    closes=moved(each.closes),
                    agreement=number(each.agreement),
                )
                for each in pair.windows
            ),
            proposals=tuple(
                each._replace(
                    base=number(each.base),
                    made=moved(each.made),
                    agreed=moved(each.agreed),
                    due=moved(each.due),
                    ended=moved(each.ended),
                    back=(moved(each.back[0]), moved(each.back[1])),
                )
                for each in pair.proposals
            ),
            times_apart=tuple(
                each._replace(
                    until=moved(each.until),
                    suggested=moved(each.suggested),
                    agreed=moved(each.agreed),
                    back=moved(each.back),
                )
                for each in pair.times_apart
            ),
        ),
        memory._replace(
            given=tuple(_given(each, pair.now, moved) for each in memory.given),
            wishes=tuple(
                each._replace(until=moved(each.until), made=moved(each.made))
                for each in memory.wishes
            ),
            apart=moved(memory.apart),
        ),
    )


def _given(given: Given, now: int, moved) -> Given:
    if given.at == (NEVER, NEVER):
        return Given()
    oldest = now - LONGEST_COOLING_OFF
    first, second = (at if at == NEVER else moved(max(at, oldest)) for at in given.at)
    return given._replace(at=(first, second))


def _last_conversation(pair: Pair) -> int:
    last = pair.last_conversation
    next_one = min([pair.now, *(each.opens for each in pair.windows)])
    if last == NEVER or days_between(instant(last), instant(next_one), "UTC") >= FARTHEST:
        return NEVER
    return last


def swapped(node: Node) -> Node:
    """The same with the persons in each other's place."""
    pair, memory = node
    given = (each._replace(at=each.at[::-1]) for each in memory.given)
    both = zip(pair.times_apart, memory.wishes, strict=True)
    node = _with_times_apart(
        node, [(_swapped_apart(row), _swapped_wish(wish)) for row, wish in both]
    )
    pair, memory = node
    return _with_proposals(
        Node(
            pair._replace(
                limits=pair.limits[::-1],
                paused=pair.paused[::-1],
                windows=tuple(each._replace(answers=each.answers[::-1]) for each in pair.windows),
            ),
            memory._replace(paused=memory.paused[::-1]),
        ),
        list(zip(map(_swapped_proposal, pair.proposals), given, strict=True)),
    )


def _swapped_proposal(row: Proposed) -> Proposed:
    return row._replace(
        author=1 - row.author,
        ended_by=row.ended_by if row.ended_by == NOBODY else 1 - row.ended_by,
        yes=row.yes[::-1],
        back=row.back[::-1],
    )


def _swapped_apart(row: Apart) -> Apart:
    """One that both chose is nobody's."""
    return row if row.agreed != NEVER else row._replace(author=1 - row.author)


def _swapped_wish(wish: Wish) -> Wish:
    return wish if wish == OVER else wish._replace(author=1 - wish.author)
