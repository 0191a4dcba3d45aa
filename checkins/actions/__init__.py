"""What changes in check-ins.

Giving one locks the pair, loads, acts as the page of that act would, and stores the answer, all in
one transaction. Nothing of it is recorded beside what the act itself records.
"""

from checkins.actions.giving import (
    Said,
    delete_check_in,
    give_after,
    give_before,
    give_own,
    save_wish,
)
from checkins.actions.reflections import delete_reflection, edit_reflection, write_reflection
from checkins.actions.rounds import look_at_rounds

__all__ = [
    "Said",
    "delete_check_in",
    "delete_reflection",
    "edit_reflection",
    "give_after",
    "give_before",
    "give_own",
    "look_at_rounds",
    "save_wish",
    "sweep",
    "write_reflection",
]


def sweep() -> None:
    """Do what is due in check-ins: look, once for each conversation, whether both leave room.

    Running it twice, late or on ten workers at once changes nothing more than running it once.
    """
    look_at_rounds()
