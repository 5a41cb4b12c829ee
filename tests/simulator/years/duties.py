"""The clock's duties: reminders, what is due takes effect, messages leave, numbers are recycled."""

from typing import Any

from tenure.commands import recycling
from tenure.postgres.transaction import Transaction
from tenure.promises.notices import operations as notices
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model.requests import Outcome
from tenure.values.instant import Instant
from tests.notices import carrying
from tests.numbers.stocked import KH
from tests.simulator.years import requests
from tests.simulator.years.books import (
    DAY,
    LOCK_LIFTS_AFTER,
    LOST_AFTER,
    OPEN,
    OUTGOING_BLOCKED,
    REMINDERS,
    Sent,
    tail,
)
from tests.simulator.years.laws import agreement
from tests.simulator.years.life import Life

BY = "<clock>"
AT_ONCE = 100_000
REMINDER = "lifecycle.reminder"
TAKEN = "nobody loses a number before its time, or untold"


async def run(life: Life, at: int) -> None:
    """All duties in turn, at one instant."""
    await life.driver.ask(
        "swept", numbers.lifecycle.sweep, KH, recycling.FIRST, life.driver.act(BY, at)
    )
    await life.driver.ask("brought back", numbers.lifecycle.bring_back, KH, life.driver.act(BY, at))
    await take_effect(life, at)
    await deliver(life, at)
    await recycle(life, at)


async def take_effect(life: Life, at: int) -> None:
    """Every open request that is due takes effect, every one that is too old ends."""
    for request_id in await life.driver.once(numbers.requests.open_requests, "", AT_ONCE):
        act = life.driver.act(BY, at)
        answer = await life.driver.ask(
            "looked whether due", numbers.requests.effect_due, KH, request_id, act
        )
        asked = life.books.requests[request_id]
        if answer is Outcome.EFFECTED:
            await agreement.effected(life, asked, at)
        elif answer is Outcome.EXPIRED:
            life.books.must(
                "a request is not ended before its time", holds=at >= asked.at + DAY,
                seen=asked.kind,
            )  # fmt: skip
            requests.ended(life, asked, "expired", at)


async def _prepare(tx: Transaction, at: int) -> list[Any]:
    out = await carrying.take(tx, KH, Instant(at), count=AT_ONCE)
    await notices.handed(tx, [(one.delivery_id, "") for one in out], Instant(at))
    return out


async def deliver(life: Life, at: int) -> None:
    """Messages leave, each once, and to nobody whose business they are not."""
    books = life.books
    books.posted_at = at
    for dispatch in await life.driver.ask("messages sent", _prepare, at):
        notice, telling = dispatch.notice, dispatch.notice.telling
        number, to = str(telling.msisdn), dispatch.to
        sent = Sent(max(at, telling.at), to, number, telling.person_id, telling.kind.value)
        books.must(
            "a message leaves once", holds=notice.notice_id not in books.sent, seen=sent.kind
        )
        holder = books.holder(to)
        books.must(
            "a message reaches only whom it is for",
            holds=holder is not None and holder.holder == telling.person_id, seen=sent.kind,
        )  # fmt: skip
        books.sent[notice.notice_id] = sent
        if sent.kind == REMINDER and holder is not None:
            books.reminders.setdefault(holder.purse, []).append(sent.at)


async def recycle(life: Life, at: int) -> None:
    """What is due goes; the books say whether it was."""
    page = await life.driver.ask(
        "gone through", recycling._page, KH, recycling.FIRST, life.driver.act(BY, at), do=True
    )
    for one in page.judged:
        if one.kept is None:
            _recycled(life, str(one.evidence.msisdn), at)
            life.driver.done["recycled"] += 1
        else:
            life.driver.refused[f"kept: {one.kept.name}"] += 1


def reminded(life: Life, purse: int) -> int:
    """How often its holder was reminded of this validity end, by texts that could reach them."""
    end = life.books.ends[purse]
    times = sorted(
        at for at in life.books.reminders.get(purse, ()) if end <= at < end + OUTGOING_BLOCKED
    )
    counted, last = 0, None
    for when in times:
        if last is None or when >= last + DAY - DAY // 24:
            counted, last = counted + 1, when
    return counted


def kept_by(life: Life, number: str, at: int) -> list[str]:
    """What keeps a number with its holder, by the books."""
    books, holder = life.books, life.books.holder(number)
    if holder is None:
        return ["nobody holds it"]
    reasons = []
    if at < books.ends[holder.purse] + LOST_AFTER:
        reasons.append("its time is not over")
    if reminded(life, holder.purse) < REMINDERS:
        reasons.append("too few reminders")
    if books.holds.get(number):
        reasons.append("a hold")
    asked = books.open_request(number)
    if asked is not None and at < asked.at + OPEN:
        reasons.append("a request")
    if number in books.locks and not _lifts(life, number, at):
        reasons.append("a lock")
    return reasons


def _lifts(life: Life, number: str, at: int) -> bool:
    asked = life.books.open_request(number)
    if asked is None or asked.kind != "unlock":
        return False
    needed = [party for party, _ in agreement.parties(life, asked, at)]
    if any(party not in asked.consents for party in needed):
        return False
    return at >= max(when for _, when, _ in asked.consents.values()) + LOCK_LIFTS_AFTER


def _recycled(life: Life, number: str, at: int) -> None:
    """A number was taken; was it right to?"""
    books, reasons = life.books, kept_by(life, number, at)
    books.must(TAKEN, holds=not reasons, seen=f"{tail(number)}: {', '.join(reasons)}")
    holder = books.holder(number)
    if holder is None:
        return
    holder.until = at
    books.sim(number).until = at
    asked = books.open_request(number)
    if asked is not None:
        asked.ended = ("expired", at)
    books.locks.pop(number, None)
    books.cut.pop(number, None)
    books.recycled.setdefault(number, []).append((at, holder.purse))
    books.leaves["numbers.recycled", number, at] += 1
    books.told[number, holder.holder, "lifecycle.recycled", at] += 1
    life.habits.pop(number, None)


def nothing_is_forgotten(life: Life, at: int) -> None:
    """After a run without faults nothing is left that is due; a clock that skips loses nothing."""
    for number in life.books.held():
        life.books.must(
            "what is due is done, however late the clock",
            holds=bool(kept_by(life, number, at)), seen=tail(number),
        )  # fmt: skip
