"""SQL of addresses, and of the codes that prove whose they are."""

from collections.abc import Sequence
from typing import Any, Final

from tenure.postgres.arrays import int8s
from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Channel, Code, Contact
from tenure.values.instant import DAY_MS, Instant, moment_of

_PROPOSE: Final = """
INSERT INTO people.contact_code (
    code_id, person_id, channel, address, keyed_hash, asked_at, until_at
) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_CODE: Final = """
SELECT code_id::text, person_id, channel, address, keyed_hash, asked_at, until_at, wrong_tries,
       confirmed_at
FROM people.contact_code
"""
_RECENT: Final = (
    f"{_CODE} WHERE person_id = %s AND channel = %s AND asked_at > %s ORDER BY asked_at"
)
# Two tries at once wait for each other, so that six cannot be made of five.
_NEWEST: Final = f"""
{_CODE} WHERE person_id = %s AND channel = %s ORDER BY asked_at DESC LIMIT 1 FOR UPDATE
"""
_WRONG: Final = "UPDATE people.contact_code SET wrong_tries = wrong_tries + 1 WHERE code_id = %s"
_CONFIRM: Final = "UPDATE people.contact_code SET confirmed_at = %s WHERE code_id = %s"
_END: Final = """
UPDATE people.contact SET ended_at = greatest(%s, verified_at)
WHERE person_id = %s AND channel = %s AND ended_at IS NULL
RETURNING code_id
"""
_ADD: Final = """
INSERT INTO people.contact (code_id, person_id, channel, address, verified_at, leaf_seq)
SELECT code_id, person_id, channel, address, confirmed_at, %s
FROM people.contact_code WHERE code_id = %s
"""
_CONTACTS: Final = """
SELECT c.person_id, c.channel, c.address, p.language, c.verified_at
FROM people.contact c JOIN people.person p USING (person_id)
WHERE c.person_id = ANY(%(persons)b) AND c.ended_at IS NULL AND c.channel = ANY(%(channels)s)
"""


def _code(row: Sequence[Any]) -> Code:
    code_id, person_id, channel, address, keyed_hash, *rest = row
    return Code(code_id, person_id, Channel(channel), address, bytes(keyed_hash), *rest)


async def propose(tx: Transaction, new: Code) -> None:
    """Keep that a code was sent."""
    await tx.execute(
        _PROPOSE,
        [
            new.code_id,
            new.person_id,
            new.channel.value,
            new.address,
            new.keyed_hash,
            moment_of(new.asked_at),
            moment_of(new.until),
        ],
    )


async def recent(tx: Transaction, person_id: int, channel: Channel, at: Instant) -> list[Code]:
    """The codes that were sent within a day."""
    since = moment_of(Instant(at - DAY_MS))
    cursor = await tx.execute(_RECENT, [person_id, channel.value, since])
    return [_code(row) for row in await cursor.fetchall()]


async def newest(tx: Transaction, person_id: int, channel: Channel) -> Code | None:
    """The last code that was sent, kept from others until the transaction ends."""
    cursor = await tx.execute(_NEWEST, [person_id, channel.value])
    row = await cursor.fetchone()
    return None if row is None else _code(row)


async def tried(tx: Transaction, code_id: str) -> None:
    """Count a wrong code."""
    await tx.execute(_WRONG, [code_id])


async def confirm(tx: Transaction, code: Code, leaf_seq: int, at: Instant) -> None:
    """Keep that the code was right: the address is theirs now, instead of the one before."""
    await tx.execute(_CONFIRM, [moment_of(at), code.code_id])
    await end(tx, code.person_id, code.channel, at)
    await tx.execute(_ADD, [leaf_seq, code.code_id])


async def end(tx: Transaction, person_id: int, channel: Channel, at: Instant) -> bool:
    """End the use of an address; whether there was one."""
    cursor = await tx.execute(_END, [moment_of(at), person_id, channel.value])
    return bool(await cursor.fetchall())


async def contacts(
    tx: Transaction, person_ids: Sequence[int], channels: Sequence[Channel]
) -> list[Contact]:
    """The confirmed addresses of these people."""
    named = {"persons": int8s(person_ids), "channels": [one.value for one in channels]}
    cursor = await tx.execute(_CONTACTS, named)
    return [
        Contact(person_id, Channel(channel), address, language, verified_at)
        for person_id, channel, address, language, verified_at in await cursor.fetchall()
    ]
