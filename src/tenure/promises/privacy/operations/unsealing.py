"""Opens what a live table keeps sealed, in records that are told to whom they are about."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.people import operations as people
from tenure.promises.privacy.model.exports import Refusal, Section
from tenure.promises.privacy.model.keys import KeyRefusal
from tenure.promises.privacy.operations.keys import Keys
from tenure.promises.privacy.store.exported import SEALED
from tenure.values.instant import Instant
from tenure.values.refused import Refused


class Shut(msgspec.Struct, frozen=True):
    """A sealed value with the row it belongs to, as the database tells it."""

    sealed: str
    subject_id: int
    person_id: int | None
    item: str
    place: int
    since_ms: int

    def __repr__(self) -> str:
        return "Shut(…)"


async def texts(
    tx: Transaction, keys: Keys | None, section: Section, given: Sequence[str]
) -> list[str] | Refused[Refusal]:
    """Records as JSON, with what is sealed in them opened; the others as they are."""
    if not _columns(section):
        return list(given)
    found = await records(
        tx, keys, section, [msgspec.json.decode(one, type=dict[str, object]) for one in given]
    )
    if isinstance(found, Refused):
        return found
    return [msgspec.json.encode(one).decode() for one in found]


async def records(
    tx: Transaction, keys: Keys | None, section: Section, given: Sequence[Mapping[str, object]]
) -> list[dict[str, object]] | Refused[Refusal]:
    """Records with what is sealed in them opened; null where the key was destroyed.

    Refused when the key store at hand has not its key: an answer that lacks something silently
    would be a wrong one.
    """
    found = []
    for one in given:
        told = dict(one)
        for column in _columns(section):
            if isinstance(told.get(column), dict):
                value = await _opened(tx, keys, told[column])
                if isinstance(value, Refused):
                    return value
                told[column] = value
        found.append(told)
    return found


def _columns(section: Section) -> list[str]:
    return [one.name for one in section.columns if (section.name, one.name) in SEALED]


async def _opened(
    tx: Transaction, keys: Keys | None, told: object
) -> str | Refused[Refusal] | None:
    shut = msgspec.convert(told, Shut)
    if keys is None:
        return Refused(Refusal.NOT_READABLE, "name the folder of the key store with --keys")
    since = Instant(shut.since_ms)
    where = people.sealing.Where(shut.subject_id, shut.person_id, shut.item, shut.place, since)
    value: str | Refused[Any] = await people.sealing.open_(
        tx, keys, where, base64.b64decode(shut.sealed)
    )
    if not isinstance(value, Refused):
        return value
    if value.refusal is KeyRefusal.KEY_DESTROYED:
        return None
    return Refused(Refusal.NOT_READABLE, value.detail)
