"""All SQL about passkeys, challenges, proofs, sessions and invitations."""

from typing import Final

from tenure.postgres.transaction import Transaction
from tenure.promises.staff.model import Challenge, Invitation, KeyOf, Member, Proof, Session
from tenure.values.instant import Instant, moment_of
from tenure.values.passkey import Passkey

_ADD: Final = """
INSERT INTO staff.passkey (credential_id, human_id, public_key, sign_count, added_at, invitation)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_KEY: Final = """
SELECT credential_id, public_key, sign_count FROM staff.passkey
WHERE credential_id = %s AND human_id = %s AND ended_at IS NULL
"""
_KEYS: Final = """
SELECT credential_id, human_id, added_at, ended_at FROM staff.passkey
WHERE human_id = %s ORDER BY added_at, credential_id
"""
_KNOWN: Final = "SELECT EXISTS (SELECT FROM staff.passkey WHERE credential_id = %s)"
_END: Final = """
UPDATE staff.passkey SET ended_at = %s WHERE credential_id = %s AND ended_at IS NULL
"""
_COUNTED: Final = "UPDATE staff.passkey SET sign_count = %s WHERE credential_id = %s"
_CHALLENGE: Final = """
INSERT INTO staff.challenge (challenge, login, human_id, at, until_at) VALUES (%s, %s, %s, %s, %s)
"""
_FIND_CHALLENGE: Final = """
SELECT c.challenge, c.login, c.until_at, p.challenge IS NOT NULL
FROM staff.challenge c LEFT JOIN staff.proof p ON p.challenge = c.challenge
WHERE c.challenge = %s
"""
_PROVED: Final = """
INSERT INTO staff.proof (challenge, login, human_id, until_at, credential_id, at)
SELECT challenge, login, human_id, until_at, %s, %s FROM staff.challenge WHERE challenge = %s
"""
_BEGIN: Final = """
INSERT INTO staff.session (token_hash, challenge, login, since, until_at)
VALUES (%s, %s, %s, %s, %s)
"""
_SESSION: Final = """
SELECT login, since, until_at, ended_at FROM staff.session WHERE token_hash = %s
"""
_LEAVE: Final = """
UPDATE staff.session SET ended_at = %s WHERE token_hash = %s AND ended_at IS NULL
"""
_INVITE: Final = """
INSERT INTO staff.invitation (code_hash, login, human_id, invited_by, at, until_at)
VALUES (%s, %s, %s, %s, %s, %s)
"""
_INVITATION: Final = """
SELECT i.login, i.until_at, k.invitation IS NOT NULL
FROM staff.invitation i LEFT JOIN staff.passkey k ON k.invitation = i.code_hash
WHERE i.code_hash = %s
"""
# Who could invite somebody: a supervisor who is not suspended and has a key.
_SUPERVISORS: Final = """
SELECT count(DISTINCT human_id)
FROM staff.human JOIN staff.member USING (human_id) JOIN staff.role USING (login)
     JOIN staff.passkey USING (human_id)
WHERE role.role = 'supervisor' AND human_id <> %s
  AND suspended_at IS NULL AND ended_at IS NULL
"""


async def add(
    tx: Transaction, human_id: int, key: Passkey, at: Instant, invitation: bytes | None = None
) -> None:
    """Add a passkey; a name that is known violates passkey_pkey."""
    values = [key.credential_id, human_id, key.public_key, key.sign_count]
    await tx.execute(_ADD, [*values, moment_of(at), invitation])


async def known(tx: Transaction, credential_id: bytes) -> bool:
    """Whether somebody has a passkey of this name."""
    cursor = await tx.execute(_KNOWN, [credential_id])
    row = await cursor.fetchone()
    return row is not None and bool(row[0])


async def key(tx: Transaction, credential_id: bytes, human_id: int) -> Passkey | None:
    """The passkey of this name if it is this human's and has not ended."""
    cursor = await tx.execute(_KEY, [credential_id, human_id])
    row = await cursor.fetchone()
    return None if row is None else Passkey(*row)


async def keys(tx: Transaction, human_id: int) -> list[KeyOf]:
    """All passkeys of a human, also those that ended."""
    cursor = await tx.execute(_KEYS, [human_id])
    return [KeyOf(*row) for row in await cursor.fetchall()]


async def end(tx: Transaction, credential_id: bytes, at: Instant) -> None:
    """The passkey proves nothing any more."""
    await tx.execute(_END, [moment_of(at), credential_id])


async def counted(tx: Transaction, credential_id: bytes, sign_count: int) -> None:
    """Keep the passkey's own counter, so that a copy of it is noticed."""
    await tx.execute(_COUNTED, [sign_count, credential_id])


async def challenge(tx: Transaction, new: Challenge, human_id: int, at: Instant) -> None:
    """Keep what somebody is to sign."""
    values = [new.challenge, new.login, human_id, moment_of(at), moment_of(new.until)]
    await tx.execute(_CHALLENGE, values)


async def find_challenge(tx: Transaction, challenge: bytes) -> Challenge | None:
    """The challenge, if we made it."""
    cursor = await tx.execute(_FIND_CHALLENGE, [challenge])
    row = await cursor.fetchone()
    return None if row is None else Challenge(*row)


async def proved(tx: Transaction, proof: Proof, at: Instant) -> None:
    """Keep that a challenge was signed; a second time violates proof_once."""
    values = [proof.assertion.credential_id, moment_of(at), proof.challenge]
    await tx.execute(_PROVED, values)


async def begin(tx: Transaction, token_hash: bytes, challenge: bytes, session: Session) -> None:
    """Begin a session."""
    since, until = moment_of(session.since), moment_of(session.until)
    await tx.execute(_BEGIN, [token_hash, challenge, session.login, since, until])


async def session(tx: Transaction, token_hash: bytes) -> Session | None:
    """The session with this token."""
    cursor = await tx.execute(_SESSION, [token_hash])
    row = await cursor.fetchone()
    return None if row is None else Session(*row)


async def leave(tx: Transaction, token_hash: bytes, at: Instant) -> None:
    """End a session."""
    await tx.execute(_LEAVE, [moment_of(at), token_hash])


async def invite(
    tx: Transaction, code_hash: bytes, member: Member, by: Member, when: tuple[Instant, Instant]
) -> None:
    """Keep that a member may register a passkey, from when until when."""
    values = [code_hash, member.login, member.human_id, by.human_id]
    await tx.execute(_INVITE, [*values, *map(moment_of, when)])


async def invitation(tx: Transaction, code_hash: bytes) -> Invitation | None:
    """The invitation with this code."""
    cursor = await tx.execute(_INVITATION, [code_hash])
    row = await cursor.fetchone()
    return None if row is None else Invitation(*row)


async def other_supervisors(tx: Transaction, human_id: int) -> int:
    """How many others could invite this human."""
    cursor = await tx.execute(_SUPERVISORS, [human_id])
    row = await cursor.fetchone()
    assert row is not None
    return int(row[0])
