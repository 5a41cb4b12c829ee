"""SQL of passkeys, by which people prove who they are."""

from typing import Any, Final

from tenure.postgres.transaction import Transaction
from tenure.promises.people.model import Key
from tenure.values.instant import Instant, moment_of
from tenure.values.passkey import Passkey

_KEY: Final = """
SELECT credential_id, public_key, sign_count, person_id, added_at, ended_at FROM people.passkey
"""
_KEY_BY_ID: Final = f"{_KEY} WHERE credential_id = %s"
_KEYS_OF: Final = f"{_KEY} WHERE person_id = %s ORDER BY added_at"
_ADD_KEY: Final = """
INSERT INTO people.passkey (
    credential_id, person_id, public_key, sign_count, added_at, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s)
"""
_USED: Final = "UPDATE people.passkey SET sign_count = %s WHERE credential_id = %s"
_END_KEY: Final = "UPDATE people.passkey SET ended_at = %s WHERE credential_id = %s"


def _key(row: tuple[Any, ...]) -> Key:
    credential_id, public_key, sign_count, person_id, added_at, ended_at = row
    passkey = Passkey(bytes(credential_id), bytes(public_key), sign_count)
    return Key(person_id, passkey, added_at, ended_at)


async def key(tx: Transaction, credential_id: bytes) -> Key | None:
    """The passkey with this id."""
    cursor = await tx.execute(_KEY_BY_ID, [credential_id])
    row = await cursor.fetchone()
    return None if row is None else _key(row)


async def keys_of(tx: Transaction, person_id: int) -> list[Key]:
    """The passkeys of somebody, oldest first."""
    cursor = await tx.execute(_KEYS_OF, [person_id])
    return [_key(row) for row in await cursor.fetchall()]


async def add_key(tx: Transaction, new: Key, leaf_seq: int) -> None:
    """Add a passkey; one that is known violates passkey_is_one_persons."""
    passkey = new.passkey
    await tx.execute(
        _ADD_KEY,
        [
            passkey.credential_id,
            new.person_id,
            passkey.public_key,
            passkey.sign_count,
            moment_of(new.added_at),
            leaf_seq,
        ],
    )


async def used(tx: Transaction, credential_id: bytes, sign_count: int) -> None:
    """Keep how often a passkey was used, by its own counter."""
    await tx.execute(_USED, [sign_count, credential_id])


async def end_key(tx: Transaction, credential_id: bytes, at: Instant) -> None:
    """End a passkey: from then on it proves nothing."""
    await tx.execute(_END_KEY, [moment_of(at), credential_id])
