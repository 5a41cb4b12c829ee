"""Peers are told of stale sessions, over plain connections and through relays; and TLS."""

import asyncio
import datetime as dt
import ssl
from pathlib import Path

import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tenure.gateways.diameter.server import listener
from tenure.gateways.diameter.server.listener import Endpoint, Server, Tls, settings_for
from tenure.gateways.diameter.server.metrics import Latency
from tenure.gateways.diameter.session import Peer
from tenure.gateways.diameter.wire.avp import avp
from tenure.gateways.diameter.wire.message import RETRANSMITTED, Command, message
from tenure.promises.charging.model import Stale
from tenure.terms import pack
from tenure.values.instant import Instant
from tests.gateways.diameter.element import QUOTA, Clock, Element, met, settings, until
from tests.gateways.diameter.given import (
    PGW,
    REALM,
    SESSION,
    base,
    ccr_bytes,
    cer,
    flagged,
    read,
    tree,
)
from tests.gateways.diameter.rating import Rating

TOLD = [(False, Command.RE_AUTH), (True, Command.ABORT_SESSION)]


@pytest.mark.parametrize(("abort", "command"), TOLD, ids=["re-auth", "abort"])
async def test_peers_are_told_of_stale_sessions(
    server: Server, *, abort: bool, command: Command
) -> None:
    element = await met(server)
    await element.ask(ccr_bytes(QUOTA))
    stale = Stale(SESSION, f"{PGW}|{REALM}", abort, "topped up")
    telling = asyncio.create_task(server.tell(stale))
    asked = read(await element.heard())
    assert asked.header.command == command
    assert asked.header.request
    told = tree(asked.avps)
    assert told["Session-Id"] == SESSION
    assert told["Destination-Host"] == PGW
    assert told["Destination-Realm"] == REALM
    assert told.get("Re-Auth-Request-Type") == (None if abort else 0)
    element.writer.write(flagged(message(asked.header, avp("Result-Code", 2002)), 0x40))
    assert await telling
    assert server.metrics.told == {"abort" if abort else "re-auth": 1}
    await element.leave()


async def test_a_peer_behind_a_relay_is_told_through_it(server: Server) -> None:
    relay = await met(server, host="relay.example.net")
    await relay.ask(ccr_bytes(QUOTA, avp("Route-Record", PGW)))
    telling = asyncio.create_task(
        server.tell(Stale(SESSION, f"{PGW}|{REALM}", abort=False, reason=""))
    )
    asked = read(await relay.heard())
    assert tree(asked.avps)["Destination-Host"] == PGW
    relay.writer.write(flagged(message(asked.header, avp("Result-Code", 2001)), 0x40))
    assert await telling
    await relay.leave()


async def test_a_peer_that_comes_back_is_told_then(server: Server) -> None:
    gone = await met(server)
    await gone.leave()
    await until(server, 0)
    stale = Stale(SESSION, f"{PGW}|{REALM}", abort=False, reason="")
    telling = asyncio.create_task(server.tell(stale))
    await asyncio.sleep(0.05)
    back = await met(server)
    asked = read(await back.heard())
    back.writer.write(flagged(message(asked.header, avp("Result-Code", 2001)), 0x40))
    assert await telling
    await back.leave()


async def test_sessions_of_other_gateways_are_left_to_them(server: Server) -> None:
    stale = Stale("nchf-1", "http://127.0.0.1:1/notify", abort=False, reason="")
    assert await server.tell(stale) is False


