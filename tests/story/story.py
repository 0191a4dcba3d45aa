"""The story that every test of this folder tells, a chapter a function.

Two people who are new here agree on one conversation a month. Each writes a letter, which waits.
The conversation opens by itself and brings them; one of them pauses, and nothing more arrives.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from repair.demo.people import ANA
from tests.stack import Running
from tests.story.visitors import Visitor, signed_in

PASSWORD = "three-stones-in-a-row"
MIRAS_LETTER = "Jon,\n\nthe apple tree is <still> there & bears.\n\n  Mira"
JONS_LETTER = "Mira,\n\nI have repaired the gate. You need not answer.\n\nJon"
TOO_LATE = "One more thing, which must wait for good."
NOTHING = "No conversation is scheduled"


@dataclass
class Couple:
    """The two people of the story, each with a browser of their own.

    somebody_else: one of the demo's two, who have a conversation at the same times.
    """

    mira: Visitor
    jon: Visitor
    somebody_else: Visitor
    mail: Path

    @classmethod
    def of(cls, repair: Running, mira: Visitor, jon: Visitor) -> "Couple":
        """The couple that uses this Repair."""
        return cls(mira, jon, signed_in(repair.address, ANA.email), repair.folder / "mail")


def everything(couple: Couple) -> None:
    """The whole story, from the first questions to the pause and long after it."""
    arrive(couple)
    agree(couple)
    write(couple)
    meet(couple)
    pause(couple)


def arrive(couple: Couple) -> None:
    """Both answer the questions, sign up, and join by a code that one passes on by hand."""
    sign_up(couple.mira, "mira@example.org", "Europe/Berlin", couple.mail)
    sign_up(couple.jon, "jon@example.org", "Europe/Lisbon", couple.mail)
    join(couple)


def sign_up(visitor: Visitor, email: str, zone: str, mail: Path) -> None:
    """Begin with the two questions, make an account, confirm the address, sign in."""
    visitor.open("/")
    visitor.follow("Begin")
    visitor.press("Continue", order_stands="no", fears_other="no")
    secret = {"password1": PASSWORD, "password2": PASSWORD}
    visitor.press("Make the account", email=email, time_zone=zone, **secret)
    assert "Please look at your mail" in visitor.text
    visitor.open(link_to(email, mail))
    visitor.press("Yes, confirm it")
    visitor.press("Sign in", login=email, password=PASSWORD)
    assert "You are signed in" in visitor.text


def link_to(email: str, mail: Path) -> str:
    """The path of the link in the mail to this address."""
    mails = [each.read_text() for each in mail.iterdir()]
    (own,) = [words for words in mails if f"To: {email}" in words]
    found = re.search(r"https?://[^/\s]+(/\S+)", own)
    assert found, own
    return found[1]


def join(couple: Couple) -> None:
    """Mira makes a code and Jon uses it; each chooses what they call the other."""
    couple.mira.follow("Make a code")
    couple.mira.press("Make a code")
    code = re.search(r"\b[A-Z2-9]{4}(-[A-Z2-9]{4}){3}\b", couple.mira.text)
    assert code, couple.mira.text
    couple.jon.follow("I was given a code")
    couple.jon.press("Use the code", code=code[0].lower())
    couple.jon.press("Save", name="M.")
    couple.mira.open("/")
    assert NOTHING in couple.mira.text
    couple.mira.follow("Settings")
    couple.mira.follow("Change this name")
    couple.mira.press("Save", name="Jon")
    assert "M." not in couple.mira.text


def agree(couple: Couple) -> None:
    """Limits by both, a proposal by Mira, a yes by Jon, and a time in which nothing holds yet."""
    # Mira wants to be asked before each conversation. Jon does not.
    set_limits(couple.mira, days_between="28", minutes="60", ask_before_each=True)
    set_limits(couple.jon, days_between="14", minutes="90", ask_before_each=False)
    propose(couple.mira)
    say_yes(couple.jon)
    cool_off(couple)


def set_limits(visitor: Visitor, **values: object) -> None:
    """Allow what the page suggests, and what `values` say instead."""
    visitor.open("/")
    visitor.follow("Your limits")
    visitor.press("Save my limits", **values)
    assert "Your limits are set" in visitor.text


def propose(visitor: Visitor) -> None:
    """Put one conversation a month to the other: see what it means, then prove who one is."""
    visitor.follow("Propose a conversation")
    visitor.press("See what this means", nth="1", weekday="5", opens_at="18:00", minutes="45")
    assert "This is what you would propose" in visitor.text
    assert "on the first Saturday of every month" in visitor.text
    visitor.press("Propose this")
    visitor.press("Continue", password=PASSWORD)
    assert "Your proposal is made" in visitor.text


def say_yes(visitor: Visitor) -> None:
    """Read the proposal and say yes to exactly that, with the password."""
    visitor.open("/")
    visitor.follow("Proposed to you")
    assert "on the first Saturday of every month" in visitor.text
    visitor.press("Yes, to exactly this")
    visitor.press("Continue", password=PASSWORD)
    assert "You both said yes" in visitor.text


def cool_off(couple: Couple) -> None:
    """Nothing holds before the end of cooling-off; then both read the same."""
    couple.jon.let_days_pass(2)
    for each in (couple.mira, couple.jon):
        each.open("/")
        assert "You both said yes" in each.text
        assert NOTHING in each.text
    couple.jon.let_days_pass(1)
    for each in (couple.mira, couple.jon):
        each.look_until("Your next conversation")
        each.follow("See the whole of it")
        assert "In force since" in each.text


def write(couple: Couple) -> None:
    """Each writes a letter; nobody else can tell."""
    hold(couple.mira, MIRAS_LETTER)
    couple.jon.open("/")
    assert "apple" not in couple.jon.text
    hold(couple.jon, JONS_LETTER)


def hold(visitor: Visitor, words: str) -> None:
    """Write a letter that waits for the next conversation."""
    visitor.open("/")
    visitor.follow("Write a letter")
    visitor.press("Hold for the next conversation", body=words)
    assert "Held" in visitor.text


def meet(couple: Couple) -> None:
    """Mira is asked and says go ahead; it opens by itself, and both read what came."""
    wait_for_being_asked(couple.mira)
    couple.mira.press("Go ahead")
    couple.mira.press("the next conversation")
    couple.mira.look_until("Your conversation is open")
    read(couple.mira, JONS_LETTER)
    sees_one_state(couple.jon)
    couple.jon.open("/")
    couple.jon.follow("A closed envelope for you")
    couple.jon.press("Keep it for later")
    assert "kept for later" in couple.jon.text
    sees_one_state(couple.mira)
    read(couple.jon, MIRAS_LETTER)
    sees_one_state(couple.mira)


def wait_for_being_asked(visitor: Visitor) -> None:
    """Go on until the conversation is near enough to be asked about, which is for three days."""
    visitor.open("/")
    for _ in range(20):
        if "Do you want it to take place?" in visitor.text:
            return
        visitor.let_days_pass(2)
        visitor.open("/")
    raise AssertionError("Nobody was asked")


def read(visitor: Visitor, words: str) -> None:
    """Take the envelope, open it, and find the other's words in it."""
    visitor.open("/")
    visitor.follow("A closed envelope")
    assert words.splitlines()[-1] not in visitor.text
    visitor.press("Read it now")
    assert " ".join(words.split()) in visitor.text


