"""``tenure tariff show``: which versions are on record, from when each holds, and who is untold."""

from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import msgspec
import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.tariff.publishing import NAME
from tenure.commands.tariff.words import table
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import CampaignCounts
from tenure.promises.record import operations as record
from tenure.promises.record.model import Plain
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Task
from tenure.promises.tariffs import operations as tariffs
from tenure.promises.tariffs import rules
from tenure.promises.tariffs.model import PublishedVersion, PublishRefusal, Untold
from tenure.terms.pricelist import Pack
from tenure.values.instant import NEVER, Instant, iso, moment_of
from tenure.values.refused import Refused

PAGE: Final = 10_000


class Shown(msgspec.Struct, frozen=True):
    """The versions on record, and how far the announced one is."""

    known: list[PublishedVersion]
    counts: CampaignCounts | None
    untold: Untold | None


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure tariff``."""
    app.command()(show)
    app.command()(missing)


def show(
    operator: Operator = connect.OPERATOR,
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show the versions of the prices on record: from when each holds, and for the announced one,
    who was told, and who keeps it from taking effect.

    Example: tenure tariff show --operator smart-kh
    """
    pack = connect.pack_of(NAME, operator)
    act = connect.act_of("<tenure>", connect.instant_typed(at))

    async def shown(tx: Transaction) -> Shown:
        known = await tariffs.found(tx, pack, act)
        waiting = rules.waiting(known)
        if waiting is None:
            return Shown(known, None, None)
        counts = None
        if waiting.campaign_id is not None:
            counts = await notices.campaigns.counts(tx, waiting.campaign_id)
        return Shown(known, counts, await tariffs.untold(tx, waiting, act.at))

    async def work(pool: Pool) -> Shown:
        return await perform(pool, shown)

    found = connect.run(NAME, data, dsn, work)
    lines = _lines(pack, found, act.at)
    connect.say("\n".join(lines), _told(pack, found, act.at), as_json=as_json)


def missing(
    version: Annotated[str, typer.Argument(help="The announced version.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """List the numbers that keep an announced version from taking effect: they had no notice, or
    had it too late.  That somebody looked at them is kept.

    Example: tenure tariff missing 2027-03 --by demo
    """
    act = connect.act_of(by, connect.instant_typed(at))
    name = connect.terms_of(NAME, operator).operator

    async def listed(tx: Transaction) -> list[str] | Refused[Any]:
        member = await staff.allowed(tx, act.by, Task.PUBLISH, act.at)
        if isinstance(member, Refused):
            return member
        waiting = rules.waiting(await tariffs.versions(tx, name))
        if waiting is None or waiting.version_id != version:
            return Refused(PublishRefusal.NOT_ANNOUNCED, f"{version} is not announced")
        numbers: list[str] = []
        while page := await tariffs.who_is_untold(
            tx, waiting, act.at, numbers[-1] if numbers else "", PAGE
        ):
            numbers += page
        said: dict[str, Plain] = {"version": version, "numbers": len(numbers)}
        await record.append(tx, act, "tariffs.untold_listed", said, {})
        return numbers

    async def work(pool: Pool) -> list[str] | Refused[Any]:
        return await perform(pool, listed)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say("\n".join(found) or "everybody affected was told in time", found, as_json=as_json)


def _lines(pack: Pack, found: Shown, at: Instant) -> list[str]:
    rows = [
        (
            one.version_id,
            rules.state(found.known, one, at).value,
            _clock(pack, one.effective_from),
            _clock(pack, one.in_force_from) if one.in_force_from is not None else "-",
            "when this record began" if one.founding else _clock(pack, one.published_at),
        )
        for one in found.known
    ]
    lines = [f"Prices of {pack.terms.name} on record, by its clocks:"]
    lines += table(("version", "state", "announced for", "in force from", "published"), rows)
    lines += [
        f"{name} of the pack is not published, and prices nothing: tenure tariff publish"
        for name in rules.new_versions(pack, found.known)
    ]
    waiting = rules.waiting(found.known)
    if waiting is None:
        return lines
    if found.counts is not None:
        lines.append(
            f"{waiting.version_id}: {found.counts.sent:,} of {found.counts.total:,} were sent "
            f"their notice, {found.counts.planned + found.counts.waiting:,} wait, "
            f"{found.counts.dropped:,} could not be reached"
        )
    return [*lines, *_holds_back(pack, waiting, found.untold)]


def _holds_back(pack: Pack, waiting: PublishedVersion, untold: Untold | None) -> list[str]:
    """Who keeps the announced version from taking effect, and until when."""
    if untold is None or not untold.lines:
        return [f"{waiting.version_id}: everybody affected was told in time; it can be confirmed"]
    days = pack.terms.change.notice_days
    who = f"{untold.lines:,} affected lines have not had their notice for {days} days"
    lines = [
        f"{waiting.version_id}: takes effect for nobody while {who}",
        f"{untold.never:,} of them had none: tenure tariff missing {waiting.version_id}",
    ]
    if untold.earliest is not None:
        lines.append(f"{waiting.version_id}: can take effect at {_clock(pack, untold.earliest)}")
    return lines


def _told(pack: Pack, found: Shown, at: Instant) -> dict[str, object]:
    return {
        "operator": pack.terms.operator,
        "versions": [
            {
                "version": one.version_id,
                "state": rules.state(found.known, one, at).value,
                "digest": one.digest.hex(),
                "effective_from": iso(one.effective_from),
                "in_force_from": None if one.in_force_from is None else iso(one.in_force_from),
                "published_at": iso(one.published_at),
                "founding": one.founding,
                "offers": one.offers,
                "campaign": one.campaign_id,
                "withdrawn_because": one.withdrawn_because,
            }
            for one in found.known
        ],
        "unpublished": rules.new_versions(pack, found.known),
        "notices": None if found.counts is None else msgspec.structs.asdict(found.counts),
        "untold": None if found.untold is None else found.untold.lines,
    }


def _clock(pack: Pack, at: Instant) -> str:
    """What the operator's clocks show."""
    if at >= NEVER:
        return "never"
    return f"{moment_of(at).astimezone(ZoneInfo(pack.terms.time_zone)):%Y-%m-%d %H:%M:%S}"
