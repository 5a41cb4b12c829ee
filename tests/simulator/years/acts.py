"""What happens to a number in one step: sold, topped up, barred, lost, held, locked, looked up."""

from typing import Any

from tenure.postgres.transaction import Transaction
from tenure.promises.access import operations as access
from tenure.promises.access.model import Clause, Measure, Restrict, Suspend, Why
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Bar, Hold, Line, ReportFound, ReportLost, Sell, Sold
from tenure.promises.numbers.model.lifecycle import HoldKind
from tenure.promises.numbers.model.requests import Locked, Proof
from tenure.promises.people import operations as people
from tenure.promises.people.model import Key
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Member, Task
from tenure.promises.tariffs.model import Service
from tenure.promises.topups import operations as topups
from tenure.promises.topups.model import Done, TopUp
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn
from tests.numbers.stocked import KH, card
from tests.simulator.years import reach
from tests.simulator.years.books import ACTIVE_DAYS, DAY, REST, Binding, Tenure, tail
from tests.simulator.years.cast import APPROVERS, CARE, SHOP
from tests.simulator.years.life import Life

MONEY = 1_000_000


async def as_staff(tx: Transaction, task: Task, act: Act, operation: Any, *args: Any) -> Any:
    """What a command does: asks whether they may, and then for the thing itself."""
    member = await staff.allowed(tx, act.by, task, act.at)
    return await operation(tx, *args, act) if isinstance(member, Member) else member


async def sell(life: Life, at: int) -> None:
    """Somebody buys a number; now and then one that is not free, or on a SIM that served."""
    cast = life.cast
    person = life.rng.randint(1, cast.count)
    number, index = _number_for_sale(life), _card_for_sale(life)
    wanted = Sell(number, card(index).iccid, person, cast.new_purse(), "prepaid", "km")
    clerk = life.staff(SHOP)
    answer = await life.driver.ask(
        "sold", as_staff, Task.SELL_LINE, life.driver.act(clerk, at),
        numbers.holding.activate, KH, wanted,
    )  # fmt: skip
    if isinstance(answer, Sold):
        cast.watch(clerk)
        await sold(life, wanted, at)


def _number_for_sale(life: Life) -> Msisdn:
    if life.chance(0.9):
        free = [one for one in life.numbers_in_stock() if life.books.holder(one) is None]
        rested = [
            one
            for one in free
            if not life.books.recycled.get(one)
            or life.now >= life.books.recycled[one][-1][0] + REST
        ]
        if rested and life.chance(0.9):
            return life.rng.choice(rested)
        if free:
            return life.rng.choice(free)
    return life.rng.choice(life.numbers_in_stock())


def _card_for_sale(life: Life) -> int:
    if life.cast.used_cards and life.chance(0.05):
        return life.rng.choice(life.cast.used_cards)
    return life.cast.fresh_cards[0]


async def sold(life: Life, wanted: Sell, at: int) -> None:
    """A sale was acknowledged."""
    books, number = life.books, str(wanted.msisdn)
    index = next(i for i in range(life.cast.cards) if card(i).iccid == wanted.iccid)
    books.must(
        "a SIM is used once in its life", holds=index in life.cast.fresh_cards, seen=tail(number)
    )
    took_card(life, index)
    books.must(
        "what somebody holds is not sold", holds=books.holder(number) is None, seen=tail(number)
    )
    gone = books.recycled.get(number)
    books.must(
        "a number rests before it is sold again",
        holds=not gone or at >= gone[-1][0] + REST, seen=tail(number),
    )  # fmt: skip
    holder = wanted.holder_id
    minor = books.minor(holder, life.day(at))
    books.must(
        "a minor has a guardian",
        holds=not minor or bool(books.people[holder].guardians), seen=tail(number),
    )  # fmt: skip
    books.tenures.setdefault(number, []).append(Tenure(holder, at, wanted.purse_id, "first-sale"))
    books.bindings.setdefault(number, []).append(
        Binding(str(wanted.iccid), str(card(index).imsi), at)
    )
    books.ends[wanted.purse_id] = at
    books.cut.pop(number, None)
    books.leaves["numbers.activated", number, at] += 1
    life.habits[number] = at + round(life.rng.uniform(0, 2) * DAY)
    await reach.nothing_is_left(life, number, at)


