"""Starts and stops the PostgreSQL that came with the wheel, in a data folder of its own."""

import hashlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import IO, Final, Self

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tenure.postgres import data_folder, programs
from tenure.postgres.configuration import Settings, admission, configuration
from tenure.postgres.programs import CannotStartError, Programs

DATABASE: Final = "tenure"
APPLICATION: Final = "tenure_app"
"""The role that Tenure works as; the least privileges."""
SUPERUSER: Final = "postgres"
SOCKET_PORT: Final = 5432
"""The number in the name of the socket, unless a TCP port is asked for: then it is that one."""
SOCKET_PATH_BYTES_MAX: Final = 107
READY_SECONDS_MAX: Final = 600
"""Recovery after a crash may take its time; an end of the process is noticed at once."""
STOP_SECONDS_MAX: Final = 120
LOG_OCTETS_MAX: Final = 16 * 1024 * 1024
STALE_TRIES: Final = 40
POLL_SECONDS: Final = 0.05


class Cluster:
    """A running PostgreSQL.  Use ``Cluster.start(folder)``, best in a ``with`` statement."""

    def __init__(self, data: Path, settings: Settings, lock: IO[str] | None) -> None:
        """Not to be called directly: see start and join."""
        self.data = data
        self.settings = settings
        self._lock = lock
        self._process: subprocess.Popen[bytes] | None = None
        self._programs: Programs | None = None

    @classmethod
    def start(
        cls,
        data: Path,
        *,
        tcp_port: int | None = None,
        shared_buffers_mb: int | None = None,
        throw_away: bool = False,
    ) -> Self:
        """Start PostgreSQL on this folder, made if it is missing; returns when it is ready.

        A ``tcp_port`` is opened on loopback besides the socket; roles need a password to use it.
        ``throw_away`` is for tests: nothing survives a crash of the machine, so it is accepted only
        below the machine's temporary folder.  A PostgreSQL that outlived a killed Tenure is taken
        over.  CannotStartError says what is in the way and the remedy.
        """
        if throw_away and not data.resolve().is_relative_to(Path(tempfile.gettempdir()).resolve()):
            raise CannotStartError(
                f"{data} is not below {tempfile.gettempdir()}: keep its data safe"
            )
        data = data_folder.made(data)
        lock = data_folder.locked(data)
        if lock is None:
            raise CannotStartError(
                f"{data} is in use by another Tenure{data_folder.holder(data)}; stop that one"
            )
        settings = Settings(tcp_port, shared_buffers_mb, throw_away=throw_away)
        cluster = cls(data, settings, lock)
        try:
            cluster._make()
            cluster.revive()
            cluster._make_database()
        except BaseException:
            cluster.stop()
            raise
        return cluster

    @classmethod
    def join(cls, data: Path) -> Self:
        """Use the PostgreSQL that another Tenure runs on this folder, or start it if none does.

        For commands beside a running ``tenure up``: ``stop`` then leaves it running.
        """
        data = data_folder.made(data)
        lock = data_folder.locked(data)
        if lock is not None:
            lock.close()
            return cls.start(data)
        cluster = cls(data, Settings(), None)
        deadline = time.monotonic() + READY_SECONDS_MAX
        while not cluster.is_ready():
            if time.monotonic() > deadline:
                raise CannotStartError(
                    f"{data} is in use{data_folder.holder(data)}, but its database is not up"
                )
            time.sleep(POLL_SECONDS)
        return cluster

    def __enter__(self) -> Self:
        """The cluster is running already."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop it, however the block ended."""
        self.stop()

    @property
    def dsn(self) -> str:
        """How Tenure itself connects: as the application role, by the socket."""
        return self.dsn_of(APPLICATION)

    @property
    def owner_dsn(self) -> str:
        """How migrations connect.  Never given to a gateway."""
        return self.dsn_of(SUPERUSER)

    def dsn_of(self, role: str, database: str = DATABASE) -> str:
        """How a role connects to a database of this cluster."""
        return make_conninfo(
            host=str(self.socket_folder), port=self.port, user=role, dbname=database
        )

    @property
    def port(self) -> int:
        """The number in the name of the socket, and the TCP port if one was asked for."""
        lines = self._pid_file()
        if self._lock is None and len(lines) > 3:  # noqa: PLR2004 -- its fourth line
            return int(lines[3])
        return SOCKET_PORT if self.settings.tcp_port is None else self.settings.tcp_port

    @property
    def home(self) -> Path:
        """Where everything of PostgreSQL lies, links followed."""
        return (self.data / "cluster").resolve()

    @property
    def socket_folder(self) -> Path:
        """Where the socket is: beside the data, or, if that path is too long, in a short one."""
        beside = self.home / "socket"
        name = ".s.PGSQL.65535.lock"
        if len(os.fsencode(beside / name)) <= SOCKET_PATH_BYTES_MAX:
            return beside
        digest = hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"tenure-{digest}"

    @property
    def pid(self) -> int | None:
        """The process id of the running server, or None."""
        return self._running(self._pid_file())

    def is_ready(self) -> bool:
        """Whether the server takes connections now."""
        # Read once: a starting server replaces what a killed one left, which may say ready too.
        lines = self._pid_file()
        return len(lines) > 7 and lines[7].strip() == "ready" and self._running(lines) is not None  # noqa: PLR2004 -- its eighth line

    def revive(self) -> None:
        """Start the server if it does not run, for instance after it was killed; wait for it."""
        if self._process is not None and self._process.poll() is None and self.is_ready():
            return
        if self._process is not None and self.pid is None:
            # It is on its way out; its number is free only when we have collected it.
            self._process.kill()
            self._process.wait()
            self._process = None
        if self.pid is not None and not self._fits():
            self._shut_down()
        for _ in range(STALE_TRIES):
            if self.pid is None:
                self._clear_stale()
                self._launch()
            if self._wait_until_ready():
                return
            # Backends of a killed server notice within moments that it is gone, and leave.
            time.sleep(5 * POLL_SECONDS)
        raise CannotStartError(f"PostgreSQL does not start: {self._last_words()}")

    def stop(self) -> None:
        """Stop a server that we started: open transactions are rolled back, all else is kept."""
        if self._lock is None:
            return
        try:
            self._shut_down()
        finally:
            self._lock.close()
            self._lock = None

    def _make(self) -> None:
        """Make the folders and the cluster if they are not there, and write its settings."""
        self._programs = found = programs.find(data=self.data)
        data_folder.place(self.data, found)
        pgdata = self.home / "postgres"
        if not (pgdata / "PG_VERSION").exists():
            self._initialise(pgdata)
        version = (pgdata / "PG_VERSION").read_text().strip()
        ours = found.run("postgres", "--version").split()[-1].split(".")[0]
        if version != ours:
            raise CannotStartError(
                f"{pgdata} was made by PostgreSQL {version}, this is {ours}; dump it with the "
                "older Tenure and restore it with this one"
            )
        data_folder.own(self.socket_folder, found)
        (pgdata / "tenure.conf").write_text(
            configuration(self.settings, socket_folder=self.socket_folder, port=self.port)
        )
        for name, text in admission(found.account).items():
            (pgdata / name).write_text(text)

    def _initialise(self, pgdata: Path) -> None:
        """Make an empty cluster: whole or not at all, whenever we are interrupted."""
        assert self._programs
        unfinished = pgdata.with_name("postgres.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        self._programs.run(
            "initdb",
            f"--pgdata={unfinished}",
            f"--username={SUPERUSER}",
            "--encoding=UTF8",
            "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8",
            "--locale=C",
            "--data-checksums",
            "--auth-local=peer",
            "--auth-host=reject",
            "--no-instructions",
            *(["--no-sync"] if self.settings.throw_away else []),
        )
        with (unfinished / "postgresql.conf").open("a") as file:
            file.write(
                "\ninclude 'tenure.conf'   # written at each start; ALTER SYSTEM goes above it\n"
            )
        unfinished.rename(pgdata)

    def _make_database(self) -> None:
        """Make the database, if this cluster has none yet."""
        with psycopg.connect(self.dsn_of(SUPERUSER, "postgres"), autocommit=True) as connection:
            found = connection.execute(
                "SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]
            ).fetchone()
            if found is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))

    def _launch(self) -> None:
        """Start the server as a process of ours."""
        assert self._programs
        _refuse_taken(self.settings.tcp_port)
        log = self.home / "postgres.log"
        if log.exists() and log.stat().st_size > LOG_OCTETS_MAX:
            log.replace(log.with_suffix(".log.1"))
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            self._process = self._programs.popen(
                "postgres", "-D", str(self.home / "postgres"), log=descriptor
            )
        finally:
            os.close(descriptor)

    def _wait_until_ready(self) -> bool:
        """True when the server is ready; False if it ended because of a predecessor's remains."""
        deadline = time.monotonic() + READY_SECONDS_MAX
        while time.monotonic() < deadline:
            if self.is_ready():
                return True
            if self._process is not None and self._process.poll() is not None:
                last_words = self._last_words()
                if "still in use" in last_words or "postmaster.pid" in last_words:
                    return False
                raise CannotStartError(f"PostgreSQL ended: {last_words}")
            if self._process is None and self.pid is None:
                return False
            time.sleep(POLL_SECONDS)
        raise CannotStartError(
            f"PostgreSQL is not ready after {READY_SECONDS_MAX} s; see {self.home / 'postgres.log'}"
        )

    def _shut_down(self) -> None:
        """End the server: fast, or at once if that takes too long; then its next start recovers."""
        for how in (signal.SIGINT, signal.SIGQUIT):
            pid = self.pid or (self._process.pid if self._process else None)
            if pid is None or self._ended():
                break
            os.kill(pid, how)
            deadline = time.monotonic() + STOP_SECONDS_MAX
            while time.monotonic() < deadline and not self._ended():
                time.sleep(POLL_SECONDS)
        self._process = None

    def _ended(self) -> bool:
        """Whether no server runs any more; collects our process when it has ended."""
        if self._process is not None:
            return self._process.poll() is not None
        return self.pid is None

    def _fits(self) -> bool:
        """Whether the running server has the port and the socket that we want."""
        lines = self._pid_file()
        listens = lines[5].strip() if len(lines) > 5 else ""  # noqa: PLR2004 -- its sixth line
        return lines[3:5] == [str(self.port), str(self.socket_folder)] and bool(listens) == (
            self.settings.tcp_port is not None
        )

    def _clear_stale(self) -> None:
        """Remove the locks of a server that is gone, when another process has its number now.

        That may be its own remains, if nobody has collected them.  With the number free, PostgreSQL
        clears the locks itself, and checks for other remains as it does.
        """
        lines = self._pid_file()
        if not lines or Path(f"/proc/{lines[0].lstrip('-')}").exists():
            (self.home / "postgres" / "postmaster.pid").unlink(missing_ok=True)
            (self.socket_folder / f".s.PGSQL.{self.port}.lock").unlink(missing_ok=True)

    def _pid_file(self) -> list[str]:
        """The lines that a running server keeps about itself."""
        try:
            return (self.home / "postgres" / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _running(self, lines: list[str]) -> int | None:
        """The process id that a file's lines name, if that is a server of this folder."""
        if not lines or not lines[0].lstrip("-").isdecimal():
            return None
        pid = int(lines[0])
        return pid if self._is_ours(pid) else None

    def _is_ours(self, pid: int) -> bool:
        """Whether a process is the server of this folder, not a stranger with its old number."""
        try:
            arguments = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return os.fsencode(self.home / "postgres") in arguments

    def _last_words(self) -> str:
        """The last lines of the log that say what was wrong."""
        log = self.home / "postgres.log"
        lines = log.read_text(errors="replace").splitlines()[-12:] if log.exists() else []
        grave = [
            line for line in lines if any(word in line for word in ("FATAL", "ERROR", "PANIC"))
        ]
        return f"{' / '.join(grave or lines) or 'it said nothing'} (see {log})"


def _refuse_taken(tcp_port: int | None) -> None:
    """CannotStartError if another program listens on the port already."""
    if tcp_port is None:
        return
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", tcp_port))
        except OSError as error:
            raise CannotStartError(
                f"TCP port {tcp_port} is taken: {error.strerror}; give another, or none"
            ) from error
