"""SQL of subjects and their items, as the pack declares them."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Item, Known, Sealed, Subject
from tenure.terms.subjects import SubjectKind
from tenure.values.instant import Instant, moment_of

_ENTER: Final = """
INSERT INTO people.subject (
    subject_id, kind, third_party, registered, person_id, occasion, since, named_by,
    represented_at, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_ADD: Final = """
INSERT INTO people.item (
    subject_id, kind, registered, person_id, item, form, many, of_another, sensitive, place, value,
    sealed, occasion, represented, since, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_SUBJECT: Final = """
SELECT subject_id, kind, occasion, since, person_id, named_by, represented_at FROM people.subject
"""
_BY_ID: Final = f"{_SUBJECT} WHERE subject_id = %s"
_OF_PERSON: Final = f"{_SUBJECT} WHERE person_id = ANY(%s) ORDER BY since, subject_id"
_ITEMS: Final = """
SELECT item, place, value, sealed, occasion, represented, since, ended_at
FROM people.item WHERE subject_id = %s ORDER BY item, place, since
"""
_END: Final = """
UPDATE people.item SET ended_at = greatest(%s, since)
WHERE subject_id = %s AND item = %s AND ended_at IS NULL
"""
_NAMED: Final = """
SELECT CASE split_part(%(who)s, ' ', 1)
           WHEN 'person' THEN EXISTS (
               SELECT FROM people.person WHERE person_id = split_part(%(who)s, ' ', 2)::bigint)
           WHEN 'subject' THEN EXISTS (
               SELECT FROM people.subject WHERE subject_id = split_part(%(who)s, ' ', 2)::bigint)
       END
"""


async def enter(tx: Transaction, new: Subject, kind: SubjectKind, leaf_seq: int) -> None:
    """Add a subject."""
    represented_at = None if new.represented_at is None else moment_of(new.represented_at)
    await tx.execute(
        _ENTER,
        [
            new.subject_id,
            new.kind,
            kind.third_party,
            kind.registered,
            new.person_id,
            new.occasion,
            moment_of(new.since),
            new.named_by,
            represented_at,
            leaf_seq,
        ],
    )


async def add(
    tx: Transaction, who: Subject, kind: SubjectKind, items: Sequence[Item], leaf_seq: int
) -> None:
    """Add what is known; a value that has not its form violates item_value_has_its_form.

    What is sensitive comes sealed, or violates item_sensitive_is_sealed.
    """
    whose = [who.subject_id, kind.name, kind.registered, who.person_id]
    for one in items:
        asked = kind.wants(one.item)
        assert asked is not None
        wanted = asked.item
        declared = [wanted.form, wanted.many, wanted.of_another, wanted.is_sensitive]
        value = (None, one.value.envelope) if isinstance(one.value, Sealed) else (one.value, None)
        said = [one.place, *value, one.occasion, one.represented, moment_of(one.since)]
        await tx.execute(_ADD, [*whose, one.item, *declared, *said, leaf_seq])


def _subject(row: Sequence[Any]) -> Subject:
    return Subject(*row)


async def known(tx: Transaction, subject_id: int) -> Known | None:
    """A subject with all that is and was known of them."""
    cursor = await tx.execute(_BY_ID, [subject_id])
    row = await cursor.fetchone()
    return None if row is None else Known(_subject(row), await items(tx, subject_id))


async def items(tx: Transaction, subject_id: int) -> tuple[Item, ...]:
    """What is and was known of somebody."""
    cursor = await tx.execute(_ITEMS, [subject_id])
    return tuple(_item(*row) for row in await cursor.fetchall())


def _item(item: str, place: int, value: str | None, sealed: bytes | None, *rest: Any) -> Item:
    return Item(item, place, Sealed(sealed or b"") if value is None else value, *rest)


async def of_person(tx: Transaction, person_ids: Sequence[int]) -> list[Subject]:
    """As what somebody with a profile is known."""
    cursor = await tx.execute(_OF_PERSON, [list(person_ids)])
    return [_subject(row) for row in await cursor.fetchall()]


async def end(tx: Transaction, subject_id: int, item: str, at: Instant) -> None:
    """End what was known of somebody in this respect."""
    await tx.execute(_END, [moment_of(at), subject_id, item])


async def is_somebody(tx: Transaction, who: str) -> bool:
    """Whether ``person 4711`` or ``subject 4711`` is there."""
    cursor = await tx.execute(_NAMED, {"who": who})
    row = await cursor.fetchone()
    return row is not None and bool(row[0])
