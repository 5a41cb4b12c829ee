"""``tenure tariff confirm`` and ``withdraw``: an announced version takes effect, or never does."""

from typing import Annotated, Any

import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, At, By, Data, Dsn, Operator, PasskeyAt
from tenure.commands.tariff.publishing import NAME, not_past
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Task
from tenure.promises.tariffs import operations as tariffs
from tenure.promises.tariffs.model import PublishedVersion, Untold
from tenure.values.instant import iso
from tenure.values.refused import Refused


def add(app: typer.Typer) -> None:
    """Make these commands part of ``tenure tariff``."""
    app.command()(confirm)
    app.command()(withdraw)


def confirm(
    operator: Operator = connect.OPERATOR,
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Confirm the announced version if everybody affected was told in time.  A running Tenure does
    so by itself; without one, this is how.

    Example: tenure tariff confirm --operator smart-kh
    """
    name = connect.terms_of(NAME, operator).operator
    act = connect.act_of("<tenure>", not_past(at))

    async def work(pool: Pool) -> PublishedVersion | Untold | None:
        return await perform(pool, tariffs.put_in_force, name, act)

    found = connect.run(NAME, data, dsn, work)
    if found is None:
        connect.fail(NAME, "no version is announced; see: tenure tariff show")
    if isinstance(found, Untold):
        connect.fail(
            NAME,
            f"{found.lines:,} affected lines have not had their notice for long enough, so the "
            "former prices hold; see: tenure tariff show",
        )
    assert found.in_force_from is not None
    told = {"version": found.version_id, "in_force_from": iso(found.in_force_from)}
    words = f"{found.version_id} is in force from {iso(found.in_force_from)} on"
    connect.say(words, told, as_json=as_json)


def withdraw(
    version: Annotated[str, typer.Argument(help="A version that is not in force.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in the record.")],
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    operator: Operator = connect.OPERATOR,
    at: At = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Take back a version before it is in force: the former prices hold, and nobody else is told.

    Example: tenure tariff withdraw 2027-03 --reason "a mistake in the prices of data"
    """
    name = connect.terms_of(NAME, operator).operator
    act = connect.act_of(by, not_past(at), reason)

    async def withdrawn(tx: Transaction) -> PublishedVersion | Refused[Any]:
        member = await staff.allowed(tx, act.by, Task.PUBLISH, act.at)
        if isinstance(member, Refused):
            return member
        return await tariffs.withdraw(tx, name, version, act)

    async def work(pool: Pool) -> PublishedVersion | Refused[Any]:
        return await perform(pool, withdrawn)

    found = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)
    words = f"{version} is withdrawn, and prices nothing; the former prices hold"
    connect.say(words, {"version": version, "withdrawn": True}, as_json=as_json)
