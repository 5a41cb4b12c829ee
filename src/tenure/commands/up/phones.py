"""The phones of the demo: a program beside us with a message centre and a page to read and dial."""

import asyncio
import contextlib
import hashlib
import itertools
import logging
import socket
import sys
from pathlib import Path
from typing import Any, Final

import msgspec
import phonenumbers

from tenure.commands.demo.handset.orders import Orders, Phone
from tenure.commands.demo.population import Subscriber, population
from tenure.commands.up import opening
from tenure.commands.up.addresses import Address
from tenure.commands.up.beside import ended
from tenure.commands.up.reaching import Reaching, forms_at
from tenure.gateways.smpp.server import settings as smpp
from tenure.promises.topups.model import VoucherKey
from tenure.selfcare import operations as selfcare
from tenure.terms.pricelist import Pack

log = logging.getLogger(__name__)

SYSTEM_ID: Final = "TENURE"
NAME: Final = "handset"
SECRET: Final = "handset"  # noqa: S105 -- the name of a file
PASSWORD_CHARS: Final = 8
"""As many as SMPP allows."""
OFFERED: Final = 60
"""So many numbers are offered to choose from; any other can be typed."""
AGAIN_SECONDS: Final = 2.0


class Phones(msgspec.Struct, frozen=True):
    """Where the phones of the demo are."""

    page: Address
    smpp_port: int
    password: str

    def __repr__(self) -> str:
        return f"Phones({self.page})"


def phones_of(page: Address, data: Path) -> Phones:
    """Phones whose message centre listens where nobody else does."""
    drawn = hashlib.sha256(opening.secret(data, SECRET)).hexdigest()[:PASSWORD_CHARS]
    return Phones(page, _free_port(page.host), drawn)


def reaching_phones(phones: Phones, reaching: Reaching, sender: str, data: Path) -> Reaching:
    """Ways that lead to the phones; what is dialled on them comes by HTTP."""
    path = data / "keys" / f"{SECRET}.password"
    path.touch(mode=0o600)
    path.write_text(f"{phones.password}\n", encoding="ascii")
    centre = smpp.Smsc(
        name=NAME, host=phones.page.host, port=phones.smpp_port, system_id=SYSTEM_ID,
        password_file=path, sender=sender,
    )  # fmt: skip
    host = phones.page.host
    forms = reaching.forms or forms_at(Address(host, _free_port(host)), data)
    return msgspec.structs.replace(reaching, smpp=smpp.Settings((centre,)), forms=forms)


def orders_of(
    phones: Phones, reaching: Reaching, pack: Pack, people: int, key: VoucherKey
) -> Orders:
    """What the program is told."""
    assert reaching.forms is not None
    desk = selfcare.desk(pack, key)
    return Orders(
        operator=pack.terms.name,
        country_code=pack.terms.country_code,
        host=phones.page.host,
        page_port=phones.page.port,
        smpp_port=phones.smpp_port,
        system_id=SYSTEM_ID,
        password=phones.password,
        ussd_port=reaching.forms.port,
        ussd_secret=reaching.forms.secret,
        phones=tuple(map(_phone, itertools.islice(population(pack, people), OFFERED))),
        codes=desk.codes,
        short_codes=desk.short_codes,
    )


def _phone(each: Subscriber) -> Phone:
    parsed = phonenumbers.parse(f"+{each.msisdn}")
    shown = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.NATIONAL)
    return Phone(str(each.msisdn), shown, each.language)


def _free_port(host: str) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


async def keep(orders: Orders) -> None:
    """Run the phones until cancelled, and again when they ended by themselves."""
    while True:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tenure.commands.demo.handset"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
        )
        heard = asyncio.create_task(_hear(process))
        try:
            await _order(process, orders)
            await process.wait()
        finally:
            await ended(process)
            heard.cancel()
            await asyncio.gather(heard, return_exceptions=True)
        log.error("the phones of the demo ended by themselves; they begin again")
        await asyncio.sleep(AGAIN_SECONDS)


async def _order(process: Any, orders: Orders) -> None:
    with contextlib.suppress(ConnectionError):
        process.stdin.write(msgspec.json.encode(orders) + b"\n")
        await process.stdin.drain()


async def _hear(process: asyncio.subprocess.Process) -> None:
    """Log what the program says; it says nothing of anybody."""
    assert process.stderr is not None
    async for line in process.stderr:
        log.warning("phones: %s", line.decode(errors="replace").strip())
