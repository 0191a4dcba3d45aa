"""Who there is: persons, the pairs that they form, who supports whom, and the codes by which both
begin.
"""

import uuid
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import vault, zones
from accounts.scopes import FIELDS, IN_WORDS, LONGEST, TOLD, What
from accounts.sealed import SealedTextField, is_readable


def normalised_email(email: str) -> str:
    """Return the one way in which an address is stored: without spaces around it, lower case."""
    return email.strip().lower()


def untitled() -> str:
    """Return the neutral title that appointments have until somebody picks their own."""
    return gettext("Appointment")


def unnamed() -> str:
    """Return the neutral name that stands until somebody picks their own for the other."""
    return gettext("the other person")


def somebody_trusted() -> str:
    """Return the neutral name of a supporter, for the person."""
    return gettext("Somebody you trust")


def somebody_supported() -> str:
    """Return the neutral name of the person, for a supporter."""
    return gettext("Somebody you support")


class PersonManager(BaseUserManager["Person"]):
    """Makes persons, and finds them by address whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "Person":
        """Make a person with this address, which must not be empty."""
        if not email.strip():
            raise ValueError("A person needs an e-mail address.")
        person = self.model(email=normalised_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, username: str | None) -> "Person":
        """Find a person by address, which the sign-in form calls a user name."""
        return self.get(email=normalised_email(username or ""))


class Keyed(models.Model):
    """What has a key of its own, with which words are sealed; without it nobody reads them again.

    The key is written with a new row. Later it changes in the database only: its wrapping when the
    host's keys do, and all of it where it is destroyed. Whoever loaded the row before has the old
    one, and must not bring that back with whatever else they save.
    """

    wrapped_key = models.CharField(max_length=200, editable=False, default=vault.new_key)

    class Meta:
        abstract = True

    def save(
        self,
        *,
        force_insert: bool | tuple[models.base.ModelBase, ...] = False,
        update_fields: Iterable[str] | None = None,
        **how: Any,
    ) -> None:
        """Save the row; one that is there already without its key, unless the key is named.

        Raises DatabaseError if the row is gone: its key is gone with it, and does not come back.
        """
        if update_fields is None and not force_insert and not self._state.adding:
            update_fields = self._loaded() - {"wrapped_key"}
        super().save(force_insert=force_insert, update_fields=update_fields, **how)

    def _loaded(self) -> set[str]:
        fields, deferred = self._meta.concrete_fields, self.get_deferred_fields()
        return {
            each.name for each in fields if not each.primary_key and each.attname not in deferred
        }


class Person(Keyed, AbstractBaseUser):
    """Somebody with an account, known by an e-mail address and nothing else.

    wrapped_key: with which their own words are sealed; without it nobody can read them again.
    wants_notice_...: which mails they asked for, each by itself; none until then (R28).
    quiet_from, quiet_until: local times of their zone between which no such mail goes to them.
    look_at: when the worker next looks what there is to tell them of; null if there is no need.
    undelivered_to, undelivered_at: to which address the last such mail could not be delivered, or
    perhaps was not, and when that was tried; empty and null once one could.
    came_to_support: whether they signed up to support somebody, and so were not asked the questions
    of R27. Until they are they begin no pair.

    No name is kept: each person picks the name that they see for the other (R23). Nor is it kept
    when they were last here (R22), and there are no administrators among them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = models.EmailField(
        _("e-mail address"),
        unique=True,
        error_messages={"unique": _("This e-mail address cannot be used.")},
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[zones.validate_zone]
    )
    is_active = models.BooleanField(default=True)
    wants_notice_day_before = models.BooleanField(default=False)
    wants_notice_on_opening = models.BooleanField(default=False)
    wants_notice_on_arrival = models.BooleanField(default=False)
    wants_notice_to_decide = models.BooleanField(default=False)
    wants_notice_check_in = models.BooleanField(default=False)
    quiet_from = models.TimeField(default=time(21))
    quiet_until = models.TimeField(default=time(9))
    look_at = models.DateTimeField(null=True, blank=True, editable=False)
    undelivered_to = models.EmailField(blank=True, default="", editable=False)
    undelivered_at = models.DateTimeField(null=True, blank=True, editable=False)
    came_to_support = models.BooleanField(default=False, editable=False)

    last_login = None

    objects: ClassVar[PersonManager] = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = (
            # `unique` on the field alone would let Ana@ and ana@ stand side by side.
            models.UniqueConstraint(Lower("email"), name="person_email_unique_in_any_case"),
            models.CheckConstraint(condition=~Q(time_zone=""), name="person_has_a_time_zone"),
        )
        indexes = (
            models.Index(
                fields=("look_at",), condition=Q(look_at__isnull=False), name="person_to_look_for"
            ),
        )

    def __str__(self) -> str:
        """Name the person without the address, so that a log line gives nobody away."""
        return f"person {self.pk}"

    def clean(self) -> None:
        """Normalise the address before the form looks whether it is free."""
        super().clean()
        self.email = normalised_email(self.email)

    @property
    def is_out_of_reach(self) -> bool:
        """Whether the last mail that they asked for could not be delivered to the present address.

        Not once they changed it, or had it dismissed.
        """
        return self.undelivered_at is not None and self.undelivered_to == self.email


