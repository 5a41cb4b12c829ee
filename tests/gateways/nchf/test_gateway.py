"""No body whatever makes the gateway stumble: hypothesis looks for one that does."""

import asyncio
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tenure.gateways.nchf.server.gateway import Gateway, Reply, Route, Settings
from tenure.gateways.nchf.server.tally import Tally
from tenure.gateways.nchf.translate.asks import Opening, Stamp, opening
from tenure.gateways.nchf.wire.messages import ChargingDataRequest
from tenure.gateways.nchf.wire.reading import read
from tenure.values.instant import Instant
from tests.gateways.nchf import official
from tests.gateways.nchf.consumer import PATH, request
from tests.gateways.nchf.rating import Rating

AT = Instant(1_795_309_320_000)
SETTINGS = Settings(secret=bytes(64))
ROOT = "http://127.0.0.1:1"

NUMBERS = st.integers(-(1 << 70), 1 << 70)
TEXTS = st.text(max_size=40) | st.sampled_from(
    ["imsi-456061234567890", "msisdn-85512345678", "PEC", "IEC", "TERMINATING", "DELIVERY",
     "urn:service:sos", "TARIFF_TIME_CHANGE", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59"]
)  # fmt: skip
AMOUNTS = st.fixed_dictionaries(
    {},
    optional={
        "time": NUMBERS,
        "totalVolume": NUMBERS,
        "uplinkVolume": NUMBERS,
        "serviceSpecificUnits": NUMBERS,
    },
)
CONTAINERS = st.lists(
    st.builds(lambda amounts, n: amounts | {"localSequenceNumber": n}, AMOUNTS, NUMBERS),
    max_size=3,
)
USAGES = st.lists(
    st.fixed_dictionaries(
        {"ratingGroup": st.integers(0, 3) | NUMBERS},
        optional={"requestedUnit": AMOUNTS, "usedUnitContainer": CONTAINERS, "uPFID": TEXTS},
    ),
    max_size=4,
)
MEMBERS = st.fixed_dictionaries(
    {},
    optional={
        "subscriberIdentifier": TEXTS,
        "invocationTimeStamp": TEXTS | st.datetimes().map(lambda at: f"{at.isoformat()}Z"),
        "invocationSequenceNumber": NUMBERS,
        "chargingId": NUMBERS,
        "retransmissionIndicator": st.booleans(),
        "oneTimeEvent": st.booleans(),
        "oneTimeEventType": TEXTS,
        "notifyUri": TEXTS,
        "serviceSpecificationInfo": TEXTS,
        "multipleUnitUsage": USAGES,
        "pDUSessionChargingInformation": st.none() | st.just({}),
        "sMSChargingInformation": st.fixed_dictionaries(
            {}, optional={"sMMessageType": TEXTS, "numberofMessagesSent": NUMBERS}
        ),
        "iMSChargingInformation": st.fixed_dictionaries(
            {}, optional={"roleOfNode": TEXTS, "calledPartyAddress": TEXTS}
        ),
    },
)


def replies(members: dict[str, Any]) -> list[tuple[str, Reply]]:
    """A create with these members, and an update and a release of what an honest one opened."""

    async def asked() -> list[tuple[str, Reply]]:
        gateway = Gateway(SETTINGS, Rating(funds_micros=1 << 60), Tally())
        honest = await gateway.answer(Route("create"), json.dumps(request()).encode(), AT, ROOT)
        token = dict(honest.headers)["location"].rsplit("/", 1)[1]
        body = json.dumps(request() | members).encode()
        return [
            (path, await gateway.answer(where, body, AT, ROOT))
            for path, where in (
                (PATH, Route("create")),
                (f"{PATH}/{token}/update", Route("update", token)),
                (f"{PATH}/{token}/release", Route("release", token)),
            )
        ]

    return asyncio.run(asked())


@given(MEMBERS)
@example({"chargingId": 1 << 70})
@example({"invocationTimeStamp": "0001-01-01T00:00:00Z", "oneTimeEvent": True})
def test_every_request_is_answered_in_the_words_of_the_official_file(
    members: dict[str, Any],
) -> None:
    for path, reply in replies(members):
        assert reply.status < 500, reply.result
        content_type = dict(reply.headers).get("content-type", "")
        official.check(path, reply.status, content_type, reply.body)


@given(MEMBERS)
def test_no_text_of_a_peer_reaches_the_store_unfiltered(members: dict[str, Any]) -> None:
    made = read(json.dumps(request() | members).encode())
    if not isinstance(made, ChargingDataRequest):
        return
    found = opening(made, "nchf-1", Stamp(AT * 1000), AT, "117")
    if isinstance(found, Opening):
        ask = found.ask
        for text in (ask.msisdn, ask.imsi, ask.other_party, ask.visited_plmn, ask.peer):
            assert text.isascii()
            assert "\x00" not in text
