"""The commands ``tenure privacy keys``: the key store is made, looked at, wrapped anew, copied."""

from pathlib import Path
from typing import Annotated, Final

import typer

from tenure.commands import connect, people_keys
from tenure.commands.connect import AsJson, Data, Dsn
from tenure.commands.people_keys import KeysAt
from tenure.commands.privacy import copy_ends
from tenure.keystore import opening
from tenure.keystore.shelf import Shelf
from tenure.keystore.words import WrongKeyStoreError
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.values.instant import DAY_MS, Instant, iso

NAME: Final = "privacy keys"
OLD_DAYS: Final = 7
app = typer.Typer(
    help="Keep the keys of people: make the store, wrap it anew, copy it, end the key of a copy.",
    no_args_is_help=True,
)


def add(parent: typer.Typer) -> None:
    """Make these commands part of ``tenure privacy``."""
    parent.add_typer(app, name="keys")


def turned(shelf: Shelf, at: Instant, old_days: int) -> tuple[int, int, tuple[int, ...]]:
    """Begin an epoch, wrap every key by it, and destroy those that were left so many days ago.

    The new epoch, how many keys it wraps, and which were destroyed.  Broken off, it is begun again.
    """
    epoch, wrapped = shelf.begin_epoch(at_ms=at), 0
    for done in shelf.rewrap(at_ms=at):
        wrapped = done
    return epoch, wrapped, shelf.retire(before_ms=at - old_days * DAY_MS)


@app.command()
def make(
    keys: KeysAt = None,
    module: Annotated[
        str, typer.Option("--pkcs11", help="A PKCS#11 module that keeps the keys of epochs.")
    ] = "",
    token: Annotated[str, typer.Option("--token", help="The name of its token.")] = "",
    pin_file: Annotated[
        Path | None, typer.Option("--pin-file", help="A file with the PIN of the token.")
    ] = None,
    data: Data = connect.DATA,
    as_json: AsJson = False,
) -> None:
    """Make a key store: of files, or with a hardware module that never lets its keys out.

    Example: tenure privacy keys make --pkcs11 /usr/lib/hsm.so --token tenure --pin-file pin
    """
    folder = people_keys.folder_of(NAME, keys, data, None)
    text = opening.FILES
    if module:
        if not token or pin_file is None:
            raise typer.BadParameter("with --pkcs11, say --token and --pin-file as well")
        text = opening.module_text(module, token, pin_file.resolve())
    try:
        with_store = opening.make(folder, keeper=text, at_ms=connect.instant_typed(None))
        told = {"folder": str(folder), "keeper": with_store.keeper.name}
        with_store.close()
    except (OSError, WrongKeyStoreError) as error:
        connect.fail(NAME, str(error))
    connect.say(f"a key store is in {folder}, kept by {told['keeper']}", told, as_json=as_json)


@app.command()
def show(
    keys: KeysAt = None, data: Data = connect.DATA, dsn: Dsn = None, as_json: AsJson = False
) -> None:
    """Say how many keys there are, which epochs wrap them, and which copies end when.

    Example: tenure privacy keys show
    """
    folder = people_keys.folder_of(NAME, keys, data, dsn)
    with people_keys.opened(NAME, folder) as shelf:
        live, gone = shelf.counted()
        epochs = [
            {
                "epoch": epoch,
                "since": iso(Instant(since)),
                "left": None if left is None else iso(Instant(left)),
            }
            for epoch, since, left in shelf.epochs()
        ]
        told = {"keeper": shelf.keeper.name, "keys": live, "destroyed": gone, "epochs": epochs}
    ends = [{"copy": copy_id, "until": iso(until)} for copy_id, until in copy_ends.kept(folder)]
    told["copies"] = ends
    lines = [f"{live:,} keys, {gone:,} destroyed for good; epochs kept by {told['keeper']}"]
    for one in epochs:
        left = f"left {one['left']}, to be destroyed" if one["left"] else "in use"
        lines.append(f"epoch {one['epoch']} since {one['since']}: {left}")
    lines += [f"copy {one['copy']} ends at {one['until']}" for one in ends]
    connect.say("\n".join(lines), told, as_json=as_json)


