"""Who plays in the incident: owners with a number each, a buyer each, and those of ours."""

import datetime as dt
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from tenure.commands import passkey_file
from tenure.commands.connect import act_of
from tenure.commands.demo.identities import iccid
from tenure.commands.demo.population import own_ranges, scale
from tenure.commands.passkey_file import PasskeyFile
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.money import operations as money
from tenure.promises.money.model import Account, Change, Entry, EntryKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import NumberRange, Sell, SimCard, SimKey, SimKeys, Sold
from tenure.promises.people import operations as people
from tenure.promises.people.model import Document, Key, Person, Photo, Presence
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Document as Identity
from tenure.promises.staff.model import Member, Role
from tenure.terms.pricelist import Pack
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Iccid, Imsi, Msisdn

EMPLOYEE: Final = "sok"
"""Who gives the number away, as in May 2021."""
AGAIN: Final = "sok-again"
"""The same human, under another login."""
STAFF: Final[Mapping[str, tuple[Role, ...]]] = {
    "chan": (Role.SUPERVISOR,),
    EMPLOYEE: (Role.SALES, Role.CARE),
    AGAIN: (Role.FRAUD, Role.SUPERVISOR),
    "dara": (Role.SALES,),
    "lina": (Role.FRAUD,),
    "vanna": (Role.SUPERVISOR,),
    "bopha": (Role.FRAUD,),
}
OWNERS_FROM: Final = 1_000
BUYERS_FROM: Final = 2_000
BORN: Final = dt.date(1990, 1, 31)
MATCHING_PPM: Final = 990_000
WITNESS: Final = "dara"
FUNDS: Final = 20


class Owner(msgspec.Struct, frozen=True):
    """Somebody with a number, and whoever is to get it without their consent."""

    index: int
    msisdn: Msisdn
    sim: SimCard
    spare: SimCard
    """A SIM in stock, for whoever gets the number."""
    purse_id: int
    turned: bool = False
    """The buyer has it now, by right, and gives it back."""

    @property
    def person(self) -> int:
        """Who holds the number."""
        return (BUYERS_FROM if self.turned else OWNERS_FROM) + self.index

    @property
    def buyer(self) -> int:
        """Who is to get it."""
        return (OWNERS_FROM if self.turned else BUYERS_FROM) + self.index

    def __repr__(self) -> str:
        return f"Owner({self.index})"


class Cast(msgspec.Struct):
    """Everybody, and their keys."""

    pack: Pack
    operator: str
    """The pack as it was named."""
    keys_folder: Path
    sim_key: SimKey
    owners: list[Owner]
    staff: dict[str, PasskeyFile] = msgspec.field(default_factory=dict)
    keys: dict[int, PasskeyFile] = msgspec.field(default_factory=dict)

    def __repr__(self) -> str:
        return "Cast()"


def owner_of(pack: Pack, index: int) -> Owner:
    """The owner with this index: the same one every time."""
    first, _ = own_ranges(pack)[0]
    return Owner(
        index,
        Msisdn(str(int(first) + index)),
        _card(pack, 2 * index),
        _card(pack, 2 * index + 1),
        10_000 + index,
    )


def _card(pack: Pack, index: int) -> SimCard:
    plmn = pack.terms.home_plmns[0]
    keys = SimKeys(os.urandom(16).hex(), os.urandom(16).hex(), "milenage")
    return SimCard(Iccid(iccid(pack, index)), Imsi(f"{plmn}{index:0{15 - len(plmn)}d}"), keys)


def seen(person_id: int) -> Presence:
    """Somebody with their document, whose face fits it; or so a witness says."""
    return Presence(
        Document("passport", f"N{person_id}"), Photo(MATCHING_PPM, f"photo-{person_id}")
    )


