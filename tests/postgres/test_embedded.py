"""The embedded PostgreSQL starts, stops, and comes back whatever was killed."""

import contextlib
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tenure.postgres.embedded import SUPERUSER, Cluster
from tenure.postgres.programs import STAGE, CannotStartError

LIVES_AND_IS_KILLED = """
import sys, time
from pathlib import Path
from tenure.postgres.embedded import Cluster
cluster = Cluster.start(Path(sys.argv[1]), throw_away=True)
print(cluster.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that other accounts may pass through; whatever runs on it is ended afterwards."""
    made = Path(tempfile.mkdtemp(prefix="tenure-place-")).resolve()
    made.chmod(0o711)
    yield made
    with contextlib.suppress(CannotStartError):
        Cluster.start(made / "data", throw_away=True).stop()
    shutil.rmtree(made)


def rows(cluster: Cluster) -> int:
    """Remember one thing more; how many are remembered."""
    with psycopg.connect(cluster.owner_dsn) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS public.thing (a int)")
        connection.execute("INSERT INTO public.thing VALUES (1)")
        found = connection.execute("SELECT count(*) FROM public.thing").fetchone()
    assert found
    return int(found[0])


def setting(cluster: Cluster, name: str) -> str:
    """What the server says a setting is."""
    with psycopg.connect(cluster.owner_dsn) as connection:
        found = connection.execute("SELECT current_setting(%s)", [name]).fetchone()
    assert found
    return str(found[0])


def test_a_stopped_cluster_finds_its_data_again_and_loses_nothing_it_acknowledged(
    folder: Path,
) -> None:
    with Cluster.start(folder / "data", shared_buffers_mb=64) as cluster:
        first_pid = cluster.pid
        assert rows(cluster) == 1
        assert {name: setting(cluster, name) for name in ("fsync", "synchronous_commit")} == {
            "fsync": "on",
            "synchronous_commit": "on",
        }
        assert setting(cluster, "full_page_writes") == setting(cluster, "data_checksums") == "on"
        assert setting(cluster, "server_encoding") == "UTF8"
        assert setting(cluster, "listen_addresses") == ""
    assert cluster.pid is None

    with Cluster.start(folder / "data", shared_buffers_mb=64) as cluster:
        assert cluster.pid != first_pid
        assert rows(cluster) == 2


def test_only_our_own_account_reaches_the_socket_and_the_data(folder: Path) -> None:
    with Cluster.start(folder / "data", throw_away=True) as cluster:
        for place in (cluster.home, cluster.socket_folder, cluster.home / "postgres"):
            assert stat.S_IMODE(place.stat().st_mode) == 0o700
        admitted = (cluster.home / "postgres" / "pg_hba.conf").read_text()
    assert "trust" not in admitted


def test_a_second_tenure_is_refused_and_a_command_joins(folder: Path) -> None:
    with Cluster.start(folder / "data", throw_away=True) as cluster:
        with pytest.raises(CannotStartError, match=rf"in use .*process {os.getpid()}.*; stop that"):
            Cluster.start(folder / "data", throw_away=True)
        with Cluster.join(folder / "data") as joined:
            assert joined.pid == cluster.pid
            assert rows(joined) == 1
        assert cluster.is_ready()


def test_a_server_that_outlived_a_killed_tenure_is_taken_over(folder: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", LIVES_AND_IS_KILLED, str(folder / "data")], stdout=subprocess.PIPE
    ) as killed:
        assert killed.stdout
        pid = int(killed.stdout.readline())
        killed.kill()
    os.kill(pid, 0)

    with Cluster.start(folder / "data", throw_away=True) as cluster:
        assert cluster.pid == pid
        assert rows(cluster) == 1
    assert cluster.pid is None


def test_a_killed_server_is_revived_with_what_was_committed(folder: Path) -> None:
    with Cluster.start(folder / "data", shared_buffers_mb=64) as cluster:
        assert rows(cluster) == 1
        assert cluster.pid
        os.kill(cluster.pid, signal.SIGKILL)
        while cluster.pid is not None:
            time.sleep(0.01)
        cluster.revive()
        assert rows(cluster) == 2


