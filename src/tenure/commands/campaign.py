"""The commands ``tenure campaign``: one message to many, how far it is, paused and ended."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

import typer

from tenure.commands import campaigning, connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, PasskeyAt
from tenure.commands.tariff.publishing import progress
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import Campaign, CampaignCounts, CampaignRefusal
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Task
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

app = typer.Typer(
    help="Show, go on with, pause and cancel what is told to many.", no_args_is_help=True
)

NAME: Final = "campaign"

Number = Annotated[int, typer.Argument(metavar="CAMPAIGN", help="Its number, as listed.")]
Counted = tuple[Campaign, CampaignCounts]


@app.command(name="list")
def list_(
    data: Data = connect.DATA, dsn: Dsn = None, at: At = None, as_json: AsJson = False
) -> None:
    """List the newest campaigns: what about, and what they do.

    Example: tenure campaign list
    """
    now = connect.instant_typed(at)

    async def work(pool: Pool) -> list[Campaign]:
        return await perform(pool, notices.campaigns.newest)

    found = connect.run(NAME, data, dsn, work)
    lines = [_line(one, now) for one in found] or ["there is no campaign yet"]
    connect.say("\n".join(lines), [_told(one, None, now) for one in found], as_json=as_json)


@app.command()
def show(
    campaign: Number,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Show how many of a campaign are planned, wait, were sent, and could not be reached.

    Example: tenure campaign show 3
    """
    now = connect.instant_typed(at)

    async def work(pool: Pool) -> Counted | Refused[CampaignRefusal]:
        return await perform(pool, _counted, campaign)

    _say(connect.run(NAME, data, dsn, work), now, as_json=as_json)


@app.command()
def plan(
    campaign: Number,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    at: At = None,
    as_json: AsJson = False,
) -> None:
    """Plan whom a campaign is for, on from where it was, and add who came later.  A running Tenure
    does so by itself, once a day.

    Example: tenure campaign plan 3
    """
    now = connect.instant_typed(at)

    async def work(pool: Pool) -> Counted | Refused[CampaignRefusal]:
        found = await perform(pool, notices.campaigns.find, campaign)
        if isinstance(found, Refused):
            return found
        with progress("lines looked at", 0) as watch:
            await campaigning.plan(pool, found, lambda: now, lambda looked, _: watch(looked))
        return await perform(pool, _counted, campaign)

    _say(connect.run(NAME, data, dsn, work), now, as_json=as_json)


@app.command()
def pause(
    campaign: Number,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Plan and send nothing of a campaign until it is resumed.  What the sender has already goes.

    Example: tenure campaign pause 3
    """
    act = connect.act_of(by, connect.instant_typed(None))
    _act(notices.campaigns.pause, campaign, act, (data, dsn, passkey), as_json=as_json)


@app.command()
def resume(
    campaign: Number,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Let a paused campaign go on where it was.

    Example: tenure campaign resume 3
    """
    act = connect.act_of(by, connect.instant_typed(None))
    _act(notices.campaigns.resume, campaign, act, (data, dsn, passkey), as_json=as_json)


@app.command()
def cancel(
    campaign: Number,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the record.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """End a campaign: nobody else is told, and who was told stays told.

    Example: tenure campaign cancel 3 --reason "the price stays as it is"
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)
    _act(notices.campaigns.cancel, campaign, act, (data, dsn, passkey), as_json=as_json)


def _act(
    operation: Callable[[Transaction, int, Act], Awaitable[Campaign | Refused[CampaignRefusal]]],
    campaign_id: int,
    act: Act,
    where: tuple[Any, ...],
    *,
    as_json: bool,
) -> None:
    """Do it as somebody of ours who may publish, and tell how far the campaign is."""
    data, dsn, passkey = where

    async def done(tx: Transaction) -> Counted | Refused[Any]:
        member = await staff.allowed(tx, act.by, Task.PUBLISH, act.at)
        if isinstance(member, Refused):
            return member
        found = await operation(tx, campaign_id, act)
        return found if isinstance(found, Refused) else await _counted(tx, campaign_id)

    async def work(pool: Pool) -> Counted | Refused[Any]:
        return await perform(pool, done)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    _say(found, act.at, as_json=as_json)


async def _counted(tx: Transaction, campaign_id: int) -> Counted | Refused[CampaignRefusal]:
    found = await notices.campaigns.find(tx, campaign_id)
    if isinstance(found, Refused):
        return found
    return found, await notices.campaigns.counts(tx, campaign_id)


def _say(found: Counted | Refused[Any], now: Instant, *, as_json: bool) -> None:
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    campaign, counts = found
    where = (
        f"    planned {counts.planned:,}, waiting {counts.waiting:,}, sent {counts.sent:,}, "
        f"not reached {counts.dropped:,}, of {counts.total:,}"
    )
    connect.say(f"{_line(campaign, now)}\n{where}", _told(campaign, counts, now), as_json=as_json)


def _line(campaign: Campaign, now: Instant) -> str:
    state = notices.campaigns.state(campaign, now).value
    return f"{campaign.campaign_id}  {state}  {campaign.new.kind.value}  {campaign.new.key}"


def _told(campaign: Campaign, counts: CampaignCounts | None, now: Instant) -> dict[str, object]:
    told: dict[str, object] = {
        "campaign": campaign.campaign_id,
        "key": campaign.new.key,
        "kind": campaign.new.kind.value,
        "state": notices.campaigns.state(campaign, now).value,
        "opened_at": iso(campaign.opened_at),
        "runs": campaign.runs,
    }
    if counts is not None:
        told |= {
            "planned": counts.planned,
            "waiting": counts.waiting,
            "sent": counts.sent,
            "not_reached": counts.dropped,
        }
    return told
