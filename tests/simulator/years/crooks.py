"""Staff who misbehave, alone and in pairs too small: each attempt has to fail, by name."""

from collections.abc import Awaitable, Callable
from typing import Any, Final

from tenure.postgres.transaction import Transaction
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Sell, Sold
from tenure.promises.numbers.model.requests import Kind, Locked, Party, Progress, Proof
from tenure.promises.numbers.store import requests as store
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Case, Glass, Look, Purpose, Task
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn
from tenure.values.passkey import Assertion
from tests.numbers.stocked import KH, card
from tests.simulator.years import acts, requests
from tests.simulator.years.books import Asked, tail
from tests.simulator.years.cast import CARE, CROOKS, seen
from tests.simulator.years.laws import agreement
from tests.simulator.years.life import Life

BORROWED: Final = "what somebody else signed proves nothing"
Trick = Callable[[Life, str, int], Awaitable[None]]


async def try_something(life: Life, at: int) -> None:
    """One of ours tries something that no clause allows."""
    number = life.some_held()
    if number is not None:
        await life.rng.choice(TRICKS)(life, str(number), at)


async def theft(life: Life, number: str, at: int) -> None:
    """A pair takes a number: one asks and saw the victim "present", the other approves twice."""
    wanted = requests.wish(life, Kind.TRANSFER, number, life.rng.randint(1, life.cast.count))
    asked = await requests.ask(life, wanted, "dara", at)
    if asked is None:
        return
    asked.unwilling.add(asked.giver)
    victim = asked.giver
    hashed = numbers.requests.seen_hash_of(asked.hash(), Party.FROM, victim)
    signed = life.cast.staff_key("dara").assertion(hashed)
    proof = Proof(signed, seen(victim), victim)
    await _consent(life, asked, "from", (victim, "dara", proof))
    assert asked.taker is not None
    for party, person in agreement.parties(life, asked):
        if person == asked.taker or party == "to-guardian":
            await requests.consent(life, asked, party, person, life.tick())
    for login in ("phal", "phal2", "dara", "phal"):
        await requests.approve(life, asked, login, life.tick())
    life.later(26 * 3_600_000, lambda then: requests.effect_now(life, asked, then))
    life.soon(30, 400, lambda then: _victim_stops(life, asked, then))


async def _victim_stops(life: Life, asked: Asked, at: int) -> None:
    if asked.ended is None:
        await requests.stop(life, asked, "reply", at)


async def _consent(life: Life, asked: Asked, party: str, how: tuple[int, Any, Any]) -> None:
    at = life.tick()
    _, witness, proof = how
    answer = await life.driver.ask(
        "consented", numbers.requests.consent, KH, asked.id, Party(party), proof,
        life.driver.act(witness or requests.THE_HOLDER, at),
    )  # fmt: skip
    if isinstance(answer, Progress):
        agreement.consented(life, asked, party, how, at)


async def own_request(life: Life, number: str, at: int) -> None:
    """Somebody asks, and approves it under the other login of theirs."""
    wanted = requests.wish(life, Kind.SIM, number)
    asked = await requests.ask(life, wanted, "phal", at)
    if asked is None:
        return
    await requests.consent(life, asked, "from", asked.giver, life.tick())
    for login in ("phal", "phal2"):
        await requests.approve(life, asked, login, life.tick())
    life.soon(1, 2, lambda then: requests.stop(life, asked, "stop", then))


async def replay(life: Life, number: str, at: int) -> None:
    """A consent that was overheard is shown again, for something else."""
    asked = life.books.open_request(number) or _any_open(life)
    if asked is None or not life.last_proofs:
        return
    proof, witness = life.rng.choice(life.last_proofs)
    for party in ("from", "to"):
        if party in asked.consents:
            continue
        act = life.driver.act(witness or requests.THE_HOLDER, at)
        answer = await life.driver.ask(
            "replayed", numbers.requests.consent, KH, asked.id, Party(party), proof, act
        )
        life.books.must(
            "what was signed for one thing proves no other",
            holds=not isinstance(answer, Progress), seen=party,
        )  # fmt: skip


async def borrowed_key(life: Life, number: str, at: int) -> None:
    """A thief signs with their own key, and says that it is the holder's."""
    asked = life.books.open_request(number) or _any_open(life)
    if asked is None or "from" in asked.consents or asked.kind not in {"transfer", "sim"}:
        return
    mine = life.cast.staff_key("mony").assertion(asked.hash())
    theirs = life.cast.key(asked.giver).credential_id
    signed = Assertion(theirs, mine.authenticator_data, mine.client_data_json, mine.signature)
    act = life.driver.act(requests.THE_HOLDER, at)
    answer = await life.driver.ask(
        "borrowed", numbers.requests.consent, KH, asked.id, Party.FROM, Proof(signed), act
    )
    life.books.must(BORROWED, holds=not isinstance(answer, Progress), seen=asked.kind)