class Pair(Keyed):
    """Two persons, joined by a one-time code. Its row is the lock of every act in the pair.

    record_length, record_head: how many entries the pair's record has, and the hash of the last.
    The database moves them when an entry is added (`boundaries.guards`); nobody else does.
    wrapped_key: with which the words of the pair are sealed; without it nobody can read them again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    record_length = models.PositiveIntegerField(default=0, editable=False)
    record_head = models.CharField(max_length=64, default="", blank=True, editable=False)

    def __str__(self) -> str:
        return f"pair {self.pk}"


class Membership(models.Model):
    """One person's place in a pair, with the name that this person sees for the other."""

    class Seat(models.IntegerChoices):
        """Who made the code sits first. It means nothing more."""

        MAKER = 1
        USER = 2

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    pair = models.ForeignKey(Pair, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="memberships")
    seat = models.PositiveSmallIntegerField(choices=Seat.choices)
    name_for_other = SealedTextField(max_length=60, default=unnamed, owner="person")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("pair", "person"), name="membership_once_in_a_pair"),
            models.UniqueConstraint(fields=("pair", "seat"), name="membership_one_on_each_seat"),
            models.CheckConstraint(condition=Q(seat__in=(1, 2)), name="membership_two_seats"),
        )

    def __str__(self) -> str:
        return f"seat {self.seat} of {self.pair_id}"

    @property
    def name(self) -> str:
        """The name that this person sees for the other; the neutral one if it cannot be read."""
        return self.name_for_other if is_readable(self, "name_for_other") else unnamed()


