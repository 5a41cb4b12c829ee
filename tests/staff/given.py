"""Staff for tests: humans with passkeys that every test can sign with."""

import hashlib
import re
from collections.abc import Sequence
from typing import Final

import msgspec

from tenure.commands.passkey_file import PasskeyFile
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Challenge, Document, Member, Proof, Role
from tenure.values.instant import Instant

AT: Final = Instant(1_800_000_000_000)
ACT: Final = Act("chan", AT, bytes(range(32)))


def key_of(login: str) -> PasskeyFile:
    """The passkey of this login; always the same one."""
    name, secret = f"name of {login}", f"key of {login}"
    return PasskeyFile(_32(name), _32(secret))


def _32(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def key_in_sql(statement: str) -> bytes:
    """A statement in which ``KEY(3)`` stands for the name of human 3's passkey."""
    query = r"(SELECT credential_id FROM staff.passkey WHERE human_id = \1)"
    return re.sub(r"KEY\((\d+)\)", query, statement).encode()


def by(login: str, at: Instant = AT, reason: str = "") -> Act:
    """Somebody of ours acts."""
    return msgspec.structs.replace(ACT, by=login, at=at, reason=reason)


async def enrolled(
    pool: Pool, login: str, *roles: Role, document: str = "", asker: str = "chan"
) -> Member:
    """A login with roles and a passkey; the first one is chan, who may enrol."""
    found = await perform(pool, hired, login, roles, document or f"N {login}", asker)
    assert isinstance(found, Member), found
    return found


async def hired(
    tx: Transaction, login: str, roles: Sequence[Role], document: str, asker: str
) -> object:
    """Enrol a login, named after its document."""
    return await staff.enrol(
        tx,
        login,
        document.title(),
        roles,
        by(asker),
        document=Document("national-id", document),
        key=key_of(login).public,
    )


async def proof(pool: Pool, login: str, fresh: bytes = b"", at: Instant = AT) -> Proof:
    """A challenge for the login, signed with its passkey."""
    fresh = fresh or _32(f"challenge for {login} at {at}")
    made = await perform(pool, staff.challenge, login, fresh, at)
    assert isinstance(made, Challenge), made
    return Proof(login, fresh, key_of(login).assertion(fresh))
