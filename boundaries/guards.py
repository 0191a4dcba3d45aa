"""What the database itself refuses, beyond what a constraint can say: triggers, on both databases.

Rules and actions keep all of this already. The guards are for what goes round them: a shell, an
`update()`, a mistake of tomorrow. Each is one trigger, whose SQL is written for PostgreSQL and for
SQLite.

record_goes_on: an entry is taken only at the end of its pair's record, and moves the end on, so
    that a record is one chain (R30).
record_ends_where_it_does: the end of a record never moves back, which would stop every act.
record_stays: an entry is never changed, deleted or emptied away (R30).
agreement_is_made: an agreement begins only with both persons' consent to exactly these terms and at
    the end of cooling-off (R2), or, without a proposal, in place of one that ends with it (R1);
    and not while somebody's pause stands, or after the pair was parted.
agreement_cools_off: cooling-off is counted from the later of both consents (R2).
agreement_from_its_base: the proposal that makes it is none that came to nothing, has these very
    terms, and changes what was in force until then, or nothing if nothing was (R3).
agreement_alone_is_less: without a proposal it has no later review and nothing more than the one
    before, as far as SQL can tell (R1): `LESS` says what that leaves out.
agreement_stays: its terms and its beginning are never changed, its review never moves away, and its
    end is set once.
proposal_is_made: a proposal begins from what is in force (R3).
proposal_stays: what is proposed, from what, and until when it cools off is never changed; what came
    to nothing never takes force, and what took force stays so (R2, R3).
consent_is_exact: a consent is to the terms of its proposal, by one of the pair (R2).
consent_stays: it is withdrawn, and nothing else; and not given again.
consent_carries: a consent to what is in force is not withdrawn: that is for less, or an end (R4).
windows_apart: no two windows of a pair overlap, of those that are planned, open, or took place.
window_stays_opened: whose it is, and that and when it was opened, is never changed.
message_in_the_open: something is said only into an open window of its pair, and stays as it is
    (R21).
release_in_the_open: a letter is released only into an open window of its pair (R18).
release_stays: what was released stays so, and when.
envelope_stays: which letter it holds, from which window and for whom, is never changed; nor is it
    deleted.
pair_stays_ended: who have parted do not go on in the same pair (R16).
agreement_after_time_apart: no agreement begins while a time apart stands that both chose.
time_apart_stays: its day and author are never changed, and once both chose it neither is that; it
    is put behind them only after its day.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


class Guard(NamedTuple):
    """One trigger. `when` is what comes between its name and its body: moment and table.

    forbidden: SQL that is true of a row (NEW, OLD) that must not be, the same on both databases
    and so without anything that only one of them knows. then: SQL to be run if it is not. turns:
    whether it is asked of one after the other in a pair, as acts are: two that are written at the
    same time do not see each other.
    """

    name: str
    when: str
    forbidden: str
    then: str = ""
    turns: bool = False


TAKE_PLACE = "('planned', 'open', 'held', 'cut_short')"


def _end_of(window: str) -> str:
    """Until when a window lasted, or will."""
    return (
        f"CASE WHEN {window}.ended_at < {window}.closes_at"
        f" THEN {window}.ended_at ELSE {window}.closes_at END"
    )


BOUNDARIES = (
    Guard(
        name="record_goes_on",
        when="BEFORE INSERT ON boundaries_recordentry",
        forbidden="""NOT EXISTS (
            SELECT 1 FROM accounts_pair pair WHERE pair.id = NEW.pair_id
            AND pair.record_length = NEW.number - 1 AND pair.record_head = NEW.previous
        )""",
        then="""UPDATE accounts_pair SET record_length = NEW.number, record_head = NEW.hash
            WHERE id = NEW.pair_id""",
    ),
    Guard(
        name="record_ends_where_it_does",
        when="BEFORE UPDATE OF record_length, record_head ON accounts_pair",
        forbidden="""NEW.record_length < OLD.record_length
            OR (NEW.record_length = OLD.record_length AND NEW.record_head <> OLD.record_head)""",
    ),
    Guard(
        name="record_stays_as_it_is",
        when="BEFORE UPDATE ON boundaries_recordentry",
        forbidden="TRUE",
    ),
    Guard(
        name="record_stays",
        when="BEFORE DELETE ON boundaries_recordentry",
        forbidden="TRUE",
    ),
    Guard(
        name="record_is_not_emptied",
        when="BEFORE TRUNCATE ON boundaries_recordentry",
        forbidden="TRUE",
    ),
    Guard(
        name="agreement_is_made",
        when="BEFORE INSERT ON boundaries_agreement",
        forbidden="""EXISTS (
            SELECT 1 FROM accounts_pair pair WHERE pair.id = NEW.pair_id
            AND pair.ended_at IS NOT NULL
        ) OR EXISTS (
            SELECT 1 FROM boundaries_pause pause WHERE pause.pair_id = NEW.pair_id
            AND pause.lifted_at IS NULL
        ) OR CASE WHEN NEW.proposal_id IS NULL THEN NOT EXISTS (
            SELECT 1 FROM boundaries_agreement last WHERE last.pair_id = NEW.pair_id
            AND last.number = NEW.number - 1 AND last.ended_at >= NEW.in_force_from
        ) ELSE NOT EXISTS (
            SELECT 1 FROM boundaries_proposal proposal WHERE proposal.id = NEW.proposal_id
            AND proposal.pair_id = NEW.pair_id AND proposal.digest = NEW.digest
            AND proposal.takes_force_at <= NEW.in_force_from
        ) OR 2 <> (
            SELECT COUNT(*) FROM boundaries_consent consent
            JOIN accounts_membership place ON place.person_id = consent.person_id
            WHERE consent.proposal_id = NEW.proposal_id AND consent.digest = NEW.digest
            AND consent.withdrawn_at IS NULL AND place.pair_id = NEW.pair_id
        ) END""",
    ),
    Guard(
        name="agreement_stays",
        when="BEFORE UPDATE ON boundaries_agreement",
        forbidden="""NEW.pair_id <> OLD.pair_id OR NEW.digest <> OLD.digest
            OR CAST(NEW.terms AS TEXT) <> CAST(OLD.terms AS TEXT)
            OR NEW.number <> OLD.number OR NEW.in_force_from <> OLD.in_force_from
            OR NEW.review_at > OLD.review_at
            OR COALESCE(CAST(NEW.proposal_id AS TEXT), '')
                <> COALESCE(CAST(OLD.proposal_id AS TEXT), '')
            OR (OLD.ended_at IS NOT NULL
                AND (NEW.ended_at IS NULL OR NEW.ended_at <> OLD.ended_at))""",
    ),
    Guard(
        name="consent_is_exact",
        when="BEFORE INSERT ON boundaries_consent",
        forbidden="""NOT EXISTS (
            SELECT 1 FROM boundaries_proposal proposal
            JOIN accounts_membership place ON place.pair_id = proposal.pair_id
            WHERE proposal.id = NEW.proposal_id AND proposal.digest = NEW.digest
            AND place.person_id = NEW.person_id
        )""",
    ),
    Guard(
        name="consent_stays",
        when="BEFORE UPDATE ON boundaries_consent",
        forbidden="""NEW.proposal_id <> OLD.proposal_id OR NEW.person_id <> OLD.person_id
            OR NEW.digest <> OLD.digest OR NEW.given_at <> OLD.given_at
            OR (OLD.withdrawn_at IS NOT NULL AND NEW.withdrawn_at IS NULL)""",
    ),
    *(
        Guard(
            name=f"windows_apart_{moment.split()[0].lower()}",
            when=f"BEFORE {moment} ON boundaries_window",
            forbidden=f"""NEW.state IN {TAKE_PLACE} AND EXISTS (
                SELECT 1 FROM boundaries_window other WHERE other.pair_id = NEW.pair_id
                AND other.id <> NEW.id AND other.state IN {TAKE_PLACE}
                AND other.opens_at < {_end_of("NEW")} AND NEW.opens_at < {_end_of("other")}
            )""",  # noqa: S608 - nothing in it comes from anywhere else
            turns=True,
        )
        for moment in ("INSERT", "UPDATE OF opens_at, closes_at, state, pair_id")
    ),
)

CONVERSATIONS = (
    *(
        Guard(
            name=f"release_in_the_open_{moment.split()[0].lower()}",
            when=f"BEFORE {moment} ON conversations_letter",
            forbidden="""NEW.state = 'released' AND NOT EXISTS (
                SELECT 1 FROM conversations_envelope envelope
                JOIN boundaries_window held_in ON held_in.id = envelope.window_id
                WHERE envelope.letter_id = NEW.id AND held_in.pair_id = NEW.pair_id
                AND held_in.opened_at IS NOT NULL AND held_in.opened_at <= NEW.released_at
                AND (held_in.ended_at IS NULL OR held_in.ended_at >= NEW.released_at)
            )""",
        )
        for moment in ("INSERT", "UPDATE OF state, pair_id")
    ),
)


TALK = (
    Guard(
        name="message_in_the_open",
        when="BEFORE INSERT ON conversations_message",
        forbidden="""NOT EXISTS (
            SELECT 1 FROM boundaries_window held_in WHERE held_in.id = NEW.window_id
            AND held_in.pair_id = NEW.pair_id AND held_in.state = 'open'
            AND held_in.opened_at <= NEW.said_at AND NEW.said_at < held_in.closes_at
        )""",
    ),
    Guard(
        name="message_stays",
        when="BEFORE UPDATE ON conversations_message",
        forbidden="TRUE",
    ),
)

APART = (
    Guard(
        name="agreement_after_time_apart",
        when="BEFORE INSERT ON boundaries_agreement",
        forbidden="""EXISTS (
            SELECT 1 FROM boundaries_timeapart apart WHERE apart.pair_id = NEW.pair_id
            AND apart.agreed_at IS NOT NULL AND apart.agreed_at <= NEW.in_force_from
            AND apart.ends_at > NEW.in_force_from
        )""",
    ),
    Guard(
        name="time_apart_stays",
        when="BEFORE UPDATE ON boundaries_timeapart",
        forbidden="""NEW.pair_id <> OLD.pair_id OR NEW.author_id <> OLD.author_id
            OR NEW.day <> OLD.day OR NEW.ends_at <> OLD.ends_at
            OR NEW.suggested_at <> OLD.suggested_at
            OR (OLD.agreed_at IS NOT NULL AND (
                NEW.agreed_at IS NULL OR NEW.agreed_at <> OLD.agreed_at
                OR NEW.ended_at < NEW.ends_at
            ))""",
    ),
)


LESS = """NEW.review_at <= last.review_at
    AND NEW.terms ->> 'at' = last.terms ->> 'at'
    AND NEW.terms ->> 'zone' = last.terms ->> 'zone'
    AND CAST(NEW.terms ->> 'minutes' AS INTEGER) <= CAST(last.terms ->> 'minutes' AS INTEGER)
    AND CAST(NEW.terms ->> 'letters' AS INTEGER) <= CAST(last.terms ->> 'letters' AS INTEGER)
    AND CAST(NEW.terms ->> 'letter_length' AS INTEGER)
        <= CAST(last.terms ->> 'letter_length' AS INTEGER)
    AND NEW.terms ->> 'live' <= last.terms ->> 'live'
    AND NEW.terms ->> 'ask_before_each' >= last.terms ->> 'ask_before_each'
    AND CASE WHEN NEW.terms -> 'rhythm' ->> 'unit' = last.terms -> 'rhythm' ->> 'unit' THEN
        CAST(NEW.terms -> 'rhythm' ->> 'every' AS INTEGER)
            % CAST(last.terms -> 'rhythm' ->> 'every' AS INTEGER) = 0
        AND CAST(NEW.terms -> 'rhythm' ->> 'phase' AS INTEGER)
            % CAST(last.terms -> 'rhythm' ->> 'every' AS INTEGER)
            = CAST(last.terms -> 'rhythm' ->> 'phase' AS INTEGER)
    ELSE NEW.terms -> 'rhythm' ->> 'unit' = 'month'
        AND CAST(last.terms -> 'rhythm' ->> 'every' AS INTEGER) = 1
    END"""
"""That an agreement (NEW) is less than another (last) in what both databases can read.

