"""Sessions and events over a real socket: charged once, whatever is repeated or left out."""

import asyncio
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tenure.gateways.nchf.server import Server, Settings
from tenure.promises.charging.model import FinalUnit, Request
from tenure.promises.tariffs.model import Direction, Service
from tests.gateways.nchf.consumer import PATH, Consumer, request, used
from tests.gateways.nchf.rating import IMSI, MSISDN, Rating


async def test_a_session_from_create_to_release(consumer: Consumer, rating: Rating) -> None:
    created = await consumer.create()
    assert created.status_code == 201
    location = created.headers["location"]
    assert location.startswith(f"{consumer.root}{PATH}/")
    assert created.json()["multipleUnitInformation"] == [
        {
            "ratingGroup": 1,
            "resultCode": "SUCCESS",
            "grantedUnit": {"totalVolume": 1000},
            "validityTime": 600,
            "volumeQuotaThreshold": 200,
        }
    ]

    for number in (1, 2, 3):
        updated = await consumer.update(
            location, number=number, second=number, multipleUnitUsage=used(1000)
        )
        assert updated.status_code == 200
        assert updated.json()["invocationSequenceNumber"] == number

    released = await consumer.release(
        location, number=4, second=4, multipleUnitUsage=used(500, requested=None)
    )
    assert (released.status_code, released.content) == (204, b"")
    assert rating.funds_micros == 10_000 - 3_500
    assert [ask.request for ask in rating.asks] == [
        Request.INITIAL, Request.UPDATE, Request.UPDATE, Request.UPDATE, Request.TERMINATE,
    ]  # fmt: skip

    again = await consumer.update(location, number=5, second=5)
    assert (again.status_code, again.json()["cause"]) == (404, "CONTEXT_NOT_FOUND")


async def test_a_reference_shows_nobody(consumer: Consumer) -> None:
    created = await consumer.create()
    location = created.headers["location"]
    assert IMSI not in location
    assert IMSI[-6:] not in location


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"retransmissionIndicator": True},
        {"retransmissionIndicator": True, "second": 3},
    ],
    ids=["the same", "marked", "marked and stamped anew"],
)
async def test_a_repeated_create_opens_no_second_session(
    consumer: Consumer, rating: Rating, change: dict[str, Any]
) -> None:
    first = await consumer.create()
    second = await consumer.create(**change)
    assert second.status_code == 201
    assert second.headers["location"] == first.headers["location"]
    assert len(rating.sessions) == 1


@pytest.mark.parametrize(
    "change",
    [{"second": 1}, {"subscriberIdentifier": f"imsi-{IMSI[:-1]}1"}, {"notifyUri": "http://a/2"}],
)
async def test_another_create_is_another_session(
    consumer: Consumer, rating: Rating, change: dict[str, Any]
) -> None:
    await consumer.create()
    await consumer.create(**change)
    assert len({ask.key for ask in rating.asks}) == 2


async def test_a_repeated_update_is_charged_once(consumer: Consumer, rating: Rating) -> None:
    location = (await consumer.create()).headers["location"]
    update = {"number": 1, "second": 1, "multipleUnitUsage": used(700)}
    first = await consumer.update(location, **update)
    second = await consumer.update(location, **update, retransmissionIndicator=True)
    assert first.json()["multipleUnitInformation"] == second.json()["multipleUnitInformation"]
    assert rating.funds_micros == 10_000 - 700


async def test_the_same_number_with_other_content_is_refused(consumer: Consumer) -> None:
    location = (await consumer.create()).headers["location"]
    await consumer.update(location, number=1, second=1, multipleUnitUsage=used(700))
    other = await consumer.update(location, number=1, second=1, multipleUnitUsage=used(701))
    assert other.status_code == 400
    assert other.json()["invalidParams"][0]["param"] == "/invocationSequenceNumber"


