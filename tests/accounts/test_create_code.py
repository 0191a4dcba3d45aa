"""Making and withdrawing a one-time code."""

import json

import pytest
from django.core import serializers

from accounts.actions import CodeGone, CodeRefused, create_code, use_code, withdraw_code
from accounts.codes import digest_of
from accounts.models import Invitation
from accounts.queries import live_invitation_of, live_invitations

pytestmark = pytest.mark.django_db


def test_r26_of_a_code_only_the_digest_is_kept(ana, clock):
    code = create_code(by=ana)
    invitation = Invitation.objects.get()
    assert invitation.code_digest == digest_of(code)
    kept = json.dumps(json.loads(serializers.serialize("json", [invitation]))).upper()
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_r26_a_code_lasts_seven_days(ana, clock):
    create_code(by=ana)
    clock.move(days=7, microseconds=-1)
    assert live_invitation_of(ana, clock.at)
    clock.move(microseconds=1)
    assert live_invitation_of(ana, clock.at) is None


def test_r26_a_new_code_makes_the_older_one_void(ana, ben, clock):
    old, new = create_code(by=ana), create_code(by=ana)
    with pytest.raises(CodeRefused):
        use_code(by=ben, code=old)
    assert use_code(by=ben, code=new).person == ben


def test_r26_codes_of_different_persons_stand_side_by_side(ana, ben, clock):
    create_code(by=ana)
    create_code(by=ben)
    live = live_invitations(clock.at)
    assert {invitation.made_by for invitation in live} == {ana, ben}


def test_r26_a_withdrawn_code_is_void_and_withdrawing_twice_is_harmless(ana, ben, clock):
    code = create_code(by=ana)
    withdraw_code(by=ana)
    first = Invitation.objects.get().withdrawn_at
    clock.move(hours=1)
    withdraw_code(by=ana)
    assert Invitation.objects.get().withdrawn_at == first
    with pytest.raises(CodeRefused):
        use_code(by=ben, code=code)


def test_r26_withdrawing_touches_nobody_elses_code(ana, ben, clock):
    code = create_code(by=ana)
    withdraw_code(by=ben)
    assert use_code(by=ben, code=code).person == ben


def test_asking_again_with_the_same_seed_returns_the_same_code(ana, clock):
    first = create_code(by=ana, seed="seed")
    clock.move(days=1)
    assert create_code(by=ana, seed="seed") == first
    assert Invitation.objects.get().made_at == clock.start


def test_an_old_seed_does_not_bring_back_a_withdrawn_code(ana, clock):
    create_code(by=ana, seed="seed")
    withdraw_code(by=ana)
    with pytest.raises(CodeGone):
        create_code(by=ana, seed="seed")
    assert live_invitation_of(ana, clock.at) is None


def test_an_old_seed_does_not_void_the_code_that_came_after(ana, clock):
    create_code(by=ana, seed="old")
    create_code(by=ana, seed="new")
    with pytest.raises(CodeGone):
        create_code(by=ana, seed="old")
    digest = digest_of(create_code(by=ana, seed="new"))
    assert live_invitations(clock.at).get().code_digest == digest


def test_an_old_seed_does_not_bring_back_an_expired_or_used_code(ana, ben, clock):
    use_code(by=ben, code=create_code(by=ana, seed="used"))
    create_code(by=ana, seed="expired")
    clock.move(days=7)
    for seed in "used", "expired":
        with pytest.raises(CodeGone):
            create_code(by=ana, seed=seed)