Which days of the week or the month a rhythm has is left to the rules, so this lets in more than
`Terms.__le__`, and never refuses what that calls less. A word is compared as a word: "false" comes
before "true", as 0 does before 1.
"""

AGREED = (
    Guard(
        name="agreement_cools_off",
        when="BEFORE INSERT ON boundaries_agreement",
        forbidden="""EXISTS (
            SELECT 1 FROM boundaries_consent consent
            JOIN boundaries_proposal proposal ON proposal.id = consent.proposal_id
            WHERE proposal.id = NEW.proposal_id AND consent.given_at > proposal.agreed_at
        )""",
    ),
    Guard(
        name="agreement_from_its_base",
        when="BEFORE INSERT ON boundaries_agreement",
        forbidden="""NEW.proposal_id IS NOT NULL AND NOT EXISTS (
            SELECT 1 FROM boundaries_proposal proposal
            LEFT JOIN boundaries_agreement last
                ON last.pair_id = NEW.pair_id AND last.number = NEW.number - 1
            WHERE proposal.id = NEW.proposal_id AND proposal."end" = 'in_force'
            AND CAST(proposal.terms AS TEXT) = CAST(NEW.terms AS TEXT)
            AND (NEW.number = 1 OR last.id IS NOT NULL)
            AND CASE WHEN proposal.base_id IS NULL
                THEN last.id IS NULL OR last.in_force_from <= proposal.made_at
                ELSE proposal.base_id = last.id AND last.ended_at >= NEW.in_force_from
            END
        )""",
    ),
    Guard(
        name="agreement_alone_is_less",
        when="BEFORE INSERT ON boundaries_agreement",
        forbidden=f"""NEW.proposal_id IS NULL AND EXISTS (
            SELECT 1 FROM boundaries_agreement last WHERE last.pair_id = NEW.pair_id
            AND last.number = NEW.number - 1 AND NOT COALESCE(({LESS}), FALSE)
        )""",  # noqa: S608 - nothing in it comes from anywhere else
    ),
    Guard(
        name="proposal_is_made",
        when="BEFORE INSERT ON boundaries_proposal",
        forbidden="""COALESCE(CAST(NEW.base_id AS TEXT), '') <> COALESCE((
            SELECT CAST(now.id AS TEXT) FROM boundaries_agreement now
            WHERE now.pair_id = NEW.pair_id AND now.ended_at IS NULL
        ), '')""",
    ),
    Guard(
        name="proposal_stays",
        when="BEFORE UPDATE ON boundaries_proposal",
        forbidden="""NEW.pair_id <> OLD.pair_id OR NEW.author_id <> OLD.author_id
            OR NEW.digest <> OLD.digest OR NEW.made_at <> OLD.made_at
            OR CAST(NEW.terms AS TEXT) <> CAST(OLD.terms AS TEXT)
            OR COALESCE(CAST(NEW.base_id AS TEXT), '') <> COALESCE(CAST(OLD.base_id AS TEXT), '')
            OR (OLD.agreed_at IS NOT NULL AND (
                NEW.agreed_at IS NULL OR NEW.agreed_at <> OLD.agreed_at
                OR NEW.takes_force_at IS NULL OR NEW.takes_force_at <> OLD.takes_force_at
            ))
            OR (OLD."end" IS NOT NULL AND (NEW."end" IS NULL
                OR (NEW."end" = 'in_force') <> (OLD."end" = 'in_force')
            ))""",
    ),
)

STAYING = (
    Guard(
        name="pair_stays_ended",
        when="BEFORE UPDATE OF ended_at ON accounts_pair",
        forbidden="""OLD.ended_at IS NOT NULL
            AND (NEW.ended_at IS NULL OR NEW.ended_at <> OLD.ended_at)""",
    ),
    Guard(
        name="consent_carries",
        when="BEFORE UPDATE OF withdrawn_at ON boundaries_consent",
        forbidden="""NEW.withdrawn_at IS NOT NULL AND OLD.withdrawn_at IS NULL AND EXISTS (
            SELECT 1 FROM boundaries_agreement now
            WHERE now.proposal_id = NEW.proposal_id AND now.ended_at IS NULL
        )""",
    ),
    Guard(
        name="window_stays_opened",
        when="BEFORE UPDATE OF opened_at, pair_id ON boundaries_window",
        forbidden="""NEW.pair_id <> OLD.pair_id OR (OLD.opened_at IS NOT NULL
            AND (NEW.opened_at IS NULL OR NEW.opened_at <> OLD.opened_at))""",
    ),
)

DELIVERED = (
    Guard(
        name="release_stays",
        when="BEFORE UPDATE OF state, released_at, pair_id ON conversations_letter",
        forbidden="""OLD.state = 'released' AND (NEW.state <> 'released'
            OR NEW.released_at <> OLD.released_at OR NEW.pair_id <> OLD.pair_id)""",
    ),
    Guard(
        name="envelope_stays_as_it_is",
        when="BEFORE UPDATE OF letter_id, window_id, recipient_id ON conversations_envelope",
        forbidden="""NEW.letter_id <> OLD.letter_id OR NEW.window_id <> OLD.window_id
            OR NEW.recipient_id <> OLD.recipient_id""",
    ),
    Guard(
        name="envelope_stays",
        when="BEFORE DELETE ON conversations_envelope",
        forbidden="TRUE",
    ),
)

ALL = BOUNDARIES + CONVERSATIONS + TALK + APART + AGREED + STAYING + DELIVERED

KEEPING = ("record_stays", "record_is_not_emptied", "envelope_stays")
"""The guards that a pair as a whole could not be deleted under."""


def install(connection: BaseDatabaseWrapper, guards: tuple[Guard, ...]) -> None:
    """Put the guards up. They are up afterwards also if some were before."""
    remove(connection, guards)
    for guard in guards:
        for statement in _statements(connection.vendor, guard):
            _run(connection, statement)


def remove(connection: BaseDatabaseWrapper, guards: tuple[Guard, ...]) -> None:
    """Take the guards down, as far as they are up."""
    for guard in guards:
        if connection.vendor == "postgresql":
            _run(connection, f"DROP TRIGGER IF EXISTS {guard.name} ON {_table(guard)}")
            _run(connection, f"DROP FUNCTION IF EXISTS {guard.name}()")
        else:
            _run(connection, f"DROP TRIGGER IF EXISTS {guard.name}")


@contextmanager
def down(connection: BaseDatabaseWrapper, *names: str) -> Iterator[None]:
    """Without these guards for the block: only to delete a pair as a whole, with all that is its,
    and in migrations.

    In one transaction, so that nobody else ever finds them down, and a fault leaves them up.
    """
    guards = tuple(guard for guard in ALL if guard.name in names)
    with transaction.atomic(using=connection.alias):
        _settle(connection)
        remove(connection, guards)
        yield
        _settle(connection)
        install(connection, guards)


LOCK = "PERFORM 1 FROM accounts_pair WHERE id = NEW.pair_id FOR UPDATE;"
"""What acts lock, too. SQLite lets only one write at a time."""


def _settle(connection: BaseDatabaseWrapper) -> None:
    """Check now what was put off: PostgreSQL changes no trigger of a table that waits for it."""
    if connection.vendor == "postgresql":
        _run(connection, "SET CONSTRAINTS ALL IMMEDIATE")
        _run(connection, "SET CONSTRAINTS ALL DEFERRED")


def _statements(vendor: str, guard: Guard) -> list[str]:
    refusal = f"refused by {guard.name}"
    empties = " TRUNCATE " in guard.when
    if vendor != "postgresql":
        if empties:
            return []  # SQLite has no such statement: it deletes row by row.
        check = f"SELECT RAISE(ABORT, '{refusal}') WHERE {for_sqlite(guard.forbidden)};"
        then = f"{guard.then};" if guard.then else ""
        return [f"CREATE TRIGGER {guard.name} {guard.when} BEGIN {check} {then} END"]
    row = "OLD" if " DELETE " in guard.when else "NEW"
    body = f"""BEGIN
        {LOCK if guard.turns else ""}
        IF ({guard.forbidden}) THEN
            RAISE EXCEPTION '{refusal}' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        {guard.then + ";" if guard.then else ""}
        RETURN {row};
    END"""
    function = f"CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
    each = "STATEMENT" if empties else "ROW"
    trigger = f"CREATE TRIGGER {guard.name} {guard.when} FOR EACH {each} EXECUTE FUNCTION"
    return [function, f"{trigger} {guard.name}()"]


READ_AS_JSON = re.compile(r"(\w+\.terms)((?: -> '\w+')*) ->> '(\w+)'")


def for_sqlite(sql: str) -> str:
    """What is read from JSON with a function: SQLite knows these signs only since 2022 (3.38)."""

    def extract(read: re.Match[str]) -> str:
        path = ".".join(["$", *re.findall(r"\w+", read[2]), read[3]])
        return f"json_extract({read[1]}, '{path}')"

    return READ_AS_JSON.sub(extract, sql)


def _table(guard: Guard) -> str:
    return guard.when.rpartition(" ON ")[2]


def _run(connection: BaseDatabaseWrapper, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