def certificate(folder: Path) -> Tls:
    """A certificate that signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ocs.example.net")])
    since = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(since)
        .not_valid_after(since.replace(year=2126))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("ocs.example.net")]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    found = Tls(folder / "ocs.pem", folder / "ocs.key")
    found.certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    found.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return found


async def test_tls(rating: Rating, clock: Clock, tmp_path: Path) -> None:
    tls = certificate(tmp_path)
    server = Server(settings(endpoints=(Endpoint("127.0.0.1", 0, tls),)), rating, clock)
    await server.start()
    trusting = ssl.create_default_context(cafile=str(tls.certificate))
    trusting.check_hostname = False
    element = await met(server, tls=trusting)
    assert (await element.ask(ccr_bytes(QUOTA)))["Result-Code"] == 2001
    await element.leave()
    plain = Element(*await asyncio.open_connection("127.0.0.1", server.ports[0]))
    plain.writer.write(cer())
    await plain.writer.drain()
    assert not (await plain.reader.read()).startswith(b"\1"), "no Diameter is spoken without TLS"
    await plain.leave()
    await server.stop()


async def test_a_peer_must_show_a_certificate_where_an_authority_is_named(
    rating: Rating, clock: Clock, tmp_path: Path
) -> None:
    tls = certificate(tmp_path)
    strict = Tls(tls.certificate, tls.key, tls.certificate)
    server = Server(settings(endpoints=(Endpoint("127.0.0.1", 0, strict),)), rating, clock)
    await server.start()
    trusting = ssl.create_default_context(cafile=str(tls.certificate))
    trusting.check_hostname = False
    with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
        await met(server, tls=trusting)
    trusting.load_cert_chain(tls.certificate, tls.key)
    element = await met(server, tls=trusting)
    await element.leave()
    await server.stop()


async def test_a_peer_that_goes_while_it_is_asked_is_asked_again(server: Server) -> None:
    first = await met(server)
    stale = Stale(SESSION, f"{PGW}|{REALM}", abort=True, reason="")
    telling = asyncio.create_task(server.tell(stale))
    await first.heard()
    await first.leave()
    second = await met(server)
    asked = read(await second.heard())
    assert asked.header.flags & RETRANSMITTED
    second.writer.write(flagged(message(asked.header, avp("Result-Code", 5002)), 0x40))
    assert await telling
    assert server.metrics.told == {"abort": 1}
    await second.leave()


async def test_a_peer_that_never_answers_or_never_comes_is_given_up(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "ANSWER_SECONDS", 0.01)
    monkeypatch.setattr(listener, "RECONNECT_SECONDS", 0.5)
    stale = Stale(SESSION, f"{PGW}|{REALM}", abort=False, reason="")
    assert await server.tell(stale)
    element = await met(server)
    assert await server.tell(stale)
    assert server.metrics.told == {"unreachable": 1, "unanswered": 1}
    late = [read(await element.heard()) for _ in range(listener.ATTEMPTS)]
    for one in late:
        element.writer.write(flagged(message(one.header, avp("Result-Code", 2001)), 0x40))
    told = await element.ask(base(Command.DEVICE_WATCHDOG))
    assert told["Result-Code"] == 2001, "answers that come too late harm nobody"
    await element.leave()


def test_the_settings_of_an_operator() -> None:
    terms = pack.load("smart-kh").terms
    found = settings_for(
        terms, [Endpoint("192.0.2.1", 3868)], Instant(5_000), peers=["a.net|r.net"]
    )
    assert found.node.address == "192.0.2.1"
    assert found.node.peers == (Peer("a.net", "r.net"),)
    assert found.terms.currency == 840
    assert "45606" in found.terms.home_plmns
    assert settings_for(terms, [Endpoint("::1", 3868)], Instant(5_000)).node.address == "127.0.0.1"
    with pytest.raises(ValueError, match="XXX"):
        settings_for(msgspec.structs.replace(terms, currency="XXX"), [], Instant(0))


def test_the_latency_of_many() -> None:
    latency = Latency()
    assert latency.percentile_micros(50) == 0
    for micros in range(1_000):
        latency.add(micros * 1_000)
    assert latency.count == 1_000
    assert 500 <= latency.percentile_micros(50) <= 640
    assert 950 <= latency.percentile_micros(95) <= 1_216
    latency.add(10**18)
    assert latency.percentile_micros(100) > 10**9