@app.command()
def rotate(
    keys: KeysAt = None,
    old_days: Annotated[
        int, typer.Option("--old-days", min=0, help="Old copies of the store are good this long.")
    ] = OLD_DAYS,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Begin a new epoch, wrap every key anew, and destroy epochs that were left long enough ago.

    tenure up does it by itself every night.  Everything goes on meanwhile.  Copies of the store
    from before a destroyed epoch become noise, and with them every key that was destroyed since:
    nobody can bring it back from there.  Broken off, it is begun again.

    Example: tenure privacy keys rotate --old-days 7
    """
    at = connect.instant_typed(None)
    with people_keys.opened(NAME, people_keys.folder_of(NAME, keys, data, dsn)) as shelf:
        try:
            epoch, wrapped, gone = turned(shelf, at, old_days)
        except WrongKeyStoreError as wrong:
            connect.fail(NAME, str(wrong))
    words = f"epoch {epoch} wraps everything now: {wrapped:,} keys were wrapped anew"
    if gone:
        words += f"\nepochs {', '.join(map(str, gone))} are destroyed: older copies are noise"
    told = {"epoch": epoch, "wrapped": wrapped, "destroyed": list(gone)}
    connect.say(words, told, as_json=as_json)


@app.command()
def settle(
    keys: KeysAt = None, data: Data = connect.DATA, dsn: Dsn = None, as_json: AsJson = False
) -> None:
    """Bring database and key store to the same ends, whichever of them is an old copy.

    Example: tenure privacy keys settle
    """
    act = connect.act_of("<keys>", connect.instant_typed(None))
    with people_keys.opened(NAME, people_keys.folder_of(NAME, keys, data, dsn)) as shelf:
        done = connect.run(
            NAME, data, dsn, lambda pool: perform(pool, privacy.Keys(shelf).agree, act)
        )
    words = (
        f"{done.keys:,} keys were destroyed; {done.raised:,} ends were new to the key store,"
        f" {done.noted:,} to the database"
    )
    connect.say(words, done, as_json=as_json)


@app.command()
def copy(
    out: Annotated[Path, typer.Option("--out", help="A file that is not there yet.")],
    keys: KeysAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Copy the keys, wrapped as they are, without the keys of epochs that open them.

    Keep it apart from copies of the database, and no longer than epochs are kept.

    Example: tenure privacy keys copy --out safe/keys-2026-11-22.db
    """
    with people_keys.opened(NAME, people_keys.folder_of(NAME, keys, data, dsn)) as shelf:
        try:
            shelf.copy(out)
        except OSError as error:
            connect.fail(NAME, f"{out}: cannot be made: {error.strerror}; name another file")
        live, _ = shelf.counted()
    connect.say(f"{live:,} wrapped keys are in {out}", {"keys": live}, as_json=as_json)


@app.command(name="end-copy")
def end_copy(
    which: Annotated[str, typer.Argument(metavar="COPY_ID", help="As its manifest.json has it.")],
    keys: KeysAt = None,
    data: Data = connect.DATA,
    dsn: Dsn = None,
    as_json: AsJson = False,
) -> None:
    """Destroy the key of one copy of the database: wherever it lies, nobody reads it any more.

    Example: tenure privacy keys end-copy 00a1b2c3d4e5f6
    """
    try:
        copy_id = f"{int(which, 16):014x}"
    except ValueError:
        raise typer.BadParameter("a copy's id is 14 hexadecimal digits") from None
    folder = people_keys.folder_of(NAME, keys, data, dsn)
    with people_keys.opened(NAME, folder) as shelf:
        count = copy_ends.end(shelf, folder, copy_id)
    if not count:
        connect.fail(NAME, "this store has no key of such a copy; look into its manifest.json")
    connect.say(f"the copy {which} is noise from now on", {"keys": count}, as_json=as_json)