def took_card(life: Life, index: int) -> None:
    """A card left the stock, and serves."""
    if index in life.cast.fresh_cards:
        life.cast.fresh_cards.remove(index)
        life.cast.used_cards.append(index)


async def _fulfil(tx: Transaction, order: TopUp) -> Any:
    [answer] = await topups.fulfil(tx, KH, [order])
    return answer


async def top_up(life: Life, number: str, at: int) -> None:
    """Somebody adds money, now and then twice by accident."""
    books, holder = life.books, life.books.holder(number)
    whole = life.rng.choice((1, 2, 2, 5, 5, 10, 10, 20, 50))
    order = TopUp(number, whole * MONEY, f"k{life.new_id()[:8]}", Instant(at))
    answer = await life.driver.ask("topped up", _fulfil, order)
    if isinstance(answer, Done):
        if holder is None:
            books.accuse("money goes to a purse that somebody has", tail(number))
            return
        books.ends[holder.purse] = at + ACTIVE_DAYS[whole] * DAY
        books.added.setdefault(holder.purse, []).append((whole * MONEY, f"topup {order.key}"))
        _next(life, number, books.ends[holder.purse])
        if life.chance(0.05):
            again = await life.driver.ask("topped up again", _fulfil, order)
            books.must(
                "a message that comes twice has one effect",
                holds=isinstance(again, Done) and again.repeated, seen=tail(number),
            )  # fmt: skip


def _next(life: Life, number: str, end: int) -> None:
    roll = life.rng.random()
    if roll < 0.15:
        life.habits[number] = None
    elif roll < 0.25:
        life.habits[number] = end + round(life.rng.uniform(20, 100) * DAY)
    else:
        life.habits[number] = end + round(life.rng.uniform(-2, 20) * DAY)


async def change_line(life: Life, number: str, at: int, *, lost: bool | None = None) -> None:
    """A bar is set or lifted, a SIM lost or found."""
    cuts = life.books.cuts(number)
    if lost is not None or life.chance(0.5):
        lost = "lost" not in cuts if lost is None else lost
        asked: Any = ReportLost() if lost else ReportFound()
        after = cuts | {"lost"} if lost else cuts - {"lost"}
    else:
        out, into = life.chance(0.2), life.chance(0.2)
        asked = Bar(outgoing=out, incoming=into)
        after = cuts - {"barred-out", "barred-in"}
        after |= {name for name, on in (("barred-out", out), ("barred-in", into)) if on}
    act = life.driver.act(life.staff(CARE), at)
    answer = await life.driver.ask("line changed", numbers.change, number, asked, act)
    if isinstance(answer, Line):
        life.books.cut[number] = after


async def suspend_line(life: Life, number: str, at: int) -> None:
    """Fraud suspends a line, and lifts that after some days."""
    why = Why(Clause.ABUSE, "abuse", f"case {life.new_id()[:8]}")
    answer = await life.driver.ask(
        "line suspended", as_staff, Task.RESTRICT, life.driver.act("lina", at),
        access.suspend, number, Suspend(why),
    )  # fmt: skip
    if not isinstance(answer, Measure):
        return
    life.books.cuts(number).add("suspended")
    holder = life.books.holder(number)
    measures = life.books.measures.setdefault(holder.purse if holder else 0, set())
    measures.add(answer.measure_id)
    told = holder.holder if holder else 0
    life.books.told[number, told, "access.suspended", at] += 1

    async def lift(then: int) -> None:
        act = life.driver.act("bopha", then)
        done = await life.driver.ask("measure lifted", access.lift, answer.measure_id, "over", act)
        if isinstance(done, Measure):
            measures.discard(answer.measure_id)
            if not measures:
                life.books.cuts(number).discard("suspended")

    life.soon(24, 24 * 40, lift)


