"""A real message centre (osmo-msc) between our bind and a phone: Latin, Khmer, parts, receipts."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Final

import psycopg
import pytest

from tenure.gateways.hlr.server.register import Register
from tenure.gateways.hlr.translate.subscriber import Wanted
from tenure.gateways.smpp.server.gateway import Gateway
from tenure.gateways.smpp.server.notices import Notices
from tenure.gateways.smpp.server.port import Hear, Heard, Outgoing
from tenure.gateways.smpp.server.settings import Settings, Smsc
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import End
from tenure.promises.record.model import Act
from tenure.promises.topups.model import VoucherKey
from tenure.selfcare import operations as selfcare
from tenure.selfcare.model import Text
from tenure.terms import pack
from tenure.values.instant import Instant
from tenure.values.msisdn import Imsi, Msisdn
from tests.gateways.smpp.centre import until
from tests.gateways.smpp.listing import Listing
from tests.gateways.smpp.test_link import gateway
from tests.notices.crowd import FIRST, crowd
from tests.peers.osmo import GSUP_PORT, Osmo, osmo_hlr
from tests.peers.phone import SGS_PORT, phone
from tests.peers.programs import Program, running

SMPP_PORT: Final = 2775
MONY, SIM = Msisdn("85512345678"), Imsi("456019999999999")
KH: Final = pack.load("smart-kh")
NOW: Final = Instant(1_800_014_400_000)
KHMER: Final = "សូមស្វាគមន៍មកកាន់សេវាកម្មរបស់យើងខ្ញុំ "
CONFIGURATION: Final = """\
log stderr
 logging filter all 1
 logging color 0
 logging level smpp info
 logging level sgs info
line vty
 no login
 bind {host}
ctrl
 bind {host}
network
 network country code 456
 mobile network code 1
 encryption a5 0
msc
 mgw remote-ip {host}
 mgw remote-port 2427
hlr
 remote-ip {host}
 remote-port {gsup}
sgs
 local-ip {host}
 local-port {sgs}
smpp
 local-tcp-ip {host} {smpp}
 system-id OSMSC
 policy closed
 esme tenure
  password secret
  default-route
