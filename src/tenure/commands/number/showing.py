"""Shows a number's whole tenure, with the leaves that prove it, as far as the asker may know."""

from collections.abc import Callable, Iterator
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import msgspec
import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.number.acting import NAME
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.money import operations as money
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers import rules
from tenure.promises.numbers.model import Binding, History, OpenedAs, Refusal, Tenure
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Purpose
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.model import Terms
from tenure.values.instant import Instant, iso, moment_of
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

SEES_FORMER: Final = frozenset({Purpose.COMPLAINT, Purpose.FRAUD, Purpose.LEGAL_ORDER})
"""Who held a number before is nobody's business but where somebody says it was taken from them."""
CAME: Final = {
    OpenedAs.FIRST_SALE: "sold to them",
    OpenedAs.TRANSFER: "transferred to them, with the consent of both",
    OpenedAs.INHERITANCE: "inherited",
    OpenedAs.LEGAL_ORDER: "by a legal order",
    OpenedAs.RESTORATION: "given back to them",
    OpenedAs.IMPORT: "theirs before the record began",
}


class Shown(msgspec.Struct, frozen=True):
    """What there is to see of a number at an instant."""

    history: History
    stage: str
    """What the line may do; "" for a number without a line."""
    request: str
    """The open request about it; "" for none."""
    holds: tuple[str, ...]
    """Why it is kept where it is."""
    all_holders: bool
    alarms: tuple[str, ...] = ()
    """What the auditor found to be otherwise than the record says, and nobody has put right."""


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure number``."""
    app.command()(show)


def show(
    number: Annotated[str, typer.Argument(metavar="MSISDN", help="The number, in any form.")],
    purpose: Annotated[
        Purpose, typer.Option(help="What you look for; a look is kept, and may be told.")
    ] = Purpose.DEMONSTRATION,
    case: Annotated[str | None, typer.Option(help="The open case about this number.")] = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    at: At = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show whose a number is and was, its SIM, stage, lock, open request, and the proofs.

    Former holders are named only for a complaint, fraud or a legal order.  Every leaf that is named
    can be handed out with tenure record receipt, and verified without us.

    Example: tenure number show "012 345 678"
    """
    terms = connect.terms_of(NAME, operator)
    msisdn = connect.number_of(NAME, number, terms, as_json=as_json)
    act = connect.act_of(by, connect.instant_typed(at))

    async def work(pool: Pool) -> Shown | Refused[Refusal] | Refused[StaffRefusal]:
        return await perform(pool, _load, terms, msisdn, (purpose, case), act)

    shown = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(shown, Refused):
        connect.refused(NAME, shown, as_json=as_json)
    zone = ZoneInfo(terms.time_zone)
    connect.say("\n".join(_lines(shown, zone)), _told(shown), as_json=as_json)


async def _load(
    tx: Transaction, terms: Terms, msisdn: Msisdn, why: tuple[Purpose, str | None], act: Act
) -> Shown | Refused[Refusal] | Refused[StaffRefusal]:
    purpose, case = why
    look = await staff.look(tx, act.by, purpose, case, msisdn, act, "tenure")
    if isinstance(look, Refused):
        return look
    history = await numbers.holding.history(tx, msisdn, act.at)
    stage = await _stage(tx, terms, msisdn, act.at)
    if history.number_class is None and not history.tenures and not stage:
        return Refused(Refusal.UNKNOWN_NUMBER, "it is none of ours; check its digits")
    request = await numbers.requests.open_of(tx, msisdn)
    holds = await numbers.lifecycle.holds(tx, msisdn, act.at)
    found = [one.difference for one in await numbers.register.alarms_open(tx)]
    return Shown(
        history=history,
        stage=stage,
        request="" if request is None else str(request.kind),
        holds=tuple(str(one.kind) for one in holds),
        all_holders=purpose in SEES_FORMER,
        alarms=tuple(one.wrong.value for one in found if one.msisdn == msisdn),
    )


