"""A number that is held, people and staff with passkeys, and requests about it: for tests."""

import hashlib
import uuid
from datetime import date
from typing import Final

import msgspec

from tenure.commands.passkey_file import PasskeyFile
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account, Change, Entry, EntryKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model.requests import Ask, Kind, Party, Progress, Proof
from tenure.promises.people import operations as people
from tenure.promises.people.model import Document, Key, Photo, Presence
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Role
from tenure.values.instant import DAY_MS, SECOND_MS, Instant
from tests.numbers.stocked import AT, KH, act, card, msisdn, person, sell, stock
from tests.staff.given import enrolled
from tests.staff.given import key_of as staff_key

OLD: Final = 1
"""Who holds the number."""
NEW: Final = 2
"""Who is to have it."""
CHILD: Final = 6
PARENT: Final = 7
LATER: Final = Instant(AT + 30 * DAY_MS)
"""When things are asked: the SIM and the passkeys are old enough by then."""
PAPER: Final = hashlib.sha256(b"a paper").hexdigest()
FUNDS: Final = 5_000_000
STAFF: Final = {
    "chan": (Role.SUPERVISOR,),
    "sok": (Role.SALES, Role.CARE),
    "dara": (Role.SALES,),
    "bopha": (Role.FRAUD, Role.SALES),
    "vanna": (Role.SUPERVISOR,),
    "lina": (Role.FRAUD,),
    "rith": (Role.LEGAL,),
    "sam": (Role.LEGAL,),
}


def holder_key(person_id: int) -> PasskeyFile:
    """The passkey of somebody; always the same one."""
    name, secret = f"name of person {person_id}", f"key of person {person_id}"
    return PasskeyFile(
        hashlib.sha256(name.encode()).digest(), hashlib.sha256(secret.encode()).digest()
    )


def request_id(number: int) -> str:
    """A UUID that is the same every time."""
    return str(uuid.UUID(int=number, version=4))


def wanted(number: int = 1, kind: Kind = Kind.TRANSFER, **changed: object) -> Ask:
    """A request about the held number."""
    asked: dict[str, object] = {"request_id": request_id(number), "kind": kind, "msisdn": msisdn(0)}
    if kind not in (Kind.SIM, Kind.UNLOCK):
        asked |= {"to_holder": NEW, "purse_id": 50_000 + number}
    if kind in (Kind.INHERITANCE, Kind.LEGAL_ORDER, Kind.RESTORATION):
        asked["document"] = PAPER
    if kind is Kind.SIM:
        asked["iccid"] = str(card(9).iccid)
    return Ask(**(asked | changed))  # type: ignore[arg-type]  # names and values of a test


def seen(person_id: int, ppm: int = 990_000) -> Presence:
    """Somebody stands in a shop with their document."""
    return Presence(Document("passport", f"N{person_id}"), Photo(ppm, f"ref-{person_id}"))


def by_passkey(person_id: int, signed: bytes) -> Proof:
    """Somebody signs with a passkey of their own."""
    return Proof(holder_key(person_id).assertion(signed))


def in_shop(
    person_id: int, witness: str, signed: bytes, ppm: int = 990_000, party: Party = Party.FROM
) -> Proof:
    """Somebody is present, and one of ours signs that."""
    hashed = numbers.requests.seen_hash_of(signed, party, person_id)
    return Proof(staff_key(witness).assertion(hashed), seen(person_id, ppm), person_id)


def later(seconds: float = 0, days: float = 0) -> Instant:
    """So long after things were asked."""
    return Instant(LATER + round(days * DAY_MS) + round(seconds * SECOND_MS))


async def populated(pool: Pool, asker: str = "chan") -> None:
    """A number of person 1 with 5.00 on it, people with passkeys, staff with theirs.

    ``asker`` enrols them; chan, who is the first, enrols chan as well.
    """
    for login, roles in STAFF.items():
        await enrolled(pool, login, *roles, asker=asker)
    await perform(pool, stock)
    await perform(pool, numbers.holding.activate, KH, sell(), act())
    await perform(pool, _fill)
    await perform(
        pool,
        people.enter_all,
        [person(CHILD, date(2015, 6, 1)), person(PARENT)],
        act(),
    )
    await perform(pool, people.name_guardian, KH, CHILD, PARENT, PAPER, act())
    for person_id in (1, 2, 3, PARENT, CHILD):
        await given_key(pool, person_id, Instant(AT + 1000))


async def _fill(tx: Transaction) -> None:
    purse = (await money.purses(tx, [1_000]))[1_000]
    filled = msgspec.structs.replace(
        purse, seq=1, funds_micros=FUNDS, funds_end=Instant(AT + 90 * DAY_MS)
    )
    entry = Entry(
        1_000, 1, AT, EntryKind.OPENING, Account.OPENING, FUNDS, 0, 0, 0, 0, -FUNDS, FUNDS,
        "test", "", "{}",
    )  # fmt: skip
    await money.record(tx, [Change(filled, (entry,))])


async def given_key(pool: Pool, person_id: int, at: Instant) -> object:
    """Somebody brings a passkey to a shop."""
    key = Key(person_id, holder_key(person_id).public, at)
    hashed = people.enrolment_hash(person_id, key.passkey, at)
    return await perform(
        pool,
        people.add_passkey,
        key,
        seen(person_id),
        staff_key("sok").assertion(hashed),
        act("sok", at),
    )


async def asked(
    pool: Pool, ask: Ask | None = None, by: str = "sok", at: Instant = LATER
) -> Progress:
    """A request that was taken."""
    found = await perform(pool, numbers.requests.ask, KH, ask or wanted(), act(by, at))
    assert isinstance(found, Progress), found
    return found


async def consented(
    pool: Pool, made: Progress, *parties: tuple[Party, int], at: Instant = LATER
) -> Progress:
    """The same after these consents by passkey."""
    for party, person_id in parties or ((Party.FROM, OLD), (Party.TO, NEW)):
        proof = by_passkey(person_id, made.request_hash)
        found = await perform(
            pool,
            numbers.requests.consent,
            KH,
            made.request.request_id,
            party,
            proof,
            act("<holder>", at),
        )
        assert isinstance(found, Progress), found
        made = found
    return made


async def approved(pool: Pool, made: Progress, *logins: str, at: Instant = LATER) -> Progress:
    """The same after these approvals."""
    for login in logins or ("vanna", "lina"):
        found = await approve(pool, made, login, at)
        assert isinstance(found, Progress), found
        made = found
    return made


async def approve(pool: Pool, made: Progress, login: str, at: Instant = LATER) -> object:
    """One of ours tries to approve."""
    return await perform(
        pool,
        numbers.requests.approve,
        KH,
        made.request.request_id,
        staff_key(login).assertion(made.request_hash),
        act(login, at),
    )


async def complete(pool: Pool, ask: Ask | None = None) -> Progress:
    """A transfer that only has to cool off."""
    made = await asked(pool, ask)
    made = await consented(pool, made)
    return await approved(pool, made)


async def effect(pool: Pool, number: int, at: Instant) -> object:
    """Somebody, or the clock, tries to let a request take effect."""
    done: Act = act("<clock>", at)
    return await perform(pool, numbers.requests.effect, KH, request_id(number), done)
