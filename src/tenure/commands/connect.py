"""How a command reaches the database and the terms, says who acts, and answers."""

import asyncio
import datetime as dt
import os
import sys
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any, Final, NoReturn, TypeAlias, TypeVar

import msgspec
import typer

from tenure.commands import passkey_file
from tenure.commands.passkey_file import WrongPasskeyFileError
from tenure.postgres import migrations
from tenure.postgres.migrations import CannotMigrateError
from tenure.postgres.pool import Pool, pool_of
from tenure.postgres.programs import CannotStartError
from tenure.postgres.reach import reached
from tenure.postgres.transaction import perform
from tenure.promises.numbers import rules as numbers
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import SECRET_OCTETS, Member, Proof
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms import pack
from tenure.terms.model import Terms
from tenure.terms.pricelist import Pack
from tenure.terms.problems import UnreadableError, UnusablePackError
from tenure.terms.quantities import micros
from tenure.values.instant import Instant, instant_of, iso, parse_instant
from tenure.values.msisdn import Msisdn
from tenure.values.refused import Refused

FAILED: Final = 1
SALT_OCTETS: Final = 32

AnswerT = TypeVar("AnswerT")

Data: TypeAlias = Annotated[
    Path, typer.Option("--data", help="The data folder, with an embedded PostgreSQL in it.")
]
Dsn: TypeAlias = Annotated[
    str | None, typer.Option("--dsn", help="A PostgreSQL of your own, instead of --data.")
]
Operator: TypeAlias = Annotated[
    str, typer.Option("--operator", help="The pack: a name under operators/ or a path.")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]
By: TypeAlias = Annotated[
    str, typer.Option("--by", help="Your login; demo is enrolled by tenure up --demo.")
]
Reason: TypeAlias = Annotated[
    str, typer.Option("--reason", help="Why you do it; kept in the record.")
]
PasskeyAt: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--passkey",
        envvar="TENURE_PASSKEY",
        help="Your passkey file, or the folder that has one a login; DATA/passkeys if not given.",
    ),
]
At: TypeAlias = Annotated[
    str | None,
    typer.Option("--at", help="Act at this instant (2026-11-22T08:00:00+07:00), not now."),
]

DATA: Final = Path(".tenure")
OPERATOR: Final = "smart-kh"
BY: Final = "demo"


def run(
    name: str, data: Path, dsn: str | None, work: Callable[[Pool], Awaitable[AnswerT]]
) -> AnswerT:
    """Do the work on the database of the command, or say what is in the way and exit with 1."""
    return run_on(name, data, dsn, lambda reached_dsn: _with_pool(reached_dsn, work))


def run_on(
    name: str,
    data: Path,
    dsn: str | None,
    work: Callable[[str], Coroutine[Any, Any, AnswerT]],
) -> AnswerT:
    """As ``run``, for work that makes its own connections from a DSN."""
    try:
        with reached(data=data, dsn=dsn) as database:
            missing = migrations.pending(database.dsn, migrations.read(migrations.folder()))
            if missing:
                where = f"--dsn {dsn}" if dsn else f"--data {data}"
                fail(name, f"the database lacks {missing[0].title}; run: tenure migrate {where}")
            return asyncio.run(work(database.dsn))
    except (CannotMigrateError, CannotStartError) as error:
        fail(name, str(error))


def run_as(
    name: str,
    where: tuple[Path, str | None],
    act: Act,
    work: Callable[[Pool], Awaitable[AnswerT]],
    *,
    passkey: Path | None = None,
    as_json: bool = False,
) -> AnswerT:
    """As ``run``, for somebody of ours, who first proves to be the owner of ``act.by``.

    ``where`` is --data and --dsn.
    """
    data, dsn = where

    async def proven(pool: Pool) -> AnswerT:
        member = await prove(pool, act.by, data, passkey)
        if isinstance(member, Refused):
            refused(name, member, as_json=as_json)
        for alert in await perform(pool, staff.alerts, member, instant_typed(None)):
            sys.stderr.write(
                f"ALERT: {alert.login} broke the glass at {iso(alert.at)}: {alert.reason}\n"
                f"       see what they looked at: tenure staff report {alert.login}\n"
            )
        return await work(pool)

    return run(name, data, dsn, proven)