"""


@asynccontextmanager
async def osmo_msc(folder: Path, osmo: Osmo) -> AsyncIterator[Program]:
    """An osmo-msc beside a register, until the end of the block."""
    shim = folder / "streams.so"
    async with running(
        "gcc", "-shared", "-fPIC", "-o", str(shim), str(Path(__file__).parent / "streams.c"), "-ldl"
    ) as compiling:
        await compiling.ended()
    written = CONFIGURATION.format(host=osmo.host, gsup=GSUP_PORT, sgs=SGS_PORT, smpp=SMPP_PORT)
    (folder / "msc.cfg").write_text(written)
    environment = {"LD_PRELOAD": str(shim)}
    async with running(
        "osmo-msc", "-c", "msc.cfg", folder=folder, environment=environment
    ) as program:
        for port in (SMPP_PORT, SGS_PORT):
            while not await listens(osmo.host, port):  # noqa: ASYNC110 -- it has no bell
                await asyncio.sleep(0.05)
        yield program


async def listens(host: str, port: int) -> bool:
    """Whether somebody listens there."""
    try:
        _, writer = await asyncio.open_connection(host, port)
    except OSError:
        return False
    writer.close()
    return True


def smsc(osmo: Osmo, folder: Path, line: str = "secret") -> Smsc:
    """The settings for osmo-msc."""
    path = folder / "msc.password"
    path.write_text(line)
    path.chmod(0o600)
    return Smsc(
        name="osmo", host=osmo.host, port=SMPP_PORT, system_id="tenure", password_file=path,
        sender="888", window=10,
    )  # fmt: skip


@asynccontextmanager
async def network(folder: Path, msisdn: Msisdn = MONY) -> AsyncIterator[Osmo]:
    """A register that knows one SIM, and a message centre."""
    async with osmo_hlr(folder) as osmo:
        register = Register(osmo.endpoint)
        await register.bring(Wanted(msisdn, SIM, None, open=True))
        await register.close()
        async with osmo_msc(folder, osmo):
            yield osmo


def has_ended(listing: Listing, count: int) -> bool:
    """Whether the ends of so many texts are known."""
    return len(listing.ends) == count


@pytest.mark.peer("osmo-hlr", "osmo-msc", "gcc")
async def test_texts_reach_a_phone_and_receipts_come_back(tmp_path: Path) -> None:
    texts = ["Balance 10 {€}", "សមតុល្យ ១០", KHMER * 5, "a" * 400, "Hi 👍"]
    listing = Listing()
    async with (
        network(tmp_path) as osmo,
        phone(osmo.host, SIM) as handset,
        gateway(listing, smsc(osmo, tmp_path)) as ours,
    ):
        await until(lambda: ours.links[0].can_send)
        for delivery_id, text in enumerate(texts, 1):
            listing.waiting = [Outgoing(delivery_id, MONY, text)]
            await until(partial(has_ended, listing, delivery_id))
    assert set(listing.ends.values()) == {"DELIVERED"}
    assert len(listing.ends) == len(texts)
    joined = [text.text for text in handset.texts]
    assert "".join(joined) == "".join(texts)
    assert {text.sender for text in handset.texts} == {"888"}
    parts = [text.header for text in handset.texts if text.header]
    assert [(part[:3], part[4:]) for part in parts] == [
        (b"\5\0\3", bytes([total, number])) for total in (3, 3) for number in range(1, total + 1)
    ]


@pytest.mark.peer("osmo-hlr", "osmo-msc", "gcc")
async def test_a_phone_is_heard(tmp_path: Path) -> None:
    listing = Listing()
    async with (
        network(tmp_path) as osmo,
        phone(osmo.host, SIM) as handset,
        gateway(listing, smsc(osmo, tmp_path)) as ours,
    ):
        await until(lambda: ours.links[0].can_send)
        for place, text in enumerate(("BAL", "ឈប់"), 1):
            handset.send(text, "888")
            await until(partial(handset.has_results, place))
    assert [(one.msisdn, one.short_code, one.text) for one in listing.heard] == [
        (MONY, "888", "BAL"),
        (MONY, "888", "ឈប់"),
    ]


@pytest.mark.peer("osmo-hlr", "osmo-msc", "gcc")
async def test_a_wrong_password_is_told(tmp_path: Path) -> None:
    async with (
        network(tmp_path) as osmo,
        gateway(Listing(), smsc(osmo, tmp_path, "wrong")) as ours,
    ):
        await until(lambda: ours.links[0].tally.trouble)
        assert "ESME_RINVPASWD" in ours.links[0].tally.trouble


@pytest.mark.peer("osmo-hlr", "osmo-msc", "gcc")
@pytest.mark.parametrize("language", ["en", "km"])
async def test_a_keyword_is_answered_on_the_phone_and_the_answer_is_on_record(
    owner: str, pool: Pool, tmp_path: Path, language: str
) -> None:
    crowd(owner, 20)
    with psycopg.connect(owner) as connection:
        connection.execute("UPDATE people.person SET language = %s", [language])
    msisdn = Msisdn(str(FIRST + 3))
    desk = selfcare.desk(KH, VoucherKey(bytes(32)))
    salts = itertools.count(1)

    async def hear(heard: Heard) -> None:
        text = Text(heard.msisdn, heard.short_code, heard.text, heard.message_id)
        act = Act(selfcare.PHONE, NOW, next(salts).to_bytes(32))
        await perform(pool, selfcare.keyword, desk, text, act)

    async with (
        network(tmp_path, msisdn) as osmo,
        phone(osmo.host, SIM) as handset,
        working(smsc(osmo, tmp_path), pool, hear) as ours,
    ):
        await until(lambda: ours.links[0].can_send)
        handset.send("BAL", "888")
        tally = ours.links[0].tally
        await until(lambda: tally.handed and tally.receipts == tally.submitted)
        await until(lambda: ours.reports.behind == 0)
        [notice] = await perform(pool, notices.of_number, msisdn)
        [found] = await perform(pool, notices.found, [notice.notice_id])
    assert notice.telling.language == language
    assert found.tries[-1].end is End.DELIVERED
    said = "".join(text.text for text in handset.texts)
    assert said == notices.words(notices.wording(KH), notice.telling)
    assert any("\u1780" <= char <= "\u17ff" for char in said) == (language == "km")


@asynccontextmanager
async def working(there: Smsc, pool: Pool, hear: Hear) -> AsyncIterator[Gateway]:
    """A gateway over the database until the end of the block."""
    source = Notices(pool, KH, lambda: NOW)
    ours = Gateway(Settings((there,)), source, hear, None, lambda: NOW)
    task = asyncio.create_task(ours.run())
    try:
        yield ours
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