def sees_one_state(visitor: Visitor) -> None:
    """The writer reads that the letter went into the conversation, whatever became of it."""
    visitor.open("/")
    visitor.follow("All your letters")
    assert "In the conversation of" in visitor.text
    visitor.follow(visitor_letter(visitor))
    assert "In the conversation of" in visitor.text
    assert not re.search(r"read|opened|kept|handed", visitor.text.split("A letter of yours")[1])


def visitor_letter(visitor: Visitor) -> str:
    """The first words of this person's letter, as they stand in the list."""
    return "Jon, the apple" if "apple" in visitor.text else "Mira, I have"


def pause(couple: Couple) -> None:
    """One tap, and nothing more arrives: not what was held before, nor what is held after."""
    hold_and_go_ahead(couple)
    couple.jon.open("/")
    couple.jon.press("Pause")
    assert "You have paused" in couple.jon.text
    couple.mira.open("/")
    assert NOTHING in couple.mira.text
    own = re.sub("Pause (all contact|with a few words)", "", couple.mira.text)
    assert "pause" not in own.lower()
    hold(couple.mira, TOO_LATE)
    second_conversation_begins(couple)
    nothing_came(couple)


def nobody_pauses(couple: Couple) -> None:
    """The same without a pause: then the second letter comes, too."""
    hold_and_go_ahead(couple)
    second_conversation_begins(couple)
    read(couple.jon, TOO_LATE)


def hold_and_go_ahead(couple: Couple) -> None:
    """Mira writes another letter, and wants the second conversation to take place."""
    hold(couple.mira, TOO_LATE)
    wait_for_being_asked(couple.mira)
    couple.mira.press("Go ahead")


def second_conversation_begins(couple: Couple) -> None:
    """Where another pair's has been opened, the worker has opened all that was to open then."""
    couple.somebody_else.open("/")
    couple.somebody_else.press("the next conversation")
    couple.somebody_else.look_until("Your conversation is open")


def nothing_came(couple: Couple) -> None:
    """Both letters are where they were, and there is no envelope."""
    couple.mira.open("/")
    assert NOTHING in couple.mira.text
    assert couple.mira.text.count("Held") == 2
    couple.jon.open("/")
    assert "A closed envelope" not in couple.jon.text
    assert NOTHING in couple.jon.text
