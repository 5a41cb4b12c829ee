"""Where a cluster keeps its data, who has its lock, and to whom it belongs.

A data folder holds ``lock`` (kept by the Tenure that uses it) and ``cluster``: a folder, or, when
root runs Tenure below a folder that only root may enter, a link to one in /var/lib/tenure.  In it
are ``postgres`` (the data of PostgreSQL), ``socket`` and ``postgres.log``.
"""

import fcntl
import os
import stat
import tempfile
from pathlib import Path
from typing import IO

from tenure.postgres.programs import STAGE, CannotStartError, Programs, enterable, open_for_others


def made(data: Path) -> Path:
    """The data folder, made if it was missing, as a path without links."""
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStartError(f"cannot make the data folder {data}: {error.strerror}") from error
    return data.resolve()


def locked(data: Path) -> IO[str] | None:
    """The lock of a data folder, ours until it is closed; None if another process has it."""
    try:
        lock = (data / "lock").open("a+")
    except PermissionError as error:
        raise CannotStartError(
            f"{data} belongs to another account; run Tenure as that one, or give another folder"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock


def holder(data: Path) -> str:
    """Who has the lock of a data folder, for a message."""
    pid = (data / "lock").read_text().strip()
    return f" (process {pid})" if pid else ""


def place(data: Path, programs: Programs) -> None:
    """Make the folder of the cluster, where the account that runs PostgreSQL can reach it."""
    cluster = data / "cluster"
    if cluster.is_symlink() and not cluster.exists():
        raise CannotStartError(
            f"{cluster} leads to {cluster.readlink()}, which is gone; bring it back, or remove the "
            "link to begin anew"
        )
    if not cluster.exists():
        account = programs.account
        if account is not None and not enterable(data, account):
            try:
                STAGE.mkdir(exist_ok=True)
                open_for_others(STAGE)
                cluster.symlink_to(tempfile.mkdtemp(prefix="data-", dir=STAGE))
            except OSError as error:
                raise CannotStartError(
                    f"PostgreSQL does not run as root, {account.name} cannot reach {data}, and "
                    f"{STAGE} cannot be made: {error.strerror}; give a data folder that "
                    "others may pass through, such as /srv/tenure"
                ) from error
    own(cluster.resolve(), programs)


def own(folder: Path, programs: Programs) -> None:
    """Make a folder that belongs to the account that runs PostgreSQL, and to nobody else."""
    folder.mkdir(exist_ok=True)
    status = folder.lstat()
    account = programs.account
    uid = account.uid if account else os.geteuid()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid not in {uid, os.geteuid()}:
        raise CannotStartError(f"{folder} belongs to another account; move it out of the way")
    if account is not None and status.st_uid != uid:
        os.chown(folder, account.uid, account.gid)
    folder.chmod(0o700)
