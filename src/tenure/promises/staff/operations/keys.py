"""How somebody of ours proves to be who they say: by a passkey, for one command or a session."""

import hashlib

from tenure.postgres.transaction import Transaction
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.staff import rules
from tenure.promises.staff.model import (
    CHALLENGE_MS,
    INVITATION_MS,
    SECRET_OCTETS,
    SESSION_MS,
    Challenge,
    KeyOf,
    Member,
    Proof,
    Refusal,
    Session,
    Task,
)
from tenure.promises.staff.operations import members
from tenure.promises.staff.store import keys as store
from tenure.promises.staff.store import members as member_store
from tenure.values.instant import Instant
from tenure.values.passkey import PARTY, Passkey, Registration, RelyingParty
from tenure.values.refused import Refused

SIGN_IN = "SIGN_IN"
"""What somebody tried who could not prove who they are."""


async def challenge(
    tx: Transaction, login: str, fresh: bytes, at: Instant
) -> Challenge | Refused[Refusal]:
    """What this login is to sign, once and soon; ``fresh`` is 32 random bytes."""
    assert len(fresh) == SECRET_OCTETS
    member = await member_store.member(tx, login)
    own = [] if member is None else await store.keys(tx, member.human_id)
    usable = sum(one.ended_at is None for one in own)

    found = rules.challenged(member, usable)

    if isinstance(found, Refused):
        await _refused(tx, login, found, at)
        return found
    new = Challenge(fresh, login, Instant(at + CHALLENGE_MS))
    await store.challenge(tx, new, found.human_id, at)
    return new


async def prove(
    tx: Transaction, proof: Proof, at: Instant, party: RelyingParty = PARTY
) -> Member | Refused[Refusal]:
    """The member who signed their challenge; whoever cannot prove it is refused, and it is kept."""
    member = await member_store.member(tx, proof.login)
    key = None
    if member is not None:
        key = await store.key(tx, proof.assertion.credential_id, member.human_id)
    known = await store.find_challenge(tx, proof.challenge)

    count = rules.proven(member, known, key, proof, at, party)

    if isinstance(count, Refused):
        await _refused(tx, proof.login, count, at)
        return count
    assert member is not None
    await store.proved(tx, proof, at)
    await store.counted(tx, proof.assertion.credential_id, count)
    return member


async def _refused(tx: Transaction, login: str, no: Refused[Refusal], at: Instant) -> None:
    await members.refused(tx, login, SIGN_IN, no.refusal.name, at)


async def sign_in(
    tx: Transaction, proof: Proof, token: bytes, at: Instant, party: RelyingParty = PARTY
) -> Session | Refused[Refusal]:
    """A session for whoever proves who they are.

    ``token`` is 32 random bytes for the browser; only its hash is kept.
    """
    assert len(token) == SECRET_OCTETS
    member = await prove(tx, proof, at, party)
    if isinstance(member, Refused):
        return member
    new = Session(member.login, at, Instant(at + SESSION_MS))
    await store.begin(tx, hashlib.sha256(token).digest(), proof.challenge, new)
    return new


async def session(tx: Transaction, token: bytes, at: Instant) -> Member | Refused[Refusal]:
    """Who is signed in with this token, now: who was suspended meanwhile is not."""
    found = await store.session(tx, hashlib.sha256(token).digest())
    member = None if found is None else await member_store.member(tx, found.login)
    return rules.of_session(member, found, at)


async def sign_out(tx: Transaction, token: bytes, at: Instant) -> None:
    """End the session with this token, if there is one."""
    await store.leave(tx, hashlib.sha256(token).digest(), at)


async def invite(tx: Transaction, login: str, code: bytes, act: Act) -> Member | Refused[Refusal]:
    """Let the human behind a login register another passkey, once; only a supervisor may.

    ``code`` is 32 random bytes that they are given; only its hash is kept.
    """
    assert len(code) == SECRET_OCTETS
    asker = await members.allowed(tx, act.by, Task.ENROL, act.at)
    if isinstance(asker, Refused):
        return asker
    member = await member_store.member(tx, login)
    others = await store.other_supervisors(tx, asker.human_id)

    found = rules.invited(asker, member, others)

    if isinstance(found, Member):
        code_hash = hashlib.sha256(code).digest()
        until = Instant(act.at + INVITATION_MS)
        await store.invite(tx, code_hash, found, asker, (act.at, until))
        about = {"login": login, "human": str(found.human_id)}
        await record.append(tx, act, "staff.invited", {}, about)
    return found


async def accept_invitation(
    tx: Transaction, code: bytes, shown: Registration, act: Act, party: RelyingParty = PARTY
) -> Member | Refused[Refusal]:
    """Register the passkey that somebody made with an invitation; its challenge is the code's hash.

    ``act.by`` is "": who it is, the invitation says.
    """
    code_hash = hashlib.sha256(code).digest()
    invitation = await store.invitation(tx, code_hash)
    login = "" if invitation is None else invitation.login
    member = await member_store.member(tx, login)

    key = rules.accepted(member, invitation, shown, code_hash, act.at, party)
    if isinstance(key, Passkey) and await store.known(tx, key.credential_id):
        key = Refused(Refusal.PASSKEY_KNOWN, "somebody has this passkey; make another")

    if isinstance(key, Refused):
        await _refused(tx, login or "?", key, act.at)
        return key
    assert member is not None
    by = Act(member.login, act.at, act.salt, act.reason)
    await members.give_key(tx, member.human_id, key, by, code_hash)
    return member


async def passkeys(tx: Transaction, login: str) -> list[KeyOf] | Refused[Refusal]:
    """The passkeys of the human behind a login."""
    member = await member_store.member(tx, login)
    if member is None:
        return Refused(Refusal.UNKNOWN_MEMBER, "no such login; see: tenure staff list")
    return await store.keys(tx, member.human_id)


async def end_passkey(
    tx: Transaction, login: str, credential_id: bytes, act: Act
) -> list[KeyOf] | Refused[Refusal]:
    """A passkey that was lost proves nothing any more; its owner or a supervisor may end it."""
    member = await member_store.member(tx, login)
    asker = await member_store.member(tx, act.by)
    if asker is None or member is None or asker.human_id != member.human_id:
        found = await members.allowed(tx, act.by, Task.ENROL, act.at)
        if isinstance(found, Refused):
            return found
    if member is None:
        return Refused(Refusal.UNKNOWN_MEMBER, "no such login; see: tenure staff list")
    if await store.key(tx, credential_id, member.human_id) is None:
        return Refused(Refusal.PASSKEY_MISSING, "no such passkey; see: tenure staff passkeys")
    await store.end(tx, credential_id, act.at)
    about = {"human": str(member.human_id), "credential": credential_id.hex()}
    await record.append(tx, act, "staff.passkey_ended", {}, about)
    return await store.keys(tx, member.human_id)