def _any_open(life: Life) -> Asked | None:
    there = [one for one in life.books.requests.values() if one.ended is None]
    return life.rng.choice(there) if there else None


async def while_suspended(life: Life, number: str, at: int) -> None:
    """Somebody who is suspended goes on working; the books watch who is let."""
    out = [login for login in (*CROOKS, "bopha", "lina") if life.cast.is_suspended(login)]
    if not out:
        await acts.suspend_staff(life, at, life.rng.choice(CROOKS))
        return
    login = life.rng.choice(out)
    asked = _any_open(life)
    if asked is not None:
        await requests.approve(life, asked, login, at)
    wanted = requests.wish(life, Kind.TRANSFER, number, 1)
    await requests.ask(life, wanted, login, life.tick())
    await look(life, number, life.tick(), login)


async def look(life: Life, number: str, at: int, login: str = "") -> None:
    """Somebody looks a number up: without a case, or with one about another number."""
    login = login or life.staff(CARE)
    other = [one for one, about in life.books.cases.items() if about != number]
    case = life.rng.choice(other) if other and life.chance(0.5) else None
    act = life.driver.act(login, at)
    answer = await life.driver.ask("looked", staff.look, login, Purpose.CARE, case, number, act)
    life.books.must("nobody looks without a case", holds=not isinstance(answer, Look), seen=login)


async def look_with_a_case(life: Life, number: str, at: int) -> None:
    """An honest look, and then one after the case was closed."""
    login, case = life.staff(CARE), life.new_id()
    act = life.driver.act(login, at, "the holder asked")
    opened = await life.driver.once(staff.open_case, case, Purpose.CARE, number, act)
    if not isinstance(opened, Case):
        return
    life.cast.watch(login)
    life.books.cases[case] = number
    then = life.driver.act(login, life.tick())
    done = await life.driver.once(staff.look, login, Purpose.CARE, case, number, then)
    if isinstance(done, Look):
        life.driver.done["looked with a case"] += 1
    if life.chance(0.5):
        await life.driver.once(staff.close_case, case, life.driver.act(login, life.tick()))
        again = life.driver.act(login, life.tick())
        late = await life.driver.ask("looked", staff.look, login, Purpose.CARE, case, number, again)
        life.books.must("a closed case opens nothing", holds=not isinstance(late, Look))


async def glass(life: Life, number: str, at: int) -> None:
    """Somebody breaks the glass, and looks again when it is whole."""
    act = life.driver.act("pich", at, "curious")
    broken = await life.driver.once(staff.break_glass, life.new_id(), act)
    if not isinstance(broken, Glass):
        return
    life.driver.done["glass broken"] += 1
    for wait, allowed in ((60_000, True), (16 * 60_000, False)):
        life.now += wait
        then = life.driver.act("pich", life.now)
        done = await life.driver.once(staff.look, "pich", Purpose.BREAK_GLASS, None, number, then)
        life.driver.heard("looked through broken glass", done)
        life.books.must("glass is whole again soon", holds=allowed or not isinstance(done, Look))


FORGED_CONSENT: Final = """
INSERT INTO numbers.consent (request_id, request_hash, party, person_id, means, given_at,
    credential_id, authenticator_data, client_data_json, signature, leaf_seq)
SELECT request_id, request_hash, 'from', from_holder, 'passkey', requested_at, %s, %s, %s, %s,
       leaf_seq
FROM numbers.request WHERE request_id = %s
"""
FORGED_APPROVAL: Final = """
INSERT INTO staff.approval (request_hash, requested_by, until_at, approved_by, login, approved_at,
    credential_id, authenticator_data, client_data_json, signature)
SELECT request_hash, requested_by, until_at, %s, %s, requested_at, %s, %s, %s, %s
FROM staff.request WHERE request_hash = %s
"""


async def forgery(life: Life, number: str, at: int) -> None:
    """As the application role: a consent of the victim and an own approval, written by hand."""
    wanted = requests.wish(life, Kind.TRANSFER, number, life.rng.randint(1, life.cast.count))
    asked = await requests.ask(life, wanted, "mony", at)
    if asked is None:
        return
    asked.unwilling.add(asked.giver)
    await forged_consent(life, asked)
    forged = life.cast.staff_key("mony").assertion(asked.hash())
    shown = (forged.credential_id, forged.authenticator_data, forged.client_data_json)
    await life.driver.by_sql(
        FORGED_APPROVAL, life.cast.human("mony"), "mony", *shown, forged.signature, asked.hash()
    )
    await effect_by_hand(life, asked, life.tick())
    life.soon(30, 400, lambda then: _victim_stops(life, asked, then))


