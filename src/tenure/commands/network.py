"""How a command reaches the network: the register, the trust file, the memory, and the SIM key."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tenure.gateways.clock.server import Clock
from tenure.gateways.hlr.server.gateway import Gateway, Settings
from tenure.gateways.hlr.server.memory import Memory, UnusableMemoryError
from tenure.gateways.hlr.server.register import Endpoint, Register
from tenure.gateways.hlr.translate.trust import Trusted, UnusableTrustError, trusted_of
from tenure.postgres.pool import Pool
from tenure.promises.numbers.model import SimKey
from tenure.promises.record.model import Trust
from tenure.terms.model import Terms
from tenure.values.instant import SECOND_MS

PORT_MAX: Final = 65_535
PARTS: Final = 3
TRUST: Final = "trust.toml"
KNOWN: Final = "known.db"


class NoNetworkError(Exception):
    """The network cannot be reached as asked; the message says what to give instead."""


def endpoint_of(typed: str) -> Endpoint:
    """Read HOST:CTRLPORT:VTYPORT; NoNetworkError names the right form."""
    host, _, ports = typed.partition(":")
    numbers = ports.split(":")
    given = [int(port) for port in numbers if port.isdecimal() and 0 < int(port) <= PORT_MAX]
    if not host or len(numbers) != PARTS - 1 or len(given) != PARTS - 1:
        raise NoNetworkError(
            f"--hlr {typed}: write HOST:CTRLPORT:VTYPORT, such as 127.0.0.1:4259:4258"
        )
    return Endpoint(host, *given)


def folder_of(data: Path) -> Path:
    """Where the gateway keeps what is its own."""
    return data / "network"


def trusted(path: Path) -> Trusted:
    """Whom the network believes, from its own file; NoNetworkError."""
    try:
        return trusted_of(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise NoNetworkError(
            f"{path}: the network does not know yet whom to believe; see: tenure hlr trust,"
            " or name another file with --hlr-trust"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise NoNetworkError(f"{path}: cannot be read: {error}") from error
    except UnusableTrustError as wrong:
        raise NoNetworkError(f"{path}: {wrong}") from wrong


def trust_text(trust: Trust, terms: Terms) -> str:
    """A trust file: whom to believe, and the figures of the terms to insist on."""
    transfer, recycling = terms.keeping.transfer, terms.keeping.recycling
    return (
        "# Whom the network believes, whatever the database says.  Compare the keys with those\n"
        "# that the witnesses publish.  Who can change the database may not change this file.\n"
        f"logs = {_list(trust.logs)}\n"
        f"witnesses = {_list(trust.witnesses)}\n"
        f"quorum = {trust.quorum}\n"
        f"networks = {_list(terms.home_plmns)}\n"
        f'cooling_off = "{transfer.cooling_off_ms // SECOND_MS} s"\n'
        f'key_age = "{transfer.sim_age_ms // SECOND_MS} s"\n'
        f'rest = "{recycling.rest_days} days"\n'
        f"approvals = {transfer.approvals_min}\n"
    )


def _list(texts: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{text}"' for text in texts) + "]"


def gateway_of(
    pool: Pool, endpoint: Endpoint, data: Path, trust: Path | None, clock: Clock, key: SimKey | None
) -> Gateway:
    """The gateway to the network, ready; NoNetworkError says what is in the way."""
    under = folder_of(data)
    settings = Settings(trusted(trust or under / TRUST), key)
    try:
        memory = Memory(under / KNOWN)
    except UnusableMemoryError as wrong:
        raise NoNetworkError(str(wrong)) from wrong
    return Gateway(pool, Register(endpoint), memory, settings, clock.now)