async def _stage(tx: Transaction, terms: Terms, msisdn: Msisdn, at: Instant) -> str:
    line = await numbers.find(tx, msisdn)
    if line is None:
        return ""
    purse = (await money.purses(tx, [line.purse_id])).get(line.purse_id)
    if purse is None:
        return ""
    stage = rules.stage(purse.funds_end, terms.lifecycle, at, postpaid=line.postpaid)
    return stage.name.lower().replace("_", " ")


def _lines(shown: Shown, zone: ZoneInfo) -> Iterator[str]:
    """The tenure as a person reads it."""
    history = shown.history

    def local(at: Instant) -> str:
        return moment_of(at).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")

    kind = history.number_class or "of no range in stock"
    yield f"+{history.msisdn}  {kind}, {shown.stage or 'without a line'}"
    for alarm in shown.alarms:
        yield f"ALARM     {alarm}; do not believe what follows: tenure number audit"
    for place, one in enumerate(history.tenures):
        yield _holder(one, local, named=_named(shown, place))
    if not history.tenures:
        yield "held by   nobody, and nobody ever did"
    for card in _cards(shown):
        ended = "" if card.until is None else f", dead since {local(card.until)}"
        yield f"SIM       {card.iccid} since {local(card.since)}{ended} (leaf {card.leaf_seq})"
    yield from _marks(shown, local)
    if history.tenures:
        leaf = history.tenures[0].leaf_seq
        yield f"proof     tenure record receipt {leaf} hands it out; anybody can verify it"


def _holder(one: Tenure, local: Callable[[Instant], str], *, named: bool) -> str:
    whose = f"person {one.holder_id}" if named else "somebody else"
    came = f"{CAME[one.opened_as]} (leaf {one.leaf_seq})"
    if one.until is None:
        return f"held by   {whose} since {local(one.since)}: {came}"
    return f"before    {whose} from {local(one.since)} until {local(one.until)}: {came}"


def _marks(shown: Shown, local: Callable[[Instant], str]) -> Iterator[str]:
    """What keeps the number where it is, or may move it."""
    history = shown.history
    if history.locked_since is not None:
        yield f"lock      its holder locked it at {local(history.locked_since)}"
    if history.reservation is not None:
        yield f"reserved  until {local(history.reservation.until)}"
    if shown.request:
        yield f"asked     there is an open request: {shown.request}"
    for hold in shown.holds:
        yield f"kept      where it is, for: {hold}"


def _named(shown: Shown, place: int) -> bool:
    """Whether the asker may know who this is: the holder, or a former one for a reason."""
    return shown.all_holders or (place == 0 and shown.history.tenures[0].until is None)


def _cards(shown: Shown) -> tuple[Binding, ...]:
    """The SIMs of the holder now; those of former ones are theirs."""
    bindings = shown.history.bindings
    if shown.all_holders:
        return bindings
    newest = shown.history.tenures[:1]
    return tuple(
        card
        for card in bindings
        if newest and newest[0].until is None and card.since >= newest[0].since
    )


def _told(shown: Shown) -> dict[str, object]:
    """The tenure as a program reads it."""
    history = shown.history
    return {
        "msisdn": str(history.msisdn),
        "class": history.number_class,
        "stage": shown.stage or None,
        "tenures": [_period(shown, place, one) for place, one in enumerate(history.tenures)],
        "sims": [
            {
                "iccid": str(card.iccid),
                "since": iso(card.since),
                "until": None if card.until is None else iso(card.until),
                "leaf": card.leaf_seq,
            }
            for card in _cards(shown)
        ],
        "locked_since": None if history.locked_since is None else iso(history.locked_since),
        "open_request": shown.request or None,
        "holds": list(shown.holds),
        "alarms": list(shown.alarms),
    }


def _period(shown: Shown, place: int, one: Tenure) -> dict[str, object]:
    return {
        "holder": one.holder_id if _named(shown, place) else None,
        "since": iso(one.since),
        "until": None if one.until is None else iso(one.until),
        "opened_as": one.opened_as.value,
        "leaf": one.leaf_seq,
    }