def person_of(cast: Cast, person_id: int, at: Instant) -> Person:
    """Somebody who may hold a number."""
    language = cast.pack.terms.languages[0]
    document = Document("passport", f"N{person_id}")
    return Person(person_id, f"Person {person_id}", language, at, BORN, document)


async def settle(pool: Pool, cast: Cast, at: Instant) -> None:
    """Everybody is there: those of ours, the owners with their numbers, and all passkeys."""
    await perform(pool, money.open_months, at)
    for login, roles in STAFF.items():
        await perform(pool, _enrolled, cast, login, roles, at)
    await perform(pool, _stocked, cast, at)
    for owner in cast.owners:
        await perform(pool, _sold, cast, owner, at)
        for person_id in (owner.person, owner.buyer):
            await give_key(pool, cast, person_id, at)


async def _enrolled(
    tx: Transaction, cast: Cast, login: str, roles: tuple[Role, ...], at: Instant
) -> None:
    human = login.removesuffix("-again")
    key = cast.staff.get(human)
    if key is None:
        key = passkey_file.create(cast.keys_folder / human)
    cast.staff[login] = key
    if login != human:
        passkey_file.create(cast.keys_folder / login, key)
    found = await staff.enrol(
        tx,
        login,
        human.title(),
        roles,
        act_of("chan", at),
        document=Identity("national-id", f"N {human}"),
        key=key.public if login == human else None,
    )
    assert isinstance(found, Member), found


async def _stocked(tx: Transaction, cast: Cast, at: Instant) -> None:
    act = act_of(EMPLOYEE, at)
    given = [NumberRange(low, high, "ordinary") for low, high in own_ranges(cast.pack)[:1]]
    await numbers.inventory.import_numbers(tx, given, act)
    cards = [card for owner in cast.owners for card in (owner.sim, owner.spare)]
    await numbers.inventory.import_sims(tx, cards, cast.sim_key, os.urandom, act)
    everybody = [
        person_of(cast, person_id, at)
        for owner in cast.owners
        for person_id in (owner.person, owner.buyer)
    ]
    await people.enter_all(tx, everybody, act)


async def _sold(tx: Transaction, cast: Cast, owner: Owner, at: Instant) -> None:
    terms = cast.pack.terms
    sell = Sell(
        msisdn=owner.msisdn,
        iccid=owner.sim.iccid,
        holder_id=owner.person,
        purse_id=owner.purse_id,
        offer=next(offer.name for offer in terms.offers if not offer.postpaid),
        language=terms.languages[0],
    )
    found = await numbers.holding.activate(tx, terms, sell, act_of(EMPLOYEE, at))
    assert isinstance(found, Sold), found
    await _fill(tx, owner, scale(cast.pack) * FUNDS, at)


async def _fill(tx: Transaction, owner: Owner, funds_micros: int, at: Instant) -> None:
    """Enough funds for a new SIM, which is at the subscriber's cost."""
    purse = (await money.purses(tx, [owner.purse_id]))[owner.purse_id]
    filled = msgspec.structs.replace(
        purse, seq=1, funds_micros=funds_micros, funds_end=Instant(at + 365 * DAY_MS)
    )
    entry = Entry(
        owner.purse_id, 1, at, EntryKind.OPENING, Account.OPENING,
        funds_micros, 0, 0, 0, 0, -funds_micros, funds_micros, "prove", "", "{}",
    )  # fmt: skip
    await money.record(tx, [Change(filled, (entry,))])


async def give_key(pool: Pool, cast: Cast, person_id: int, at: Instant) -> PasskeyFile:
    """Somebody brings a passkey to a shop, before a witness."""
    made = passkey_file.new()
    key = Key(person_id, made.public, at)
    signed = cast.staff[WITNESS].assertion(people.enrolment_hash(person_id, key.passkey, at))
    found = await perform(
        pool, people.add_passkey, key, seen(person_id), signed, act_of(WITNESS, at)
    )
    assert isinstance(found, Key), found
    cast.keys[person_id] = made
    return made