def test_what_a_killed_server_left_does_not_speak_for_the_one_that_starts(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is replaced at any moment: its number and its word are believed of one reading."""
    with Cluster.start(folder / "data", throw_away=True) as cluster:
        ours = (cluster.home / "postgres" / "postmaster.pid").read_text().splitlines()
        killed = [str(2**22), *ours[1:]]
        starting = [*ours[:7], "starting"]
        replaced = iter([killed, *[starting] * 3])
        monkeypatch.setattr(cluster, "_pid_file", lambda: next(replaced))
        assert not cluster.is_ready()
        assert not cluster.is_ready()
        monkeypatch.undo()
        assert cluster.is_ready()


def test_a_pid_file_whose_number_belongs_to_a_stranger_is_no_hindrance(folder: Path) -> None:
    with Cluster.start(folder / "data", throw_away=True) as cluster:
        assert rows(cluster) == 1
        lines = (cluster.home / "postgres" / "postmaster.pid").read_text().splitlines()
    stale = cluster.home / "postgres" / "postmaster.pid"
    stale.write_text("\n".join([str(os.getppid()), *lines[1:], ""]))

    assert cluster.pid is None
    with Cluster.start(folder / "data", throw_away=True) as cluster:
        assert rows(cluster) == 2


def test_an_interrupted_creation_is_begun_anew(folder: Path) -> None:
    unfinished = folder / "data" / "cluster" / "postgres.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with Cluster.start(folder / "data", throw_away=True) as cluster:
        assert rows(cluster) == 1


def test_a_taken_port_is_named(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(CannotStartError, match=f"TCP port {port} is taken"):
            Cluster.start(folder / "data", tcp_port=port, throw_away=True)


def test_a_tcp_port_lets_nobody_in_without_a_password(folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with Cluster.start(folder / "data", tcp_port=port, throw_away=True) as cluster:
        assert rows(cluster) == 1
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host="127.0.0.1", port=port, user=SUPERUSER, dbname="tenure")


def test_a_long_path_gets_a_short_socket(folder: Path) -> None:
    long = folder / ("long" * 30) / "data"
    with Cluster.start(long, throw_away=True) as cluster:
        assert rows(cluster) == 1
        shorter = cluster.socket_folder
        assert not shorter.is_relative_to(long)
    shutil.rmtree(shorter)


def test_a_folder_where_only_its_owner_may_enter(folder: Path) -> None:
    """For root the cluster then lies where its account can reach it; for others it stays put."""
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    with Cluster.start(closed / "data", throw_away=True) as cluster:
        assert rows(cluster) == 1
        home = cluster.home
    assert home.is_relative_to(STAGE if os.geteuid() == 0 else closed)

    with Cluster.start(closed / "data", throw_away=True) as cluster:
        assert rows(cluster) == 2
    shutil.rmtree(home)
    if os.geteuid() == 0:
        with pytest.raises(CannotStartError, match="is gone; bring it back, or remove the link"):
            Cluster.start(closed / "data", throw_away=True)


def test_what_need_not_survive_is_for_the_temporary_folder_only(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Wherever the checkout is, perhaps below the temporary folder itself.
    monkeypatch.setattr("tempfile.tempdir", str(folder / "temporary"))
    with pytest.raises(CannotStartError, match="keep its data safe"):
        Cluster.start(folder / "data", throw_away=True)


def test_data_of_another_version_is_refused_with_the_way_out(folder: Path) -> None:
    pgdata = folder / "data" / "cluster" / "postgres"
    pgdata.mkdir(parents=True)
    (pgdata / "PG_VERSION").write_text("16\n")
    with pytest.raises(CannotStartError, match=r"made by PostgreSQL 16.*dump it with the older"):
        Cluster.start(folder / "data", throw_away=True)
    shutil.rmtree(folder / "data")


def test_the_log_of_the_server_holds_no_value_and_no_statement(folder: Path) -> None:
    number = "85512345678"
    with Cluster.start(folder / "data", throw_away=True) as cluster:
        with psycopg.connect(cluster.owner_dsn, autocommit=True) as connection:
            connection.execute("CREATE TABLE public.line (msisdn text PRIMARY KEY)")
            connection.execute("INSERT INTO public.line VALUES (%s)", [number])
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute("INSERT INTO public.line VALUES (%s)", [number])
            with pytest.raises(psycopg.errors.UniqueViolation):
                connection.execute(f"INSERT INTO public.line VALUES ('{number}')")  # noqa: S608
        log = (cluster.home / "postgres.log").read_text()
    assert "duplicate key" in log
    assert number not in log
