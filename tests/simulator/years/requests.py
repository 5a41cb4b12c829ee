"""Stories of requests: asked, agreed to, approved, stopped, forgotten, and in the end effective.

What is told to the books here is what was acknowledged; when it takes effect, the clock finds out.
"""

from collections.abc import Callable
from typing import Any

from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model.requests import Ask, Kind, Party, Progress, Proof
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused
from tests.numbers.stocked import KH, card
from tests.simulator.years import acts
from tests.simulator.years.books import OPEN, RESTORED_WITHIN, Asked, tail
from tests.simulator.years.cast import APPROVERS, PAPER, SHOP, seen
from tests.simulator.years.laws import agreement, telling
from tests.simulator.years.life import Life, Step

THE_HOLDER = "<holder>"
TWISTS = (
    "none", "none", "none", "none", "none", "none", "stop", "reply", "halt", "lock", "hold",
    "lost", "suspend", "forgotten", "approver", "key", "early", "backwards", "race",
)  # fmt: skip
"""What else happens while a request is open."""


def wish(life: Life, kind: Kind, msisdn: str, taker: int | None = None) -> Ask:
    """What is asked for, with a new purse or a new SIM where one is needed."""
    fields: dict[str, Any] = {}
    if kind not in (Kind.SIM, Kind.UNLOCK):
        fields = {"to_holder": taker, "purse_id": life.cast.new_purse()}
        fields["funds_go"] = life.chance(0.7)
    if kind in (Kind.INHERITANCE, Kind.LEGAL_ORDER, Kind.RESTORATION):
        fields["document"] = PAPER
    if kind is Kind.SIM or (kind is Kind.TRANSFER and life.chance(0.3)):
        stale = life.cast.used_cards and life.chance(0.05)
        index = life.rng.choice(life.cast.used_cards) if stale else life.cast.fresh_cards[-1]
        fields["iccid"] = str(card(index).iccid)
    return Ask(request_id=life.new_id(), kind=kind, msisdn=Msisdn(msisdn), **fields)


async def ask(life: Life, wanted: Ask, login: str, at: int) -> Asked | None:
    """Ask; what was acknowledged goes into the books.  The holder agrees in the same breath."""
    act = life.driver.act(login, at)
    fields: dict[str, Any] = {}
    proofs: list[Proof] = []
    holder = life.books.holder(str(wanted.msisdn))
    if login == THE_HOLDER and holder is not None:

        def sign(signed_hash: bytes) -> Proof:
            proofs.append(Proof(life.cast.key(holder.holder).assertion(signed_hash)))
            return proofs[-1]

        fields["sign"] = sign
    answer = await life.driver.ask(
        f"asked: {wanted.kind.value}", numbers.requests.ask, KH, wanted, act, **fields
    )
    asked = heard(life, wanted, login, at, answer)
    if asked is not None and login == THE_HOLDER:
        agreement.consented(life, asked, "from", (asked.giver, None, proofs[0]), at)
    return asked


def heard(life: Life, wanted: Ask, login: str, at: int, answer: Any) -> Asked | None:
    """What somebody was answered who asked."""
    books, number = life.books, str(wanted.msisdn)
    if not isinstance(answer, Progress):
        return None
    gave_way(life, number, at, by_holder=login == THE_HOLDER)
    holder = books.holder(number)
    assert holder is not None
    asker = None if login == THE_HOLDER else life.cast.human(login)
    if asker is not None:
        life.cast.watch(login)
    fields = {name: getattr(wanted, name) for name in wanted.__struct_fields__}
    fields |= {"kind": wanted.kind.value, "msisdn": number}
    asked = Asked(fields, holder.holder, at, asker)
    books.must(
        "what everybody signs is what was asked",
        holds=answer.request_hash == asked.hash(),
        seen=tail(number),
    )
    books.requests[asked.id] = asked
    telling.of_step(books, asked, "asked", at)
    return asked


def gave_way(life: Life, number: str, at: int, *, by_holder: bool) -> None:
    """What was open ends for another: when it is too old, or when the holder never wanted it."""
    old = life.books.open_request(number)
    if old is None:
        return
    lasts = RESTORED_WITHIN if old.kind == "restoration" else OPEN
    too_old = at >= old.at + lasts
    unwanted = by_holder and "from" not in old.consents
    life.books.must(
        "one thing is asked about a number at a time",
        holds=too_old or (unwanted and old.kind not in {"legal-order", "restoration"}),
        seen=tail(number),
    )
    ended(life, old, "expired" if too_old else "stopped", at)


