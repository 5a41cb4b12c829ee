"""Seals what is sensitive when it is told, and opens it for who may read it (PRV-SEC).

Keys are kept apart from the database by a promise above this one; whoever calls hands them in.
"""

from collections.abc import Sequence
from typing import Any, Final, Protocol

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Item, Known, Refusal, Sealed, Subject
from tenure.promises.people.personal_data import SUBJECT_KEEP
from tenure.terms.subjects import SubjectKind
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tenure.values.sealing import Whose, place_of

PAD_OCTETS: Final = 64
"""Envelopes are as long as what is in them: a yes must not be known from a no by its length."""
PERSON: Final = "person"
SUBJECT: Final = "subject"


class Keys(Protocol):
    """The keys of everybody, one for each of them and each class, such as ``privacy.Keys``."""

    async def seal(
        self, tx: Transaction, whose: Whose, class_: str, place: bytes, value: bytes
    ) -> bytes:
        """The envelope of a value, bound to whose it is and to its place."""

    async def open(
        self, tx: Transaction, whose: Whose, class_: str, place: bytes, envelope: bytes
    ) -> bytes | Refused[Any]:
        """The value, or why it stays closed."""


class Where(msgspec.Struct, frozen=True):
    """The row of an item: at another one its value cannot be opened."""

    subject_id: int
    person_id: int | None
    item: str
    place: int
    since: Instant

    def __repr__(self) -> str:
        return f"Where({self.item})"

    @property
    def whose(self) -> Whose:
        """Whose key it is: of the person whose profile it goes with, else of the subject."""
        if self.person_id is None:
            return Whose(SUBJECT, self.subject_id)
        return Whose(PERSON, self.person_id)

    @property
    def octets(self) -> bytes:
        """Table, column, subject and item, as the envelope is bound to them."""
        return place_of("people.item", "value", self.subject_id, self.item, self.place, self.since)


async def sealed(
    tx: Transaction, keys: Keys | None, who: Subject, kind: SubjectKind, items: Sequence[Item]
) -> tuple[Item, ...] | Refused[Refusal]:
    """The same items, of which those are sealed that the pack calls sensitive.

    Refused when there are some and no keys: then nothing may be kept of them.
    """
    found = []
    for one in items:
        wanted = kind.wants(one.item)
        if wanted is None or not wanted.item.is_sensitive or isinstance(one.value, Sealed):
            found.append(one)
            continue
        if keys is None:
            detail = f"{one.item} is kept sealed; name the folder of the key store with --keys"
            return Refused(Refusal.KEYS_MISSING, detail)
        where, value = where_of(who, one), one.value.encode()
        envelope = await keys.seal(tx, where.whose, SUBJECT_KEEP, where.octets, _padded(value))
        found.append(msgspec.structs.replace(one, value=Sealed(envelope)))
    return tuple(found)


def where_of(who: Subject, one: Item) -> Where:
    """The row of an item of somebody."""
    return Where(who.subject_id, who.person_id, one.item, one.place, one.since)


async def open_(tx: Transaction, keys: Keys, where: Where, envelope: bytes) -> str | Refused[Any]:
    """What was sealed, or why it stays closed; that who reads it may, the caller knows."""
    value = await keys.open(tx, where.whose, SUBJECT_KEEP, where.octets, envelope)
    return value if isinstance(value, Refused) else value.rstrip(b"\0").decode()


async def opened(tx: Transaction, keys: Keys | None, known: Known) -> Known:
    """What is known of somebody, for who may read it; what cannot be opened stays sealed."""
    if keys is None:
        return known
    items = []
    for one in known.items:
        value: str | Sealed | Refused[Any] = one.value
        if isinstance(value, Sealed):
            value = await open_(tx, keys, where_of(known.subject, one), value.envelope)
        items.append(
            one if isinstance(value, Refused) else msgspec.structs.replace(one, value=value)
        )
    return Known(known.subject, tuple(items))


def _padded(value: bytes) -> bytes:
    """The value, filled up: no text of PostgreSQL has an octet of zero."""
    return value + bytes(-len(value) % PAD_OCTETS)
