"""Writing for oneself alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction

from accounts import clock
from accounts.models import Person
from accounts.sealed import is_readable
from checkins.exceptions import ChangedElsewhereError
from checkins.models import Reflection


def write_reflection(
    *, by: Person, key: UUID, question: str, body: str, is_marked: bool
) -> Reflection:
    """Write about one of the questions. Sent twice, it is there once.

    Other words with the same key, from a page to which somebody went back, are another entry.
    """
    with _locked(by) as at:
        same = Reflection.objects.filter(person=by, key=key).first()
        if same:
            same.person = by
            if is_readable(same, "body") and same.body == body:
                return same
        return Reflection.objects.create(
            person=by,
            key=uuid4() if same else key,
            question=question,
            body=body,
            written_at=at,
            changed_at=at,
            is_marked=is_marked,
        )


def edit_reflection(
    *, by: Person, reflection_id: UUID, version: int, body: str, is_marked: bool
) -> Reflection:
    """Put these words in place of those that were shown, which were of this version.

    Raises Reflection.DoesNotExist for one that is not there or not theirs, and
    ChangedElsewhereError if it was changed since.
    """
    with _locked(by) as at:
        row = Reflection.objects.get(person=by, pk=reflection_id)
        row.person = by
        if version != row.version:
            raise ChangedElsewhereError(row.version, row.body if is_readable(row, "body") else "")
        row.body, row.is_marked = body, is_marked
        row.version, row.changed_at = row.version + 1, at
        row.save(update_fields=["body", "is_marked", "version", "changed_at"])
        return row


def delete_reflection(*, by: Person, reflection_id: UUID) -> None:
    """Delete one's own. Twice, or another's, changes nothing."""
    Reflection.objects.filter(person=by, pk=reflection_id).delete()


@contextmanager
def _locked(by: Person) -> Iterator[datetime]:
    """Hold the person's row, so that of two tabs one sees what the other wrote."""
    with transaction.atomic():
        list(Person.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk"))
        yield clock.now()