def ended(life: Life, asked: Asked, how: str, at: int) -> None:
    """A request ended without effect."""
    life.books.must("a request ends once", holds=asked.ended is None, seen=tail(asked.msisdn))
    asked.ended = (how, at)
    telling.of_step(life.books, asked, "stopped", at)


def is_over(asked: Asked) -> bool:
    """Whether somebody has ended it meanwhile."""
    return asked.ended is not None


async def consent(life: Life, asked: Asked, party: str, person: int, at: int) -> Any:
    """Somebody agrees: by a passkey, or in a shop before a witness."""
    proof: Proof
    witness = None
    by = THE_HOLDER
    if life.chance(0.3):
        by = witness = life.staff(SHOP)
        hashed = numbers.requests.seen_hash_of(asked.hash(), Party(party), person)
        signed = life.cast.staff_key(witness).assertion(hashed)
        proof = Proof(signed, seen(person), person)
    else:
        proof = Proof(life.cast.key(person).assertion(asked.hash()))
    answer = await life.driver.ask(
        "consented", numbers.requests.consent, KH, asked.id, Party(party), proof,
        life.driver.act(by, at),
    )  # fmt: skip
    if isinstance(answer, Progress):
        life.last_proofs = [*life.last_proofs[-20:], (proof, witness)]
        agreement.consented(life, asked, party, (person, witness, proof), at)
    return answer


async def approve(life: Life, asked: Asked, login: str, at: int) -> Any:
    """One of ours approves, or tries to."""
    signed = life.cast.staff_key(login).assertion(asked.hash())
    answer = await life.driver.ask(
        "approved", numbers.requests.approve, KH, asked.id, signed, life.driver.act(login, at)
    )
    if isinstance(answer, Progress):
        agreement.approved(life, asked, login, at)
    return answer


async def stop(life: Life, asked: Asked, how: str, at: int) -> Any:
    """Somebody whom it concerns ends it: with a passkey, a reply, or one of ours does."""
    giver = asked.giver
    fields: dict[str, Any] = {}
    by = THE_HOLDER
    if how == "reply":
        fields["from_number"] = asked.msisdn
    elif how == "halt":
        by = life.staff(("chan", "vanna", "bopha"))
    else:
        signed_hash = numbers.requests.stop_hash_of(asked.hash())
        fields["proof"] = Proof(life.cast.key(giver).assertion(signed_hash))
    answer = await life.driver.ask(
        "stopped", numbers.requests.stop, KH, asked.id, life.driver.act(by, at), **fields
    )
    if isinstance(answer, Progress):
        if how == "halt":
            life.cast.watch(by)
        ended(life, asked, "stopped", at)
    return answer


async def begin(life: Life, kind: Kind, number: str, at: int, taker: int | None = None) -> None:
    """A request is made, and its story begins."""
    login = life.staff(SHOP)
    if kind is Kind.LEGAL_ORDER:
        login = life.staff(("rith", "sam"))
    elif kind in (Kind.TRANSFER, Kind.SIM, Kind.UNLOCK) and life.chance(0.2):
        login = THE_HOLDER
    wanted = wish(life, kind, number, taker)
    twist = life.rng.choice(TWISTS)
    if twist == "race":
        asked = await _raced(life, wanted, kind, at)
    else:
        asked = await ask(life, wanted, login, at)
    if asked is not None:
        _follow(life, asked, twist)


async def _raced(life: Life, wanted: Ask, kind: Kind, at: int) -> Asked | None:
    """Two ask for the same number in the same moment; the first is heard."""
    second = wish(life, kind, str(wanted.msisdn), life.rng.randint(1, life.cast.count))
    one, two = life.driver.act("sok", at), life.driver.act("kim", at)

    def asking(what: Ask, act: Any) -> Callable[[], Any]:
        return lambda: lambda tx: numbers.requests.ask(tx, KH, what, act)

    first, late = await life.driver.race(
        "asked in a race", asking(wanted, one), asking(second, two)
    )
    won = heard(life, wanted, "sok", at, first)
    also = heard(life, second, "kim", at, late)
    life.books.must(
        "of two who race one wins", holds=won is None or also is None, seen=tail(wanted.msisdn)
    )
    return won or also