async def prove(
    pool: Pool, login: str, data: Path, passkey: Path | None
) -> Member | Refused[StaffRefusal]:
    """Prove to be the owner of a login, by a passkey file that signs a fresh challenge."""
    fresh = os.urandom(SECRET_OCTETS)
    made = await perform(pool, staff.challenge, login, fresh, instant_typed(None))
    if isinstance(made, Refused):
        return made
    at = instant_typed(None)
    try:
        key = passkey_file.load(passkey_of(login, data, passkey))
    except WrongPasskeyFileError as wrong:
        refusal = StaffRefusal.PASSKEY_MISSING
        await perform(pool, staff.refused, login, staff.SIGN_IN, refusal.name, at)
        return Refused(refusal, str(wrong))
    shown = Proof(login, fresh, key.assertion(fresh))
    return await perform(pool, staff.prove, shown, at)


def passkey_of(login: str, data: Path, passkey: Path | None) -> Path:
    """The passkey file of a login: as it was named, in the folder that was named, or in DATA."""
    named = passkey or Path(os.environ.get("TENURE_PASSKEY") or data / "passkeys")
    is_folder = passkey is None and "TENURE_PASSKEY" not in os.environ
    return named / login if is_folder or named.is_dir() else named


async def _with_pool(dsn: str, work: Callable[[Pool], Awaitable[AnswerT]]) -> AnswerT:
    async with pool_of(dsn, size_min=1, size_max=2) as pool:
        return await work(pool)


def terms_of(name: str, operator: str) -> Terms:
    """The terms of the pack, or every problem of it and exit with 1."""
    return pack_of(name, operator).terms


def pack_of(name: str, operator: str) -> Pack:
    """The pack, or every problem of it and exit with 1."""
    try:
        return pack.load(operator)
    except UnusablePackError as unusable:
        fail(name, str(unusable))


def number_of(name: str, typed: str, terms: Terms, *, as_json: bool) -> Msisdn:
    """The number in any form that a person types, or the refusal and exit with 1."""
    number = numbers.normalised(typed, terms.country)
    if isinstance(number, Refused):
        refused(name, number, as_json=as_json)
    return number


def amount_of(typed: str) -> int:
    """An amount in units of the currency (2.50) as micros; anything else was asked wrongly."""
    try:
        return micros(typed)
    except UnreadableError as wrong:
        raise typer.BadParameter(f"{wrong}; {wrong.remedy}") from wrong


def instant_typed(typed: str | None, option: str = "--at") -> Instant:
    """The instant of an option, or now."""
    if typed is None:
        return instant_of(dt.datetime.now(dt.UTC))
    try:
        return parse_instant(typed)
    except ValueError as wrong:
        raise typer.BadParameter(f"{option}: {wrong}; write 2026-11-22T08:00:00+07:00") from wrong


def act_of(by: str, at: Instant, reason: str = "") -> Act:
    """Somebody of ours acts now, with fresh salt for the record."""
    return Act(by, at, os.urandom(SALT_OCTETS), reason)


def say(words: str, told: object, *, as_json: bool) -> None:
    """The answer, for a person or for a program."""
    text = msgspec.json.encode(told).decode() if as_json else words
    sys.stdout.write(f"{text}\n")


def refused(name: str, refusal: Refused[Any], *, as_json: bool) -> NoReturn:
    """Say that it was refused, by name and with the remedy, and exit with 1."""
    if as_json:
        say("", {"refused": refusal.refusal.name, "detail": refusal.detail}, as_json=True)
        raise typer.Exit(FAILED)
    fail(name, f"refused ({refusal.refusal.name}): {refusal.detail}")


def fail(name: str, words: str) -> NoReturn:
    """Say what is in the way and exit with 1."""
    sys.stderr.write(f"tenure {name}: {words}\n")
    raise typer.Exit(FAILED) from None
