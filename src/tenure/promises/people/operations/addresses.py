"""What may be asked of addresses: to send a code there, to confirm it, and who has one."""

from collections.abc import Mapping, Sequence

from tenure.postgres.transaction import Transaction
from tenure.promises.people import rules
from tenure.promises.people.model import Channel, Code, Contact, Refusal
from tenure.promises.people.rules.contacts import LASTS_MS
from tenure.promises.people.store import contacts as store
from tenure.promises.people.store import persons
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.values.instant import Instant
from tenure.values.refused import Refused


async def propose(  # noqa: PLR0913, PLR0917 -- whose, how, where, the code, its key and name
    tx: Transaction,
    person_id: int,
    channel: Channel,
    typed: str,
    code: str,
    key: bytes,
    code_id: str,
    act: Act,
) -> Code | Refused[Refusal]:
    """Keep that a code is sent to an address, as a keyed hash; whoever calls sends the code.

    Only the newest code of a channel counts.  The address is theirs when they type the code.
    """
    person = await persons.by_id(tx, person_id)
    address = rules.address_of(channel, typed)
    if address is None:
        return Refused(Refusal.ADDRESS_MALFORMED, "this is no address; write dara@example.com")
    hashed = rules.keyed_hash(key, person_id, channel, address, code)
    until = Instant(act.at + LASTS_MS[channel])
    new = Code(code_id, person_id, channel, address, hashed, act.at, until)
    before = await store.recent(tx, person_id, channel, act.at)

    decision = rules.proposed(person, new, before)

    if isinstance(decision, Code):
        await store.propose(tx, decision)
        said = {"channel": channel.value}
        await record.append(tx, act, "people.contact_asked", said, {"person": str(person_id)})
    return decision


async def confirm(
    tx: Transaction, person_id: int, channel: Channel, typed: str, key: bytes, act: Act
) -> Contact | Refused[Refusal]:
    """Believe that an address is somebody's, if they type the code that was sent there.

    A wrong one is counted, also when the answer is no.  Whoever calls this from above tells the
    person: ``numbers.profiles.confirm_contact``.
    """
    newest = await store.newest(tx, person_id, channel)

    decision = rules.confirmed(newest, typed, key, act.at)

    if isinstance(decision, Refused):
        if decision.refusal is Refusal.CODE_WRONG and newest is not None:
            await store.tried(tx, newest.code_id)
        return decision
    said = {"channel": channel.value}
    about = {"person": str(person_id), "address": decision.address}
    leaf_seq = await record.append(tx, act, "people.contact_confirmed", said, about)
    await store.confirm(tx, decision, leaf_seq, act.at)
    (contact,) = await store.contacts(tx, [person_id], [channel])
    return contact


async def drop(
    tx: Transaction, person_id: int, channel: Channel, act: Act
) -> Channel | Refused[Refusal]:
    """Use an address no more."""
    if not await store.end(tx, person_id, channel, act.at):
        return Refused(Refusal.CODE_UNKNOWN, f"no {channel.value} address of theirs is in use")
    said = {"channel": channel.value}
    await record.append(tx, act, "people.contact_ended", said, {"person": str(person_id)})
    return channel


async def contacts(tx: Transaction, person_ids: Sequence[int]) -> Mapping[int, Contact]:
    """The e-mail addresses of these people, as far as they confirmed any; for a second way."""
    found = await store.contacts(tx, person_ids, [Channel.EMAIL])
    return {one.person_id: one for one in found}


async def all_of(tx: Transaction, person_id: int) -> list[Contact]:
    """The confirmed addresses of somebody, of every channel."""
    return await store.contacts(tx, [person_id], list(Channel))
