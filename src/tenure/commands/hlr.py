"""The commands ``tenure hlr``: what the network was told, and where it differs from the proofs."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, TypeVar

import typer

from tenure.commands import connect, network, sim_key
from tenure.commands.connect import AsJson, Data, Dsn, Operator
from tenure.commands.network import NoNetworkError
from tenure.commands.record import reaching
from tenure.commands.sim_key import KeyFile
from tenure.gateways.clock.server import RealClock
from tenure.gateways.hlr.server import adopting
from tenure.gateways.hlr.server.gateway import Gateway
from tenure.gateways.hlr.server.reconciling import differences, put_right
from tenure.gateways.hlr.server.register import NotBelievedError, NotReachedError
from tenure.gateways.hlr.translate.comparing import Compared, compared
from tenure.gateways.hlr.translate.dossier import WORDS, Doubt, Known
from tenure.gateways.hlr.translate.subscriber import Row
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Task
from tenure.values.instant import iso
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.refused import Refused

app = typer.Typer(help="Compare the network with what was proven to it.", no_args_is_help=True)

NAME = "hlr"
PAGE = 1_000

AnswerT = TypeVar("AnswerT")

Hlr = Annotated[str, typer.Option("--hlr", help="HOST:CTRLPORT:VTYPORT of osmo-hlr.")]
Trust = Annotated[
    Path | None,
    typer.Option("--hlr-trust", help="Whom the network believes; DATA/network/trust.toml."),
]


@app.command()
def reconcile(
    hlr: Hlr = "127.0.0.1:4259:4258",
    right: Annotated[
        bool, typer.Option("--put-right", help="Have the network believe what was proven.")
    ] = False,
    trust: Trust = None,
    key: KeyFile = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show where proofs, tables and network differ; the tables are never followed.

    Example: tenure hlr reconcile --hlr 127.0.0.1:4259:4258
    """

    async def work(gateway: Gateway) -> tuple[list[Compared], int]:
        found = await differences(gateway)
        return found, await put_right(gateway, found) if right else 0

    found, done = _run(hlr, trust, key, (data, dsn), work)
    lines = [_line(one) for one in found] or ["they agree about every number"]
    if right:
        lines.append(f"{done} put right in the network")
    told = {"differences": [_told(one) for one in found], "put_right": done}
    connect.say("\n".join(lines), told, as_json=as_json)
    if len(found) > done:
        raise typer.Exit(connect.FAILED)


