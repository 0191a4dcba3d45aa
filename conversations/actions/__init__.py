"""What changes in conversations.

Each act locks the pair, loads, writes, and adds to the record; what delivers asks the gate.
"""

from accounts import clock
from boundaries.actions.sweeping import settle_in_batches
from boundaries.models import Window
from boundaries.rules.windows import State
from conversations.actions.envelopes import hand_back_envelope, keep_envelope, open_envelope
from conversations.actions.letters import (
    ReadAgain,
    begin_draft,
    delete_letter,
    edit_letter,
    give_way,
    keep_words,
    save_draft,
    write_letter,
)
from conversations.actions.notices import look_for_matters, send_notices
from conversations.actions.parting import part
from conversations.actions.release import open_and_release
from conversations.actions.talk import say

__all__ = [
    "ReadAgain",
    "begin_draft",
    "delete_letter",
    "edit_letter",
    "give_way",
    "hand_back_envelope",
    "keep_envelope",
    "keep_words",
    "look_for_matters",
    "open_and_release",
    "open_envelope",
    "part",
    "save_draft",
    "say",
    "send_notices",
    "sweep",
    "write_letter",
]


def sweep() -> None:
    """Do what is due in conversations: open windows with what they bring, and look for what there
    is to tell people of. Sending that is apart (`send_notices`): it may take long.

    Running it twice, late or on ten workers at once changes nothing more than running it once.
    """
    due = Window.objects.filter(state=State.PLANNED, opens_at__lte=clock.now())
    settle_in_batches(due.order_by("opens_at"), open_and_release)
    look_for_matters()