async def forged_consent(life: Life, asked: Asked) -> None:
    """It looks like the victim's, and only the signature is somebody else's."""
    theirs = life.cast.key(asked.giver).assertion(asked.hash())
    mine = life.cast.staff_key("mony").assertion(asked.hash())
    await life.driver.by_sql(
        FORGED_CONSENT, theirs.credential_id, theirs.authenticator_data, theirs.client_data_json,
        mine.signature, asked.id,
    )  # fmt: skip


async def effect_by_hand(life: Life, asked: Asked, at: int) -> None:
    """Call the door with a leaf of one's own making."""
    sim = life.books.sim(asked.msisdn)
    act = life.driver.act("mony", at)
    about = {
        "msisdn": asked.msisdn, "request": asked.id, "from": str(asked.giver),
        "to": str(asked.taker), "iccid": sim.iccid, "imsi": sim.imsi,
    }  # fmt: skip
    said = {"kind": asked.kind, "request_hash": asked.hash().hex()}

    async def work(tx: Transaction) -> None:
        seq = await record.append(tx, act, "numbers.transferred", said, about)
        await store.effect(tx, asked.id, act.at, seq)

    await life.driver.stopped_by_database("effect by hand", work)


BY_HAND: Final = (
    "UPDATE numbers.tenure SET holder_id = 1",
    "DELETE FROM numbers.tenure",
    "UPDATE numbers.binding SET iccid = iccid",
    "UPDATE numbers.line SET imsi = '456069999999999'",
    "DELETE FROM numbers.lock",
    "UPDATE numbers.lock SET until = since",
    "UPDATE numbers.request SET to_holder = 1",
    "UPDATE numbers.consent SET person_id = 1",
    "DELETE FROM staff.approval",
    "UPDATE numbers.figures SET cooling_off_ms = 0",
    "SELECT numbers.hand_over(r, now(), 1) FROM numbers.request r",
    "UPDATE record.leaf SET body = body",
    "UPDATE people.passkey SET person_id = 1",
    "INSERT INTO numbers.recycled SELECT * FROM numbers.recycled",
)


async def by_hand(life: Life, number: str, at: int) -> None:
    """What the application role may not even try."""
    del number, at
    told = await life.driver.by_sql(life.rng.choice(BY_HAND))
    life.books.must(
        "the application cannot write what only functions may", holds=told != "done", seen=told
    )


async def recycled_by_hand(life: Life, number: str, at: int) -> None:
    """A number that is in use is "recycled" and sold to a friend, long before its time."""
    holder, sim = life.books.holder(number), life.books.sim(number)
    assert holder is not None
    act = life.driver.act("vuth", at)
    about = {
        "msisdn": number, "holder": str(holder.holder), "iccid": sim.iccid, "imsi": sim.imsi,
    }  # fmt: skip
    if at >= life.books.ends[holder.purse] + 60 * 86_400_000:
        return

    async def work(tx: Transaction) -> None:
        seq = await record.append(tx, act, "numbers.recycled", {"reminders": 9}, about)
        query = "SELECT numbers.recycle(%s, to_timestamp(%s), %s)"
        await tx.execute(query, [[number], at / 1000, [seq]])

    await life.driver.stopped_by_database("recycled by hand", work)


async def sold_twice(life: Life, number: str, at: int) -> None:
    """A clerk sells a number that somebody holds."""
    wanted = Sell(
        Msisdn(number), card(life.cast.fresh_cards[0]).iccid, 1, life.cast.new_purse(),
        "prepaid", "km",
    )  # fmt: skip
    act: Act = life.driver.act("dara", at)
    answer = await life.driver.ask(
        "sold", acts.as_staff, Task.SELL_LINE, act, numbers.holding.activate, KH, wanted
    )
    life.books.must(
        "what somebody holds is not sold", holds=not isinstance(answer, Sold),
        seen=tail(number),
    )  # fmt: skip


async def locked_by_another(life: Life, number: str, at: int) -> None:
    """Somebody locks, with their own key, what is not theirs."""
    thief = life.rng.randint(1, life.cast.count)
    holder = life.books.holder(number)
    assert holder is not None
    if thief == holder.holder or thief in life.books.people[holder.holder].guardians:
        return
    signed = life.cast.key(thief).assertion(numbers.requests.lock_hash(Msisdn(number), Instant(at)))
    answer = await life.driver.ask(
        "locked", numbers.requests.lock, Msisdn(number), Proof(signed),
        life.driver.act(requests.THE_HOLDER, at),
    )  # fmt: skip
    life.books.must("only the holder locks a number", holds=not isinstance(answer, Locked))


TRICKS: Final[tuple[Trick, ...]] = (
    theft, theft, own_request, replay, replay, borrowed_key, borrowed_key,
    while_suspended, look, look_with_a_case, glass,
    forgery, by_hand, by_hand, recycled_by_hand, sold_twice, locked_by_another,
)  # fmt: skip