@app.command()
def show(
    number: Annotated[str, typer.Argument(help="The number, in any form.")],
    hlr: Hlr = "127.0.0.1:4259:4258",
    trust: Trust = None,
    key: KeyFile = None,
    operator: Operator = connect.OPERATOR,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Show one number: what was proven, what the tables say, what the network believes.

    Example: tenure hlr show 012345678
    """
    msisdn = connect.number_of(NAME, number, connect.terms_of(NAME, operator), as_json=as_json)

    async def work(gateway: Gateway) -> Compared:
        return await _compare(gateway, msisdn)

    found = _run(hlr, trust, key, (data, dsn), work)
    connect.say(_line(found), _told(found), as_json=as_json)


@app.command()
def adopt(
    hlr: Hlr = "127.0.0.1:4259:4258",
    trust: Trust = None,
    key: KeyFile = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Have the network remember who holds the numbers of a base that was taken over.

    Once, when the base is in the register and the witnesses have seen the leaf: from then on,
    these numbers can be transferred, and get new SIMs.  What was proven before stays.

    Example: tenure hlr adopt --hlr 127.0.0.1:4259:4258
    """
    found = _run(hlr, trust, key, (data, dsn), adopting.adopt)
    if isinstance(found, Refused):
        connect.refused(NAME, Refused(found.refusal, WORDS[found.refusal]), as_json=as_json)
    words = (
        f"{found.new} adopted, {found.known} known before, {found.unreached} not in the register"
    )
    told = {"new": found.new, "known": found.known, "unreached": found.unreached}
    connect.say(words, told, as_json=as_json)


@app.command()
def tasks(data: Data = connect.DATA, dsn: Dsn = None, as_json: AsJson = False) -> None:
    """List what the network was not told yet, and why.

    Example: tenure hlr tasks
    """

    async def work(pool: Pool) -> list[Task]:
        found: list[Task] = []
        while some := await perform(
            pool, numbers.network.waiting, found[-1].task_id if found else 0, (), PAGE
        ):
            found += some
        return found

    waiting = connect.run(NAME, data, dsn, work)
    lines = [_task_line(task) for task in waiting] or ["the network was told everything"]
    told = [
        {"task": task.task_id, "asked_at": iso(task.asked_at), "problem": task.problem}
        for task in waiting
    ]
    connect.say("\n".join(lines), told, as_json=as_json)


def _task_line(task: Task) -> str:
    why = "it waits"
    if task.problem is not None:
        words = WORDS.get(Doubt[task.problem]) if task.problem in Doubt.__members__ else None
        why = f"{words or task.problem} ({task.problem}), tried {task.attempts} times"
    return f"task {task.task_id}, asked at {iso(task.asked_at)}: {why}"


@app.command()
def trust(
    operator: Operator = connect.OPERATOR,
    policy: reaching.Policy = None,
    data: Data = connect.DATA,
    as_json: AsJson = False,
) -> None:
    """Print a trust file for the network: the keys in use now, and the figures of the pack.

    Compare the keys with those that the witnesses show elsewhere before you keep it: from then on
    the network believes nobody else.

    Example: tenure hlr trust
    """
    terms = connect.terms_of(NAME, operator)
    text = network.trust_text(reaching.trust_of(data, policy), terms)
    connect.say(text.rstrip("\n"), {"trust": text}, as_json=as_json)


async def _compare(gateway: Gateway, msisdn: Msisdn) -> Compared:
    known = gateway.memory.find(msisdn)
    served = (await perform(gateway.pool, numbers.network.served, [msisdn])).get(msisdn)
    at = (await gateway.register.believed([msisdn]))[0]
    mode = "" if at is None else ("CS" if at.cs else "") + ("PS" if at.ps else "")
    row = None if at is None else Row(at.imsi, msisdn, mode)
    return compared(msisdn, known, served, row, waits=False)


def _line(one: Compared) -> str:
    """A person of ours asked about it, so numbers and SIMs are shown."""
    served, row = one.served, one.row
    tables = "no line" if served is None else _state(served.imsi, closed=served.closed)
    there = "nothing" if row is None else _state(row.imsi, closed=row.mode == "")
    return (
        f"+{one.msisdn}: {one.difference.value}\n"
        f"    proven   {_proven(one.known)}\n"
        f"    tables   {tables}\n"
        f"    network  {there}"
    )


def _proven(known: Known | None) -> str:
    if known is None or (known.imsi is None and known.ended_at is None):
        return "nothing"
    where = f"leaf {known.index} of {known.origin}"
    if known.imsi is None:
        return f"it ended ({where})"
    return f"{_state(known.imsi, closed=known.closed)} ({where})"


def _state(imsi: str, *, closed: bool) -> str:
    return f"SIM {imsi}, {'served for nothing' if closed else 'served'}"


def _told(one: Compared) -> dict[str, object]:
    known, served, row = one.known, one.served, one.row
    return {
        "number": str(one.msisdn),
        "difference": one.difference.name,
        "proven": None if known is None else _stood(known.imsi, closed=known.closed),
        "tables": None if served is None else _stood(served.imsi, closed=served.closed),
        "network": None if row is None else _stood(row.imsi, closed=row.mode == ""),
    }


def _stood(imsi: Imsi | None, *, closed: bool) -> dict[str, object]:
    return {"sim": None if imsi is None else str(imsi), "closed": closed}


def _run(
    hlr: str,
    trust: Path | None,
    key: Path | None,
    where: tuple[Path, str | None],
    work: Callable[[Gateway], Awaitable[AnswerT]],
) -> AnswerT:
    """Do the work with a gateway, or say what is in the way and exit with 1."""
    data, dsn = where
    path = sim_key.path_of(NAME, key, data, dsn)
    secret = sim_key.read(NAME, path) if path.exists() else None

    async def with_gateway(pool: Pool) -> AnswerT:
        endpoint = network.endpoint_of(hlr)
        gateway = network.gateway_of(pool, endpoint, data, trust, RealClock(), secret)
        try:
            return await work(gateway)
        finally:
            await gateway.register.close()
            gateway.memory.close()

    try:
        return connect.run(NAME, data, dsn, with_gateway)
    except NoNetworkError as wrong:
        connect.fail(NAME, str(wrong))
    except (NotReachedError, NotBelievedError) as away:
        connect.fail(NAME, f"the register at {hlr}: {away}")
