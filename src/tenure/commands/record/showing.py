"""``tenure record checkpoint``, ``receipt`` and ``witnesses``."""

from typing import Annotated

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, Data, Dsn
from tenure.commands.record.reaching import NAME, Policy, app, policy_text, witnesses_of
from tenure.gateways.witness.server import Outside
from tenure.gateways.witness.wire import AddCheckpoint
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.record import rules
from tenure.promises.record.model import Published, Receipt, Refusal
from tenure.promises.record.operations import Standing
from tenure.values.refused import Refused


@app.command()
def checkpoint(
    data: Data = connect.DATA,
    dsn: Dsn = None,
    policy: Policy = None,
    as_json: AsJson = False,
) -> None:
    """Show the newest published checkpoint, as anybody may keep it, and whom to trust.

    Example: tenure record checkpoint --data .tenure
    """

    async def work(pool: Pool) -> Standing | None:
        return await perform(pool, record.log.standing)

    found = connect.run(NAME, data, dsn, work)
    if found is None or found.published is None:
        connect.fail(NAME, "nothing is published yet; tenure up publishes as soon as it can")
    whom = policy_text(data, policy)
    told = {
        "origin": found.log.origin,
        "size": found.published.checkpoint.size,
        "root": found.published.checkpoint.root.hex(),
        "waiting": found.waiting,
        "note": found.published.note,
        "policy": whom,
    }
    root = rules.fingerprint(found.published.checkpoint.root)
    words = (
        f"{found.published.note}\nto be read aloud: {root}\nwaiting for a place: {found.waiting:,}"
        f"\n\nwhom to trust (C2SP tlog-policy):\n{whom}"
    )
    connect.say(words.rstrip("\n"), told, as_json=as_json)


@app.command()
def receipt(
    leaf: Annotated[int, typer.Argument(help="The number of the leaf.")],
    show: Annotated[
        list[str] | None,
        typer.Option(help="Open this field for the receiver; may be repeated. None if not given."),
    ] = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Hand out a receipt: what proves a leaf to anybody, without us.

    It is JSON in any case.  tools/verify_receipt.py checks it offline.

    Example: tenure record receipt 12 --show msisdn
    """

    async def work(pool: Pool) -> Receipt | Refused[Refusal]:
        return await perform(pool, record.receipt, leaf, show or [])

    found = connect.run(NAME, data, dsn, work)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    connect.say(rules.paper_text(found).rstrip("\n"), rules.paper(found), as_json=as_json)


@app.command()
def witnesses(
    data: Data = connect.DATA,
    dsn: Dsn = None,
    policy: Policy = None,
    as_json: AsJson = False,
) -> None:
    """Ask each witness how much of the log it has seen; exit with 1 if one is away or differs.

    Example: tenure record witnesses --data .tenure
    """

    async def work(pool: Pool) -> Standing | None:
        return await perform(pool, record.log.standing)

    standing = connect.run(NAME, data, dsn, work)
    if standing is None or standing.published is None:
        connect.fail(NAME, "nothing is published yet; tenure up publishes as soon as it can")
    published, size = standing.published, standing.size
    told = [_told(one, published, size) for one in witnesses_of(data, policy)]
    lines = [f"{one['name']}: {one['says']}\n    {one['url']}  {one['vkey']}" for one in told]
    connect.say("\n".join(lines) or "the policy names no witness with a URL", told, as_json=as_json)
    if not all(one["well"] for one in told):
        raise typer.Exit(connect.FAILED)


def _told(one: Outside, published: Published, size: int) -> dict[str, object]:
    seen, says = seen_by(one, published, size)
    well = seen is not None and not says
    return {
        "name": one.key.name,
        "url": one.url,
        "vkey": one.key.vkey,
        "seen": seen,
        "well": well,
        "says": says or _agrees(seen, published),
    }


def _agrees(seen: int | None, published: Published) -> str:
    ahead = seen is not None and seen > published.checkpoint.size
    more = "; they are published when another witness is back" if ahead else ", and agrees"
    return f"has seen {seen:,} leaves{more}"


def seen_by(one: Outside, published: Published, placed: int) -> tuple[int | None, str]:
    """The size that a witness has seen, and what is wrong with it; "" when it agrees.

    Asking about nothing makes it name the size; asking about the same size again makes it compare
    the root, which is all that a witness keeps.  It may be ahead of what is published while another
    witness is away, but never of the leaves that are ``placed``.
    """
    try:
        return _seen(one, published, placed)
    finally:
        one.close()


def _seen(one: Outside, published: Published, placed: int) -> tuple[int | None, str]:
    size, text = published.checkpoint.size, rules.note_of(published.note).text
    first = one.ask(AddCheckpoint(0, (), published.note), text)
    if first.cosignature is not None:
        return size, ""
    if first.conflict_size is None:
        return None, first.trouble
    seen = first.conflict_size
    if seen != size:
        wrong = f"has seen {seen:,} leaves, but {placed:,} are here and {size:,} published"
        return seen, "" if size < seen <= placed else wrong
    again = one.ask(AddCheckpoint(seen, (), published.note), text)
    if again.cosignature is not None:
        return seen, ""
    split = f"has seen {seen:,} leaves with another root: a split view"
    other = again.trouble or "has seen more in this moment; ask again"
    return seen, split if again.conflict_size == seen else other