async def restrict_line(life: Life, number: str, at: int) -> None:
    """Fraud restricts a service for some days; that ends by itself."""
    why = Why(Clause.ABUSE, "spam", f"case {life.new_id()[:8]}")
    until = Instant(at + round(life.rng.uniform(1, 29) * DAY))
    await life.driver.ask(
        "line restricted", as_staff, Task.RESTRICT, life.driver.act("bopha", at),
        access.restrict, KH.access, number, Restrict(why, frozenset({Service.SMS}), until),
    )  # fmt: skip


async def hold(life: Life, number: str, at: int, days: float = 120) -> None:
    """A complaint holds a number until it is closed."""
    case, kind = life.new_id()[:8], life.rng.choice(list(HoldKind))
    clerk = life.staff(CARE)
    act = life.driver.act(clerk, at)
    answer = await life.driver.ask(
        "held", as_staff, Task.HOLD, act, numbers.lifecycle.hold, Msisdn(number), kind, case
    )
    if not isinstance(answer, Hold):
        return
    life.cast.watch(clerk)
    life.books.holds.setdefault(number, {})[case] = at
    life.books.leaves["numbers.held", number, at] += 1

    async def release(then: int) -> None:
        clerk = life.staff(CARE)
        done = await life.driver.ask(
            "released", as_staff, Task.HOLD, life.driver.act(clerk, then),
            numbers.lifecycle.release, Msisdn(number), kind, case,
        )  # fmt: skip
        if isinstance(done, Hold):
            life.books.holds[number].pop(case, None)
            life.books.leaves["numbers.released", number, then] += 1
        elif case in life.books.holds[number]:
            life.soon(24, 48, release)

    life.soon(24, 24 * days, release)


async def lock(life: Life, number: str, at: int) -> None:
    """The holder locks the number; now and then somebody else tries."""
    holder = life.books.holder(number)
    assert holder is not None
    person = holder.holder if life.chance(0.9) else life.rng.randint(1, life.cast.count)
    signed = life.cast.key(person).assertion(
        numbers.requests.lock_hash(Msisdn(number), Instant(at))
    )
    answer = await life.driver.ask(
        "locked", numbers.requests.lock, Msisdn(number), Proof(signed),
        life.driver.act("<holder>", at),
    )  # fmt: skip
    if isinstance(answer, Locked):
        minor = life.books.minor(holder.holder, life.day(at))
        guardians = life.books.people[holder.holder].guardians if minor else {}
        life.books.must(
            "only the holder locks a number",
            holds=person == holder.holder or person in guardians, seen=tail(number),
        )  # fmt: skip
        life.books.locks[number] = (holder.holder, at)
        life.books.locked[number] += 1
        life.books.leaves["numbers.locked", number, at] += 1
        life.books.told[number, holder.holder, "lock.set", at] += 1


async def retire_key(life: Life, person: int, at: int) -> None:
    """Somebody loses a passkey, and brings another."""
    old = life.cast.key(person)
    act = life.driver.act("sok", at)
    answer = await life.driver.ask("passkey ended", people.end_passkey, old.credential_id, act)
    if isinstance(answer, Key):
        life.books.ended_keys[old.credential_id] = at
        life.cast.generation[person] = life.cast.generation.get(person, 0) + 1

        async def bring(then: int) -> None:
            await life.cast.bring_key(person, life.staff(SHOP), then)

        life.soon(1, 72, bring)


async def suspend_staff(life: Life, at: int, login: str) -> None:
    """A supervisor suspends one of ours with all logins, for some weeks."""
    chief = life.staff(("chan", "vanna", "dany"), login)
    answer = await life.driver.ask(
        "staff suspended", staff.suspend, login, life.driver.act(chief, at)
    )
    if not isinstance(answer, Member):
        return
    life.cast.watch(chief)
    life.books.suspended.setdefault(answer.human_id, at)

    async def back(then: int) -> None:
        chief = next(one for one in ("chan", "vanna") if not life.cast.is_suspended(one))
        act = life.driver.act(chief, then)
        done = await life.driver.once(staff.suspend, login, act, ends=True)
        if isinstance(done, Member):
            life.books.suspended.pop(done.human_id, None)

    life.soon(24, 24 * 30, back)


SUSPENDABLE = tuple(one for one in (*APPROVERS, *SHOP, "lina2", "phal") if one != "chan")
