"""``tenure tariff publish``: shows what a new price would mean, asks for it, and tells all."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Annotated, Any, Final, TypeAlias

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress

from tenure.commands import campaigning, connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, PasskeyAt
from tenure.commands.tariff import comparing, words
from tenure.commands.tariff.comparing import Comparison
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Task
from tenure.promises.tariffs import operations as tariffs
from tenure.promises.tariffs import rules
from tenure.promises.tariffs.model import (
    Considered,
    PublishedVersion,
    PublishRefusal,
    PublishRequest,
)
from tenure.terms.pricelist import Pack
from tenure.values.instant import Instant, iso
from tenure.values.refused import Refused

NAME: Final = "tariff"

PackAt: TypeAlias = Annotated[
    str, typer.Argument(metavar="PACK", help="A name under operators/, or the path of a pack.")
]


class Published(msgspec.Struct, frozen=True):
    """What publishing came to: asked for, or published and planned."""

    considered: Considered
    lines: dict[str, int]
    comparison: Comparison | None
    request: PublishRequest | None
    version: PublishedVersion | None
    planned: int


def add(app: typer.Typer) -> None:
    """Make this command part of ``tenure tariff``."""
    app.command()(publish)


def publish(
    pack: PackAt,
    version: Annotated[
        str, typer.Option("--version", help="A version of the pack; the only new one without this.")
    ] = "",
    page: Annotated[
        str, typer.Option("--page", help="Where all of it can be read; WEBSITE/updates without.")
    ] = "",
    at: At = None,
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Publish a version of the prices.  The first time it shows which prices differ, whom that
    affects, and what it would have cost them last month, and asks for it; once another of us has
    approved exactly this, the same command publishes it and plans the texts that tell everybody.

    Example: tenure tariff publish smart-kh --by demo
    """
    published = connect.pack_of(NAME, pack)
    act = connect.act_of(by, not_past(at))
    where = page or f"{published.terms.contact.website}/updates"

    async def work(pool: Pool) -> Published | Refused[Any]:
        member = await perform(pool, staff.allowed, act.by, Task.PUBLISH, act.at)
        if isinstance(member, Refused):
            return member
        return await _publish(pool, published, version, where, act)

    done = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(done, Refused):
        connect.refused(NAME, done, as_json=as_json)
    connect.say("\n".join(_lines(published, done)), _told(done), as_json=as_json)


async def _publish(
    pool: Pool, pack: Pack, version_id: str, page: str, act: Act
) -> Published | Refused[Any]:
    considered = await perform(pool, tariffs.consider, pack, version_id, act)
    if isinstance(considered, Refused):
        return considered
    lines = await perform(pool, numbers.audience.by_offer, considered.offers)
    done = await perform(pool, tariffs.publish, pack, considered.new.version_id, page, act)
    if isinstance(done, Refused):
        if done.refusal is not PublishRefusal.NOT_REQUESTED:
            return done
        return await _asked(pool, pack, considered, lines, act)
    version, campaign = done
    planned = 0
    if campaign is not None:
        with progress("lines planned", sum(lines.values())) as show:
            _, planned = await campaigning.plan(
                pool, campaign, lambda: act.at, lambda looked, _: show(looked)
            )
    return Published(considered, lines, None, None, version, planned)


async def _asked(
    pool: Pool, pack: Pack, considered: Considered, lines: dict[str, int], act: Act
) -> Published | Refused[Any]:
    both = comparing.versions(pack, considered.former, considered.new)
    with progress("lines priced again", sum(lines.values())) as show:
        comparison = await comparing.compared(pool, both, considered.offers, act.at, show)
    request = await perform(pool, tariffs.ask, considered, act)
    if isinstance(request, Refused):
        return request
    return Published(considered, lines, comparison, request, None, 0)


def not_past(typed: str | None) -> Instant:
    """The instant of --at, or now.  What is past stays as it was: nobody gives notice in it."""
    now = connect.instant_typed(None)
    at = now if typed is None else connect.instant_typed(typed)
    if at < now:
        raise typer.BadParameter("--at: nothing is published, confirmed or withdrawn in the past")
    return at


@contextlib.contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A progress bar on stderr, if that is a terminal."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)


def _lines(pack: Pack, done: Published) -> list[str]:
    """What a person reads."""
    considered = done.considered
    former, new = considered.former, considered.new
    book = rules.compile_book(pack)
    changes = rules.changes(former, new)
    what = f"{new.version_id} instead of {former.version_id}, from {iso(new.effective_from)} on"
    count = "1 price differs" if len(changes) == 1 else f"{len(changes):,} prices differ"
    lines = [f"{what}: {count}", *words.changed(pack, book, changes)]
    told_by = iso(_told_by(pack, new.effective_from))
    if done.comparison is not None:
        lines += words.compared(pack, done.lines, done.comparison)
    if done.request is not None:
        request = done.request.request_hash.hex()
        lines += [
            f"asked for, until {iso(done.request.until)}; another of us approves with:",
            f"  tenure staff approve {request} --by LOGIN",
            f"then type this command again; the texts have to be sent by {told_by}",
        ]
    else:
        lines += [
            f"published; {done.planned:,} notices are planned, and have to be sent by {told_by}",
            "until everybody was told in time, the former prices hold: tenure tariff show",
        ]
    return lines


def _told_by(pack: Pack, effective_from: Instant) -> Instant:
    """When everybody must have been told at the latest for the announced day to hold."""
    return Instant(effective_from - (rules.earliest(pack, Instant(0))))


def _told(done: Published) -> dict[str, object]:
    """What a program reads."""
    considered = done.considered
    comparison = done.comparison
    request = done.request
    return {
        "version": considered.new.version_id,
        "former": considered.former.version_id,
        "effective_from": iso(considered.new.effective_from),
        "offers": considered.offers,
        "lines": done.lines,
        "changes": [
            msgspec.structs.asdict(one) for one in rules.changes(considered.former, considered.new)
        ],
        "last_month": None if comparison is None else msgspec.structs.asdict(comparison),
        "request": None if request is None else request.request_hash.hex(),
        "published": done.version is not None,
        "planned": done.planned,
    }
