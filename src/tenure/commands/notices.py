"""The commands ``tenure notices``: what subscribers were told, and sending what waits."""

from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, Data, Dsn, Operator
from tenure.gateways.spool.server import Spool
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Notice
from tenure.values.instant import iso

app = typer.Typer(
    help="Show what subscribers were told, and send what waits.", no_args_is_help=True
)

NAME: Final = "notices"
SPOOL: Final = "spool"
"""The folder of texts, below the data folder."""
SHOWN: Final = 20

Folder = Annotated[
    Path | None, typer.Option("--spool", help="The folder for texts; DATA/spool without this.")
]


@app.command(name="list")
def list_(
    number: Annotated[str | None, typer.Argument(help="Only of this number.")] = None,
    count: Annotated[int, typer.Option("--count", min=1, max=1_000, help="How many.")] = SHOWN,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """List the newest notices: what about, when, and what became of them, without their words.

    Example: tenure notices list "012 345 678"
    """
    terms = connect.terms_of(NAME, operator)
    chosen = None
    if number is not None:
        chosen = connect.number_of(NAME, number, terms, as_json=as_json)

    async def work(pool: Pool) -> list[Notice]:
        if chosen is None:
            return await perform(pool, notices.newest, count)
        return await perform(pool, notices.of_number, chosen, count)

    found = connect.run(NAME, data, dsn, work)
    lines = [_line(notice) for notice in found] or ["nothing was told yet"]
    connect.say("\n".join(lines), [_told(notice) for notice in found], as_json=as_json)


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
        spool = Spool(pool, notices.wording(pack), folder or data / SPOOL, lambda: instant)
        try:
            return await spool.deliver_all()
        finally:
            spool.close()

    delivered = connect.run(NAME, data, dsn, work)
    if delivered is None:
        connect.fail(NAME, "another process delivers into this folder; leave it to that one")
    connect.say(f"{delivered} delivered", {"delivered": delivered}, as_json=as_json)


def _line(notice: Notice) -> str:
    telling = notice.telling
    return f"{notice.notice_id}  {iso(telling.at)}  {telling.kind.value}  {_end(notice)}"


def _end(notice: Notice) -> str:
    if notice.sent_at is not None:
        return f"sent at {iso(notice.sent_at)}"
    if notice.dropped is not None:
        return f"not sent: {notice.dropped.value}"
    return "waits"


def _told(notice: Notice) -> dict[str, object]:
    return {
        "notice": notice.notice_id,
        "kind": notice.telling.kind.value,
        "channel": notice.telling.channel.value,
        "at": iso(notice.telling.at),
        "sent_at": None if notice.sent_at is None else iso(notice.sent_at),
        "dropped": None if notice.dropped is None else notice.dropped.value,
    }
