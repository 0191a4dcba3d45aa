"""R30: each pair's record is one chain, and what was done to it behind its guards is found."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.actions import create_code, use_code
from boundaries import actions, chains, guards
from boundaries.models import RecordEntry
from boundaries.rules.canonical import entry_hash
from conversations import actions as conversations
from tests import beginnings, factories, raw
from tests.beginnings import Begun, beginning

pytestmark = pytest.mark.django_db


def live(begun: Begun) -> None:
    """Two pairs in which many things were done."""
    beginnings.agree_to_all(begun)
    factories.letter(by=begun.ana_place)
    factories.hold(pair=begun.pair, clock=begun.clock)
    dora, cem = factories.person(name="dora"), factories.person(name="cem")
    other = use_code(by=dora, code=create_code(by=cem))
    factories.allow(by=(other,))
    actions.pause(by=begun.ben_place)
    actions.lift(by=begun.ben_place)
    conversations.part(by=other)
    begun.life = begun.pair


BEGINNINGS = {"life": live}

life = beginning("life")


@pytest.fixture
def entries(life):
    return list(RecordEntry.objects.filter(pair=life).order_by("number"))


def verify(capsys, *arguments):
    call_command("verify_record", *arguments)
    return capsys.readouterr().out


def broken(*arguments) -> str:
    with pytest.raises(CommandError) as found:
        call_command("verify_record", *arguments)
    return str(found.value)


def behind_the_guards(change):
    names = [each.name for each in guards.BOUNDARIES]
    with guards.down(connection, *names):
        change()


def test_r30_every_act_of_a_life_is_one_unbroken_chain(life, capsys):
    count = RecordEntry.objects.count()
    assert count > 12
    assert verify(capsys) == f"{count} entries, each record one unbroken chain.\n"


def test_r30_without_any_record_there_is_nothing_broken(db, capsys):
    assert verify(capsys).startswith("0 entries")


@pytest.mark.parametrize(
    "columns",
    [
        {"act": "paused"},
        {"actor_id": None},
        {"subject": uuid4()},
        {"digest": "0" * 64},
        {"hash": "0" * 64},
    ],
    ids=lambda columns: next(iter(columns)),
)
def test_r30_an_entry_that_was_changed_is_named(entries, columns):
    behind_the_guards(lambda: raw.change(entries[2], **columns))
    assert broken() == f"The record is broken: pair {entries[2].pair_id}, entry 3: it was changed."


def test_r30_also_an_instant_that_moved_by_a_microsecond(entries):
    moved = entries[0].at + timedelta(microseconds=1)
    behind_the_guards(lambda: raw.change(entries[0], at=moved))
    assert "entry 1: it was changed" in broken()


def test_r30_an_entry_that_was_changed_with_its_hash_breaks_the_next_link(entries):
    it = entries[2]
    forged = entry_hash(
        pair=it.pair_id,
        number=it.number,
        at=it.at,
        actor=None,
        act=it.act,
        subject=it.subject,
        digest_of=it.digest,
        previous=it.previous,
    )
    behind_the_guards(lambda: raw.change(it, actor_id=None, hash=forged))
    assert "entry 4: it does not hold on to the entry before" in broken()


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        (slice(3, 4), "entry 5: entry 4 is gone"),
        (slice(-1, None), "the record does not end with entry"),
        (slice(None), "entries are gone"),
    ],
)
def test_r30_entries_that_were_deleted_are_missed(entries, gone, said):
    keys = [each.pk for each in entries[gone]]
    behind_the_guards(lambda: RecordEntry.objects.filter(pk__in=keys).delete())
    assert said in broken()


def test_r30_a_record_that_was_written_anew_is_found_by_heads_kept_elsewhere(
    life, entries, tmp_path, capsys
):
    """Even if every hash and the pair's own end of it fit."""
    kept = tmp_path / "heads"
    call_command("write_record_heads", str(kept))
    assert "2 signed heads are in them" in verify(capsys, "--heads", str(kept))

    def cut_short():
        RecordEntry.objects.filter(pk=entries[-1].pk).delete()
        last = entries[-2]
        raw.change(life, record_length=last.number, record_head=last.hash)

    behind_the_guards(cut_short)
    assert "one unbroken chain" in verify(capsys)
    assert f"entry {len(entries)}: it is not what was signed on line" in broken("--heads", kept)


def test_r30_who_acts_while_the_record_is_read_raises_no_alarm(
    life, ana_place, capsys, monkeypatch
):
    ends = list(chains.heads())
    actions.pause(by=ana_place)
    monkeypatch.setattr(chains, "heads", lambda: ends)
    assert "one unbroken chain" in verify(capsys)
    monkeypatch.setattr(chains, "_goes_on", lambda _: False)
    assert "the record does not end with entry" in broken()


def test_r30_what_is_added_later_leaves_old_heads_true(life, ana_place, tmp_path, capsys):
    kept = tmp_path / "heads"
    call_command("write_record_heads", str(kept))
    actions.pause(by=ana_place)
    assert "2 signed heads are in them" in verify(capsys, "--heads", str(kept))


def test_r30_heads_that_this_host_did_not_sign_are_refused(life, tmp_path):
    kept = tmp_path / "heads"
    call_command("write_record_heads", str(kept))
    first, second = kept.read_text().splitlines()
    forged = json.dumps([str(life.pk), 1, "0" * 64]) + ":" + first.rpartition(":")[2]
    kept.write_text(f"{second}\n{forged}\n")
    assert "line 2 of the heads was not signed with this key" in broken("--heads", kept)
    kept.write_bytes(b"\xff\xfe")
    assert "cannot be read" in broken("--heads", kept)
    assert "cannot be read" in broken("--heads", tmp_path / "none")


def test_r30_heads_never_replace_a_file(life, tmp_path):
    kept = tmp_path / "heads"
    kept.write_text("something else")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("write_record_heads", str(kept))
    assert kept.read_text() == "something else"


def test_r30_the_record_holds_no_content(entries):
    """Ids, digests and acts alone."""
    fields = {field.name for field in RecordEntry._meta.fields}
    assert fields == {
        "id", "pair", "number", "at", "actor", "act", "subject", "digest", "previous", "hash",
    }  # fmt: skip
    assert all(len(each.digest) in (0, 64) for each in entries)
