"""The commands ``tenure notices``: what subscribers were told, how it went, and sending it."""

from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, Data, Dsn, Operator
from tenure.gateways.spool.server import Spool
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Delivery, Notice, State
from tenure.terms.model import Terms
from tenure.terms.notice_kinds import class_of
from tenure.values.instant import Instant, iso

app = typer.Typer(
    help="Show what subscribers were told and how it went, and send what waits.",
    no_args_is_help=True,
)

NAME: Final = "notices"
SPOOL: Final = "spool"
"""The folder of texts, below the data folder."""
SHOWN: Final = 20

Folder = Annotated[
    Path | None, typer.Option("--spool", help="The folder for texts; DATA/spool without this.")
]
Count = Annotated[int, typer.Option("--count", min=1, max=1_000, help="How many.")]


@app.command(name="list")
def list_(
    number: Annotated[str | None, typer.Argument(help="Only of this number.")] = None,
    count: Count = SHOWN,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """List the newest notices: what about, when, and what became of them, without their words.

    Each waits, is handing (on its way to the carrier), handed, delivered, failed, or dropped.

    Example: tenure notices list "012 345 678"
    """
    terms, instant = connect.terms_of(NAME, operator), connect.instant_typed(at)
    found = _found(number, count, terms, data, dsn, as_json=as_json)
    lines = [_line(notice, terms, instant) for notice in found] or ["nothing was told yet"]
    said = [_told(notice, terms, instant) for notice in found]
    connect.say("\n".join(lines), said, as_json=as_json)


@app.command()
def deliveries(
    number: Annotated[str, typer.Argument(help="The number that the notices are about.")],
    count: Count = SHOWN,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Show every attempt to deliver the newest notices of a number: the proof of sending.

    Example: tenure notices deliveries "012 345 678" --json
    """
    terms, instant = connect.terms_of(NAME, operator), connect.instant_typed(at)
    found = _found(number, count, terms, data, dsn, as_json=as_json)
    lines = []
    for notice in found:
        lines.append(_line(notice, terms, instant))
        lines += [f"    {_attempt(one, notice, terms, instant)}" for one in notice.tries]
    said = [
        {
            **_told(notice, terms, instant),
            "deliveries": [_tried(one, notice, terms, instant) for one in notice.tries],
        }
        for notice in found
    ]
    connect.say("\n".join(lines or ["nothing was told yet"]), said, as_json=as_json)


@app.command()
def deliver(
    folder: Folder = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Send what waits, as files for a sender of texts.  A running Tenure does so by itself.

    Example: tenure notices deliver --spool /var/spool/sms/outgoing
    """
    pack = connect.pack_of(NAME, operator)
    instant = connect.instant_typed(at)

    async def work(pool: Pool) -> int | None:
        spool = Spool(pool, pack, folder or data / SPOOL, lambda: instant)
        try:
            return await spool.deliver_all()
        finally:
            spool.close()

    delivered = connect.run(NAME, data, dsn, work)
    if delivered is None:
        connect.fail(NAME, "another process delivers into this folder; leave it to that one")
    connect.say(f"{delivered} delivered", {"delivered": delivered}, as_json=as_json)


def _found(
    number: str | None,
    count: int,
    terms: Terms,
    data: Path,
    dsn: str | None,
    *,
    as_json: bool,
) -> list[Notice]:
    """The newest notices, of all or of a number, each with its attempts."""
    chosen = None
    if number is not None:
        chosen = connect.number_of(NAME, number, terms, as_json=as_json)

    async def load(tx: Transaction) -> list[Notice]:
        if chosen is None:
            found = await notices.newest(tx, count)
        else:
            found = await notices.of_number(tx, chosen, count)
        return await notices.with_tries(tx, found)

    async def work(pool: Pool) -> list[Notice]:
        return await perform(pool, load)

    return connect.run(NAME, data, dsn, work)


def _line(notice: Notice, terms: Terms, at: Instant) -> str:
    telling = notice.telling
    became = _became(notice, terms, at)
    return f"{notice.notice_id}  {iso(telling.at)}  {telling.kind.value}  {became}"


def _became(notice: Notice, terms: Terms, at: Instant) -> str:
    state = notices.state(notice, terms, at)
    sent = "" if notice.sent_at is None else f"sent at {iso(notice.sent_at)}"
    why = "" if notice.dropped is None else notice.dropped.value
    match state:
        case State.WAITING:
            return f"{sent}, waits to be tried again" if sent else "waits"
        case State.HANDING:
            return "on its way to the carrier"
        case State.HANDED:
            return sent
        case State.DELIVERED:
            ends = [one.ended_at for one in notice.tries if one.end == State.DELIVERED.value]
            return f"{sent}, delivered at {iso(ends[0])}" if ends[0] is not None else sent
        case State.FAILED:
            return f"{sent}, not delivered: {why or 'no answer'}"
        case State.DROPPED:
            return f"not sent: {why}"


def _told(notice: Notice, terms: Terms, at: Instant) -> dict[str, object]:
    return {
        "notice": notice.notice_id,
        "kind": notice.telling.kind.value,
        "class": class_of(notice.telling.kind).value,
        "channel": notice.telling.channel.value,
        "at": iso(notice.telling.at),
        "state": notices.state(notice, terms, at).value,
        "attempts": len(notice.tries),
        "sent_at": _iso(notice.sent_at),
        "dropped_at": _iso(notice.dropped_at),
        "dropped": None if notice.dropped is None else notice.dropped.value,
    }


def _attempt(one: Delivery, notice: Notice, terms: Terms, at: Instant) -> str:
    ended = _ended(one, notice, terms, at)
    steps = [f"{one.attempt}. {one.medium.value} by {one.via}", f"begun {iso(one.handing_at)}"]
    if one.handed_at is not None:
        named = "" if one.reference is None else f" as {one.reference}"
        steps.append(f"taken {iso(one.handed_at)}{named}")
    if ended is not None:
        when = "" if one.ended_at is None else f" {iso(one.ended_at)}"
        why = "" if one.reason is None else f" ({one.reason})"
        steps.append(f"{ended}{when}{why}")
    return ", ".join(steps)


def _ended(one: Delivery, notice: Notice, terms: Terms, at: Instant) -> str | None:
    if one.end is not None:
        return one.end.value
    return "no answer" if notices.unanswered(one, notice.telling.kind, terms, at) else None


def _tried(one: Delivery, notice: Notice, terms: Terms, at: Instant) -> dict[str, object]:
    return {
        "attempt": one.attempt,
        "medium": one.medium.value,
        "via": one.via,
        "handing_at": iso(one.handing_at),
        "handed_at": _iso(one.handed_at),
        "reference": one.reference,
        "ended_at": _iso(one.ended_at),
        "end": _ended(one, notice, terms, at),
        "reason": one.reason,
    }


def _iso(at: Instant | None) -> str | None:
    return None if at is None else iso(at)