@pytest.mark.parametrize("number", [None, 0], ids=["absent", "never set"])
async def test_a_consumer_that_does_not_count(
    consumer: Consumer, rating: Rating, number: int | None
) -> None:
    location = (await consumer.create(number=number)).headers["location"]
    for second in (1, 2, 2.000001):
        update = {"number": number, "second": second, "multipleUnitUsage": used(100)}
        assert (await consumer.update(location, **update)).status_code == 200
        assert (await consumer.update(location, **update)).status_code == 200
    assert rating.funds_micros == 10_000 - 300
    anew = {"number": number, "second": 9, "multipleUnitUsage": used(100)}
    again = await consumer.update(location, **anew)
    assert again.json()["invocationSequenceNumber"] == 0
    assert rating.funds_micros == 10_000 - 400


async def test_a_consumer_that_does_not_count_and_stamps_whole_seconds(
    consumer: Consumer, rating: Rating
) -> None:
    location = (await consumer.create(number=None)).headers["location"]
    for octets in (100, 200, 300):
        same_second = {"number": None, "second": 0, "multipleUnitUsage": used(octets)}
        assert (await consumer.update(location, **same_second)).status_code == 200
    assert rating.funds_micros == 10_000 - 600


async def test_a_consumer_that_does_not_count_after_a_restart(
    server: Server, settings: Settings, consumer: Consumer, rating: Rating
) -> None:
    location = (await consumer.create(number=None)).headers["location"]
    first = {"number": None, "second": 1, "multipleUnitUsage": used(100)}
    await consumer.update(location, **first)
    await server.stop()
    restarted = Server(settings, rating)
    await restarted.start()
    again = Consumer(settings.port)
    assert (await again.update(location, **first)).status_code == 200
    later = {"number": None, "second": 2, "multipleUnitUsage": used(100)}
    assert (await again.update(location, **later)).status_code == 200
    assert rating.funds_micros == 10_000 - 200
    await again.http.aclose()
    await restarted.stop()


async def test_an_update_may_leave_out_who_it_is_about(consumer: Consumer, rating: Rating) -> None:
    location = (await consumer.create()).headers["location"]
    updated = await consumer.update(
        location,
        number=1,
        subscriberIdentifier=None,
        pDUSessionChargingInformation=None,
        multipleUnitUsage=used(100),
    )
    assert updated.status_code == 200
    assert (rating.asks[-1].imsi, rating.asks[-1].service) == (IMSI, Service.DATA)


async def test_an_update_for_somebody_else_is_refused(consumer: Consumer) -> None:
    location = (await consumer.create()).headers["location"]
    other = await consumer.update(location, number=1, subscriberIdentifier="imsi-456069999999999")
    assert other.status_code == 400
    assert other.json()["invalidParams"][0]["param"] == "/subscriberIdentifier"


async def test_the_last_units_say_what_comes_then(consumer: Consumer, rating: Rating) -> None:
    rating.funds_micros = 400
    terminate = (await consumer.create()).json()["multipleUnitInformation"][0]
    assert terminate["finalUnitIndication"] == {"finalUnitAction": "TERMINATE"}
    rating.final = FinalUnit.REDIRECT
    redirect = (await consumer.create(second=1)).json()["multipleUnitInformation"][0]
    assert redirect["finalUnitIndication"] == {
        "finalUnitAction": "REDIRECT",
        "redirectServer": {
            "redirectAddressType": "URL",
            "redirectServerAddress": "http://topup.example/",
        },
    }


async def test_without_funds_nothing_is_opened(consumer: Consumer, rating: Rating) -> None:
    rating.funds_micros = 0
    refused = await consumer.create()
    assert (refused.status_code, refused.json()["cause"]) == (403, "QUOTA_LIMIT_REACHED")
    assert "location" not in refused.headers


async def test_an_immediate_event_is_a_debit_and_its_repetition_is_not(
    consumer: Consumer, rating: Rating
) -> None:
    event = {
        "oneTimeEvent": True,
        "oneTimeEventType": "IEC",
        "nfConsumerIdentification": {"nodeFunctionality": "SMSF"},
        "pDUSessionChargingInformation": None,
        "multipleUnitUsage": None,
        "sMSChargingInformation": {
            "recipientInfo": [{"recipientGPSI": "msisdn-85598765432"}],
            "sMMessageType": "SUBMISSION",
        },
    }
    first = await consumer.create(**event)
    second = await consumer.create(**event, retransmissionIndicator=True)
    assert (first.status_code, second.status_code) == (201, 201)
    assert rating.funds_micros == 10_000 - 1
    ask = rating.asks[0]
    assert (ask.request, ask.service, ask.other_party) == (
        Request.DEBIT,
        Service.SMS,
        "85598765432",
    )
    assert (ask.groups[0].requested, ask.groups[0].used, ask.used_at) == (1, None, None)
    gone = await consumer.update(first.headers["location"], number=1)
    assert gone.status_code == 404


