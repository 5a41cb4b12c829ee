"""Funds and until when they are valid, the stage of the number, and what is left of allowances."""

from tenure.postgres.transaction import Transaction
from tenure.promises.money import operations as money
from tenure.promises.money import rules as money_rules
from tenure.promises.money.model import Grant, Purse
from tenure.promises.numbers import rules as number_rules
from tenure.promises.numbers.model import Line, Stage
from tenure.promises.record.model import Act
from tenure.selfcare.caller import Visit
from tenure.selfcare.model import Screen
from tenure.values.instant import DAY_MS, Instant
from tenure.values.quantity import MINUTE_SECONDS, Unit, quantity


async def balance(tx: Transaction, visit: Visit, _argument: str, act: Act) -> Screen:
    """What there is at this instant; what live sessions hold of it is still shown as there."""
    line = visit.caller.line
    purse = (await money.purses(tx, [line.purse_id])).get(line.purse_id)
    assert purse is not None, "every line has a purse"
    usable = [grant for grant in purse.grants if money_rules.usable(grant, act.at)]
    return Screen(
        (
            _funds(visit, purse, act.at),
            *_standing(visit, line, purse, act.at),
            *(_grant(visit, grant) for grant in usable),
        )
    )


def _funds(visit: Visit, purse: Purse, at: Instant) -> str:
    desk, language = visit.desk, visit.caller.language
    funds = desk.money(purse.funds_micros, language)
    if visit.caller.line.postpaid:
        owed, limit = (
            desk.money(micros, language)
            for micros in (purse.owed_micros, purse.credit_limit_micros)
        )
        return visit.say("say-balance-postpaid", owed=owed, limit=limit)
    end = desk.clock(purse.funds_end, language)
    if at < purse.funds_end:
        return visit.say("say-balance", funds=funds, until=end)
    if purse.funds_micros:
        return visit.say("say-balance-ended", funds=funds, since=end)
    return visit.say("say-balance-none", funds=funds)


def _standing(visit: Visit, line: Line, purse: Purse, at: Instant) -> list[str]:
    """What keeps the number from use, and how long it may stand (GTC-LIFE)."""
    lines = [visit.say("say-suspended")] if line.suspended else []
    restricted = any(until is not None and at < until for until in line.restricted_until or ())
    if line.bar_outgoing or line.bar_incoming or restricted:
        lines.append(visit.say("say-barred"))
    lifecycle = visit.desk.terms.lifecycle
    stage = number_rules.stage(purse.funds_end, lifecycle, at, postpaid=line.postpaid)
    both_blocked_at = purse.funds_end + lifecycle.outgoing_blocked_days * DAY_MS
    due_at = both_blocked_at + lifecycle.both_blocked_days * DAY_MS
    language = visit.caller.language
    if stage is Stage.OUTGOING_BLOCKED:
        until = visit.desk.clock(Instant(both_blocked_at), language)
        lines.append(visit.say("say-outgoing-blocked", until=until))
    elif stage in (Stage.BOTH_BLOCKED, Stage.DUE_FOR_RECYCLING):
        until = visit.desk.clock(Instant(due_at), language)
        lines.append(visit.say("say-both-blocked", until=until))
    return lines


def _grant(visit: Visit, grant: Grant) -> str:
    desk, language = visit.desk, visit.caller.language
    until = desk.clock(grant.ends_at, language)
    if grant.unit is Unit.MICROS:
        amount = desk.money(grant.remaining, language)
        return visit.say("say-promotional", amount=amount, until=until)
    name = desk.names[language].get(f"allowance-{grant.allowance}", grant.allowance)
    return visit.say("say-allowance", allowance=name, left=_left(visit, grant), until=until)


def _left(visit: Visit, grant: Grant) -> str:
    """Whole minutes, rounded down: nobody is told more than there is."""
    match grant.unit:
        case Unit.SECONDS:
            return visit.say("left-minutes", count=str(grant.remaining // MINUTE_SECONDS))
        case Unit.MESSAGES:
            return visit.say("left-messages", count=str(grant.remaining))
        case _:
            return quantity(grant.remaining, grant.unit)
