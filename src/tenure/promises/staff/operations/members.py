"""Who may act: humans and their logins are enrolled, suspended, and asked for."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from tenure.postgres.transaction import Transaction
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Plain
from tenure.promises.staff import rules
from tenure.promises.staff.model import INVENTED, Document, Human, Member, Refusal, Role, Task
from tenure.promises.staff.store import keys as key_store
from tenure.promises.staff.store import members as store
from tenure.values.instant import Instant
from tenure.values.passkey import Passkey
from tenure.values.refused import Refused

ENROLS_FIRST = "<first>"
"""Who enrols while there is nobody yet; from then on only a supervisor can."""
_A_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{0,39}")


async def allowed(
    tx: Transaction, login: str, task: Task, at: Instant
) -> Member | Refused[Refusal]:
    """The member with this login, if they may do the task; ``at`` is when they tried.

    Who may not is refused, and it is kept that they tried.
    """
    found = rules.allowed(await store.member(tx, login), task)
    if isinstance(found, Refused):
        await refused(tx, login, task.name, found.refusal.name, at)
    return found


async def refused(tx: Transaction, login: str, what: str, refusal: str, at: Instant) -> None:
    """Keep that somebody of ours was refused something; for other promises' refusals as well."""
    # What was typed for a login may be anything, and may be somebody's secret.
    named = login if _A_LOGIN.fullmatch(login) else "?"
    await store.attempted(tx, named, what, refusal, at)


async def enrol(  # noqa: PLR0913 -- a login is a human, with roles and a key
    tx: Transaction,
    login: str,
    name: str,
    roles: Sequence[Role],
    act: Act,
    *,
    document: Document | None = None,
    key: Passkey | None = None,
) -> Member | Refused[Refusal]:
    """Add a login, for a new human or for one who is known by the same document.

    Once there is staff, only a supervisor may.  Without a document the human is an invented one.
    ``key`` is the first passkey of a new human.
    """
    if await store.anybody(tx):
        asker = await allowed(tx, act.by, Task.ENROL, act.at)
        if isinstance(asker, Refused):
            return asker
    else:
        act = msgspec.structs.replace(act, by=ENROLS_FIRST)
    shown = document or Document(INVENTED, login)
    same = await store.by_document(tx, shown)
    human_id = await store.next_human_id(tx) if same is None else same.human_id
    human = same or Human(human_id, name, shown, act.at)
    wanted = msgspec.structs.replace(human, name=name)
    gone_at, invented = human.suspended_at, shown.kind == INVENTED
    new = Member(login, human_id, name, act.at, gone_at, frozenset(roles), invented)

    decision = rules.enrolled(new, wanted, await store.member(tx, login), same)
    new_key = key if same is None else None
    if isinstance(decision, Member) and await _is_known(tx, new_key):
        decision = Refused(Refusal.PASSKEY_KNOWN, "somebody has this passkey; make another")

    if isinstance(decision, Member):
        if same is None:
            await store.enter(tx, human)
        await store.enrol(tx, new)
        said: dict[str, Plain] = {"roles": sorted(role.value for role in new.roles)}
        about = {"login": login, "human": str(human_id)}
        await record.append(tx, act, "staff.enrolled", said, about)
        if new_key is not None:
            await give_key(tx, human_id, new_key, act)
    return decision


async def _is_known(tx: Transaction, key: Passkey | None) -> bool:
    return key is not None and await key_store.known(tx, key.credential_id)


async def give_key(
    tx: Transaction, human_id: int, key: Passkey, act: Act, invitation: bytes | None = None
) -> None:
    """Give a human a passkey, and record which: what they sign is verified against the record."""
    await key_store.add(tx, human_id, key, act.at, invitation)
    about = {
        "human": str(human_id),
        "credential": key.credential_id.hex(),
        "public_key": key.public_key.hex(),
    }
    await record.append(tx, act, "staff.passkey_added", {}, about)


async def suspend(
    tx: Transaction, login: str, act: Act, *, ends: bool = False
) -> Member | Refused[Refusal]:
    """Suspend a human with all their logins at once, or end it; only a supervisor may."""
    asker = await allowed(tx, act.by, Task.ENROL, act.at)
    if isinstance(asker, Refused):
        return asker
    member = await store.member(tx, login)
    if member is None:
        return Refused(Refusal.UNKNOWN_MEMBER, "no such login; see: tenure staff list")
    suspended_at = None if ends else member.suspended_at or act.at
    await store.suspend(tx, member.human_id, suspended_at)
    said = {"suspended": suspended_at is not None}
    about = {"login": login, "human": str(member.human_id)}
    await record.append(tx, act, "staff.suspended", said, about)
    return msgspec.structs.replace(member, suspended_at=suspended_at)


async def members(tx: Transaction) -> list[Member]:
    """All logins with their roles."""
    return await store.members(tx)


async def member(tx: Transaction, login: str) -> Member | None:
    """The member with this login."""
    return await store.member(tx, login)


async def is_known(tx: Transaction, document: Document) -> bool:
    """Whether a human was enrolled with this document."""
    return await store.by_document(tx, document) is not None