def _follow(life: Life, asked: Asked, twist: str) -> None:
    """What everybody does about a request, each at some time of their own."""
    rng = life.rng
    for party, person in agreement.parties(life, asked):
        if twist == "forgotten" and life.chance(0.5):
            continue
        _consent_soon(life, asked, party, person)
    approvers = APPROVERS if asked.kind != "legal-order" else ("chan", "vanna", "rith", "sam")
    needed = agreement.APPROVALS[asked.kind]
    for login in rng.sample(approvers, min(len(approvers), needed + (life.chance(0.4)))):
        _approve_soon(life, asked, login, 0.2 if twist == "backwards" else 30)
    twisted: dict[str, tuple[float, float, Step]] = {
        "lock": (2, 80, lambda at: _comes_between(life, asked, twist, at)),
        "stop": (2, 90, lambda at: stop(life, asked, twist, at)),
        "approver": (30, 60, lambda at: acts.suspend_staff(life, at, rng.choice(APPROVERS[1:]))),
        "key": (0.1, 24, lambda at: acts.retire_key(life, asked.giver, at)),
        "early": (25, 60, lambda at: effect_now(life, asked, at)),
    }
    twisted |= dict.fromkeys(("reply", "halt"), twisted["stop"])
    twisted |= dict.fromkeys(("hold", "lost", "suspend"), twisted["lock"])
    if twist in twisted:
        life.soon(*twisted[twist])


def _consent_soon(life: Life, asked: Asked, party: str, person: int) -> None:
    async def step(at: int) -> None:
        if is_over(asked) or party in asked.consents:
            return
        await consent(life, asked, party, person, at)
        if life.chance(0.05):
            await consent(life, asked, party, person, life.tick())

    life.soon(0.1, 24, step)


def _approve_soon(life: Life, asked: Asked, login: str, within: float, tries: int = 3) -> None:
    async def step(at: int) -> None:
        if is_over(asked):
            return
        answer = await approve(life, asked, login, at)
        if isinstance(answer, Refused) and tries and answer.refusal.name == "OUT_OF_ORDER":
            _approve_soon(life, asked, login, 30, tries - 1)
        elif life.chance(0.05):
            await approve(life, asked, login, life.tick())

    life.soon(0.1, within + 0.2, step)


async def _comes_between(life: Life, asked: Asked, twist: str, at: int) -> None:
    number = asked.msisdn
    if life.books.holder(number) is None:
        return
    if twist == "lock":
        await acts.lock(life, number, at)
    elif twist == "hold":
        await acts.hold(life, number, at, days=20)
    elif twist == "lost":
        await acts.change_line(life, number, at, lost=True)
        life.soon(24, 200, lambda then: found(life, number, then))
    else:
        await acts.suspend_line(life, number, at)


async def found(life: Life, number: str, at: int) -> None:
    """A phone that was lost is there again, if nobody replaced its SIM."""
    if life.books.holder(number) is not None and "lost" in life.books.cuts(number):
        await acts.change_line(life, number, at, lost=False)


async def effect_now(life: Life, asked: Asked, at: int) -> None:
    """A clerk does not wait for the clock."""
    act = life.driver.act(life.staff(SHOP), at)
    answer = await life.driver.ask("effected", numbers.requests.effect, KH, asked.id, act)
    if isinstance(answer, Progress):
        await agreement.effected(life, asked, at)


async def lift_lock(life: Life, number: str, at: int) -> None:
    """The holder wants the lock lifted."""
    await begin(life, Kind.UNLOCK, number, at)


async def restore(life: Life, number: str, at: int) -> None:
    """A number goes back, within a day, to somebody who held it."""
    former = [one.holder for one in life.books.tenures[number][:-1]]
    if not former:
        return
    wanted = wish(life, Kind.RESTORATION, number, former[-1])
    asked = await ask(life, wanted, life.staff(SHOP), at)
    if asked is None:
        return
    for login in life.rng.sample(APPROVERS, 2):
        await approve(life, asked, login, life.tick())
    await effect_now(life, asked, life.tick())


def instant(at: int) -> Instant:
    """The instant of an act."""
    return Instant(at)