class Support(models.Model):
    """One person, asked by another to support them, unseen by everybody else (R25).

    It is made with its code, so at first there is nobody in it. It is open until somebody ends it;
    it stands, and gives access, from when the code is used until its end, whichever end is first.

    supporter: null until the code is used, and when that account is gone.
    name_for_supporter, name_for_person: what each of the two sees for the other.
    request: what kind of support the person wants, and what kind not, in their own words.
    renewed_at: when they set the end last.
    check_ins_since: check-ins given before are not read, since none was to be when they were given.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="supports")
    # What a supporter looked at is not forgotten because they delete their account.
    supporter = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="supporting"
    )
    name_for_supporter = SealedTextField(max_length=60, default=somebody_trusted, owner="person")
    name_for_person = SealedTextField(max_length=60, null=True, owner="supporter")  # type: ignore[misc]
    request = SealedTextField(max_length=2000, owner="person")
    sees_calendar = models.BooleanField(default=False)
    sees_check_ins = models.BooleanField(default=False)
    check_ins_since = models.DateTimeField(null=True, blank=True)
    sees_reflections = models.BooleanField(default=False)
    may_pause = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    renewed_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(supporter__isnull=True) | ~Q(supporter=F("person")),
                name="support_of_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(supporter__isnull=True) | Q(began_at__isnull=False),
                name="support_began_with_its_supporter",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("renewed_at"), ends_at__lte=F("renewed_at") + LONGEST),
                name="support_ends_within_a_year",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("made_at")),
                name="support_ended_after_it_was_made",
            ),
            models.UniqueConstraint(
                fields=("person", "supporter"),
                condition=Q(ended_at__isnull=True),
                name="support_one_open_of_two",
            ),
            models.CheckConstraint(
                condition=Q(sees_check_ins=False) | Q(check_ins_since__isnull=False),
                name="support_reads_check_ins_since",
            ),
        )

    def __str__(self) -> str:
        return f"support {self.pk}"

    @property
    def name(self) -> str:
        """The name that the person sees for the supporter; the neutral one if it cannot be read."""
        readable = is_readable(self, "name_for_supporter")
        return self.name_for_supporter if readable else somebody_trusted()

    @property
    def name_of_person(self) -> str:
        """The name that the supporter sees for the person; the neutral one without one."""
        readable = self.supporter_id is not None and is_readable(self, "name_for_person")
        return self.name_for_person if readable else somebody_supported()

    @property
    def last_minute(self) -> datetime:
        """Of its last day: people read "until 23:59" of that day, not midnight of the next."""
        return self.ends_at - timedelta(minutes=1)

    @property
    def words(self) -> str:
        """The request; nothing if it cannot be read."""
        return self.request if is_readable(self, "request") else ""

    @property
    def allowed(self) -> list[str]:
        """What the supporter may do, in the words of the person."""
        return [str(IN_WORDS[name]) for name in FIELDS.values() if getattr(self, name)]


class SupportLook(models.Model):
    """One entry in a person's own log: what a supporter looked at or did (R25).

    is_dismissed: of what the person is told on their pages, whether they let that line go.
    """

    WHATS: ClassVar = [(what.value, what.value) for what in What]

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    support = models.ForeignKey(Support, on_delete=models.CASCADE, related_name="looks")
    what = models.CharField(max_length=20, choices=WHATS)
    at = models.DateTimeField()
    is_dismissed = models.BooleanField(default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(what__in=[what.value for what in What]), name="supportlook_of_a_kind"
            ),
        )
        indexes = (
            models.Index(fields=("support", "-at"), name="supportlook_latest"),
            models.Index(
                fields=("support",),
                condition=Q(what__in=[What.BEGAN.value, What.PAUSE.value], is_dismissed=False),
                name="supportlook_to_tell",
            ),
        )

    def __str__(self) -> str:
        return f"look {self.pk}"

    @property
    def told(self) -> str:
        """What it was, in words."""
        return str(TOLD[What(self.what)])


class Invitation(models.Model):
    """A one-time code that one person passes on by hand (R26). Only its keyed digest is kept.

    It is live while it is neither used nor withdrawn and has not expired. support: for which
    support it is; null for a code that begins a pair.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    made_by = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="invitations")
    code_digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    pair = models.OneToOneField(
        Pair, on_delete=models.CASCADE, null=True, blank=True, related_name="invitation"
    )
    support = models.ForeignKey(
        Support, on_delete=models.CASCADE, null=True, blank=True, related_name="invitations"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("made_by",),
                condition=Q(used_at__isnull=True, withdrawn_at__isnull=True, support__isnull=True),
                name="invitation_one_open_for_a_person",
            ),
            models.UniqueConstraint(
                fields=("support",),
                condition=Q(withdrawn_at__isnull=True),
                name="invitation_one_open_for_a_support",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True, pair__isnull=True)
                | Q(used_at__isnull=False, pair__isnull=False, support__isnull=True)
                | Q(used_at__isnull=False, pair__isnull=True, support__isnull=False),
                name="invitation_used_with_what_it_began",
            ),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="invitation_used_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")), name="invitation_expires_after_it_began"
            ),
        )

    def __str__(self) -> str:
        return f"invitation {self.pk}"


class CodeAttempt(models.Model):
    """One failed try of a code. Deleted by the worker once it no longer counts against others."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="code_attempts")
    at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=("at",), name="codeattempt_at"),)

    def __str__(self) -> str:
        return f"code attempt {self.pk}"


class Feed(models.Model):
    """The secret address at which one person's calendar program reads their conversations.

    Of the secret only a digest is kept. An address that replaces another is another row, so that
    its appointments have other keys. title: in the person's own words, for all appointments alike.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="feed")
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    title = SealedTextField(max_length=60, default=untitled, owner="person")

    def __str__(self) -> str:
        return f"feed {self.pk}"

    @property
    def title_shown(self) -> str:
        """The title; the neutral one if it cannot be read."""
        return self.title if is_readable(self, "title") else untitled()
