"""``tenure record rotate-key`` and ``succeed``: a new key for the log, or a new log."""

import msgspec
import typer

from tenure.commands import connect
from tenure.commands.connect import AsJson, By, Data, Dsn, PasskeyAt, Reason
from tenure.commands.record.reaching import FOLDER, NAME, app, signer_of
from tenure.gateways.witness.server import Signer
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.record import operations as record
from tenure.promises.record.model import Act, Log
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Task
from tenure.values.refused import Refused


class _Done(msgspec.Struct, frozen=True):
    words: str
    told: dict[str, object]


@app.command(name="rotate-key")
def rotate_key(
    finish: bool = typer.Option(False, "--finish", help="Only the newest key signs from now on."),
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Give the log a new key.  Until --finish both sign, so that nobody is taken by surprise.

    First without --finish; then hand the new verifier key to witnesses and relying parties; then
    with --finish.  What the old key has signed stays signed.

    Example: tenure record rotate-key --reason "yearly"
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(pool: Pool) -> _Done:
        await _allowed(pool, act, as_json=as_json)
        log = await _current(pool)
        signer = signer_of(data, log)
        if finish:
            ended = [key.vkey for key in signer.verifiers()[:-1]]
            if not ended:
                connect.fail(NAME, "only one key signs; begin with: tenure record rotate-key")
            await perform(pool, record.log.end_keys, log, ended, act)
            signer.retire()
            return _Done(f"signs no more: {', '.join(ended)}", {"ended": ended})
        fresh = signer.rotate().vkey
        await perform(pool, record.log.add_key, log, fresh, act)
        words = f"signs as well from now on; give it to every witness and relying party:\n{fresh}"
        return _Done(words, {"added": fresh})

    done = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    connect.say(done.words, done.told, as_json=as_json)


@app.command()
def succeed(
    by: By = connect.BY,
    passkey: PasskeyAt = None,
    reason: Reason = "",
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Close a log that cannot go on, and open its successor, which begins by saying so.

    The first leaf of the new log commits to the last checkpoint of the old one.  What the witnesses
    had not seen in the old log gets a place in the new one.

    Example: tenure record succeed --reason "restored from the backup of 3 May"
    """
    act = connect.act_of(by, connect.instant_typed(None), reason)

    async def work(pool: Pool) -> _Done:
        await _allowed(pool, act, as_json=as_json)
        log = await _current(pool)
        signer = Signer.made(data / FOLDER, log.origin.partition(".tenure/")[0])
        vkey = signer.verifiers()[0].vkey
        opened = await perform(pool, record.log.succeed, log, signer.origin, vkey, act)
        words = (
            f"{log.origin} is closed; {opened.origin} follows it."
            f" Give its key to every witness and relying party:\n{vkey}"
        )
        return _Done(words, {"closed": log.origin, "opened": opened.origin, "vkey": vkey})

    done = connect.run_as(NAME, (data, dsn), act, work, passkey=passkey, as_json=as_json)
    connect.say(done.words, done.told, as_json=as_json)


async def _allowed(pool: Pool, act: Act, *, as_json: bool) -> None:
    """Refuse whoever may not keep the record."""
    found = await perform(pool, staff.allowed, act.by, Task.KEEP_RECORD, act.at)
    if isinstance(found, Refused):
        connect.refused(NAME, found, as_json=as_json)


async def _current(pool: Pool) -> Log:
    log = await perform(pool, record.log.current)
    if log is None:
        connect.fail(NAME, "no log is open yet; tenure up opens one")
    return log
