"""Writing for oneself alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import transaction

from accounts import clock
from accounts.models import Person
from accounts.sealed import is_readable
from checkins.exceptions import ChangedElsewhereError
from checkins.models import Reflection

MOST_FROM_A_PAGE = 24
"""So many entries are known as of one page; of those beyond it nothing is taken back there."""


def write_reflection(
    *, by: Person, key: UUID, question: str, body: str, is_marked: bool
) -> Reflection:
    """Write about one of the questions. Sent twice, it is there once.

    Sent again with the same words, it is under the question and marked as was chosen last. Other
    words with the same key, from a page to which somebody went back, are another entry. Without a
    mark no entry of that page keeps one: who takes it back means what they wrote there (R1).
    """
    keys = _keys_from(key)
    with _locked(by) as at:
        of_page = list(Reflection.objects.filter(person=by, key__in=keys))
        for row in of_page:
            row.person = by
            if not is_marked:
                _set(row, at, is_marked=False)
        if same := next((row for row in of_page if _says(row, body)), None):
            return _set(same, at, question=question, is_marked=is_marked)
        taken = {row.key for row in of_page}
        return Reflection.objects.create(
            person=by,
            key=next((each for each in keys if each not in taken), uuid4()),
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
    ChangedElsewhereError if it was changed since, unless to the very same. To take its mark away is
    less, and holds whatever the version (R1).
    """
    with _locked(by) as at:
        row = Reflection.objects.get(person=by, pk=reflection_id)
        row.person = by
        is_same = _says(row, body) and is_marked <= row.is_marked
        if version == row.version or is_same:
            return _set(row, at, body=body, is_marked=is_marked)
        if not is_marked:
            _set(row, at, is_marked=False)
    raise ChangedElsewhereError(row.version, row.body if is_readable(row, "body") else "")


def delete_reflection(*, by: Person, reflection_id: UUID) -> None:
    """Delete one's own. Twice, or another's, changes nothing."""
    Reflection.objects.filter(person=by, pk=reflection_id).delete()


@contextmanager
def _locked(by: Person) -> Iterator[datetime]:
    """Hold the person's row, so that of two tabs one sees what the other wrote."""
    with transaction.atomic():
        list(Person.objects.select_for_update(no_key=True).filter(pk=by.pk).values_list("pk"))
        yield clock.now()


def _keys_from(key: UUID) -> list[UUID]:
    """The keys of the entries from one page: its own, and some that tell nothing of any words."""
    return [key, *(uuid5(key, str(number)) for number in range(1, MOST_FROM_A_PAGE))]


def _says(row: Reflection, body: str) -> bool:
    return is_readable(row, "body") and row.body == body


def _set(row: Reflection, at: datetime, **values: Any) -> Reflection:
    """Change what is not so yet, as another version; without any change there is none."""
    changed = [field for field, value in values.items() if getattr(row, field) != value]
    if changed:
        for field in changed:
            setattr(row, field, values[field])
        row.version, row.changed_at = row.version + 1, at
        row.save(update_fields=[*changed, "version", "changed_at"])
    return row