async def test_a_past_event_has_been_used(consumer: Consumer, rating: Rating) -> None:
    event = {
        "oneTimeEvent": True,
        "oneTimeEventType": "PEC",
        "multipleUnitUsage": used(300, requested=None),
    }
    assert (await consumer.create(**event)).status_code == 201
    group = rating.asks[0].groups[0]
    assert group.used is not None
    assert (group.used.units, group.requested) == (300, None)
    assert rating.asks[0].used_at == 1_795_309_320_000


async def test_a_call_is_seen_from_its_role(consumer: Consumer, rating: Rating) -> None:
    call: dict[str, Any] = {
        "subscriberIdentifier": None,
        "nfConsumerIdentification": {"nodeFunctionality": "IMS_Node"},
        "pDUSessionChargingInformation": None,
        "multipleUnitUsage": [{"ratingGroup": 10, "requestedUnit": {"time": 60}}],
        "iMSChargingInformation": {
            "roleOfNode": "TERMINATING",
            "userInformation": {"servedGPSI": f"msisdn-{MSISDN}"},
            "callingPartyAddresses": ["sip:+85511222333@ims.example;user=phone"],
            "calledPartyAddress": f"tel:+{MSISDN}",
            "imsVisitedNetworkIdentifier": "ims.mnc006.mcc456.3gppnetwork.org",
        },
    }
    created = await consumer.create(**call)
    assert created.json()["multipleUnitInformation"][0]["grantedUnit"] == {"time": 60}
    ask = rating.asks[0]
    assert (ask.service, ask.direction, ask.other_party, ask.msisdn, ask.visited_plmn) == (
        Service.VOICE, Direction.IN, "85511222333", MSISDN, "45606",
    )  # fmt: skip


async def test_the_live_view_sees_results_and_no_names(
    server: Server, consumer: Consumer, rating: Rating
) -> None:
    location = (await consumer.create()).headers["location"]
    await consumer.update(location, number=1, second=1)
    rating.funds_micros = 0
    await consumer.create(second=2)
    assert dict(server.tally.results) == {
        ("create", "201"): 1,
        ("update", "200"): 1,
        ("create", "403 QUOTA_LIMIT_REACHED"): 1,
    }
    assert server.tally.total == 3
    assert 0 < server.tally.percentile_ms(50) <= server.tally.percentile_ms(99)


async def test_a_request_under_way_is_answered_before_the_end(
    server: Server, rating: Rating
) -> None:
    rating.pause_seconds = 0.2
    asking = Consumer(server.settings.port, http2=False)
    waiting = asyncio.create_task(asking.create())
    await rating.asked.wait()
    await server.stop()
    assert (await waiting).status_code == 201
    await asking.http.aclose()


def test_settings_have_no_secret_in_their_repr(settings: Settings) -> None:
    assert repr(settings) == f"Settings(127.0.0.1:{settings.port})"
    assert request()["subscriberIdentifier"] not in repr(settings)


async def test_over_tls(settings: Settings, rating: Rating, tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    server = Server(
        msgspec.structs.replace(settings, certificate=certificate, certificate_key=key), rating
    )
    await server.start()
    trusting = ssl.create_default_context(cafile=certificate)
    root = f"https://localhost:{settings.port}"
    async with httpx.AsyncClient(http2=True, verify=trusting, trust_env=False) as http:
        created = await http.post(f"{root}{PATH}", json=request())
    await server.stop()
    assert (created.status_code, created.http_version) == (201, "HTTP/2")
    assert created.headers["location"].startswith(f"{root}{PATH}/")


def self_signed(folder: Path) -> tuple[str, str]:
    """The files of a certificate for localhost, and of its key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2126, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(private, hashes.SHA256())
    )
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return str(certificate), str(key)
