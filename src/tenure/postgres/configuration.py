"""What the embedded PostgreSQL is told: its settings, and who may connect as whom."""

import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from tenure.postgres.programs import Account

MEBI: Final = 1024 * 1024
BUFFERS_MB_MIN: Final = 64
BUFFERS_MB_MAX: Final = 1024
"""A million purses with their index fit; beyond it the machine's own cache does as well."""
MEMORY_SHARE: Final = 8
"""Shared buffers are this fraction of the memory."""


class Settings(msgspec.Struct, frozen=True):
    """What may differ from one cluster to another."""

    tcp_port: int | None = None
    shared_buffers_mb: int | None = None
    """None: a share of the memory that this machine, or this container, has."""
    throw_away: bool = False
    """Nothing has to survive a crash: for tests only."""


SAFE: Final[Mapping[str, str]] = {
    # An acknowledged charge is on the disk.
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
    "wal_buffers": "16MB",
    "max_wal_size": "4GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "checkpoint_completion_target": "0.9",
    # The purse table changes all the time: come often, a little each time.
    "autovacuum_naptime": "15s",
    "autovacuum_vacuum_cost_limit": "2000",
    "autovacuum_vacuum_cost_delay": "1ms",
    # A look at a million purses or a month of entries takes up to a second of a core, and no plan
    # of ours changes with a tenth more of them.
    "autovacuum_analyze_scale_factor": "0.5",
    "jit": "off",  # our statements are short
    "max_connections": "100",
    "max_locks_per_transaction": "128",  # the partitions of years, in one transaction
    "idle_in_transaction_session_timeout": "60s",
    "timezone": "UTC",
}
QUIET: Final[Mapping[str, str]] = {
    # What people said and who they are is not for a log: no statements, no values, no keys.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_checkpoints": "off",
    "log_line_prefix": "%m [%p] %u %e ",  # postgres.denials reads it
    "log_timezone": "UTC",
}
THROWN_AWAY: Final[Mapping[str, str]] = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_buffers": "4MB",
    "max_wal_size": "512MB",
    "min_wal_size": "64MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
"""Instead of the safe ones, when nothing has to survive a crash."""


def configuration(settings: Settings, *, socket_folder: Path, port: int) -> str:
    """The file of settings: reached by a socket in a folder of its own, by TCP only if asked."""
    least_mb = BUFFERS_MB_MIN if settings.throw_away else _buffers_mb()
    values = {
        **SAFE,
        **QUIET,
        **(THROWN_AWAY if settings.throw_away else {}),
        "listen_addresses": "" if settings.tcp_port is None else "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": str(socket_folder),
        "unix_socket_permissions": "0700",
        "shared_buffers": f"{settings.shared_buffers_mb or least_mb}MB",
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in values.items()]
    return "\n".join(
        ["# Written by Tenure at each start; change it with ALTER SYSTEM.", *lines, ""]
    )


def admission(account: Account | None) -> Mapping[str, str]:
    """The two files that say who may connect, by name.

    By socket, the account that runs Tenure (and the one that runs PostgreSQL) may be any role; no
    other account of the machine may be one.  By TCP a role needs its password.
    """
    accounts = {pwd.getpwuid(os.geteuid()).pw_name}
    if account is not None:
        accounts.add(account.name)
    return {
        "pg_hba.conf": "local all all peer map=tenure\nhost all all 127.0.0.1/32 scram-sha-256\n",
        "pg_ident.conf": "".join(f'tenure "{name}" all\n' for name in sorted(accounts)),
    }


def _quoted(value: str) -> str:
    """A value as PostgreSQL's settings file wants it."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'"


def _buffers_mb() -> int:
    """A share of the memory there is, within limits."""
    memory_mb = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEBI
    limit = Path("/sys/fs/cgroup/memory.max")
    if limit.exists() and (text := limit.read_text().strip()).isdecimal():
        memory_mb = min(memory_mb, int(text) // MEBI)
    return max(BUFFERS_MB_MIN, min(BUFFERS_MB_MAX, memory_mb // MEMORY_SHARE))
