"""The tables of the translation: complete over every refusal, and readable case by case."""

import json
from typing import Any

import pytest

from tenure.gateways.nchf.translate import answers, asks, parties, services
from tenure.gateways.nchf.translate.answers import FINAL_ACTION, PROBLEM, RESULT_CODE, TITLES, Local
from tenure.gateways.nchf.translate.asks import Opening, Stamp, opening
from tenure.gateways.nchf.translate.units import MEASURE, groups_of
from tenure.gateways.nchf.wire.messages import ChargingDataRequest, PlmnId, encoded
from tenure.gateways.nchf.wire.reading import read
from tenure.promises.charging.model import (
    Answer,
    FinalUnit,
    Granted,
    GroupAsk,
    Refusal,
    Request,
    Used,
)
from tenure.promises.tariffs.model import UNIT_OF, Direction, Service
from tenure.values.instant import Instant
from tenure.values.quantity import Unit
from tests.gateways.nchf import official
from tests.gateways.nchf.consumer import request
from tests.gateways.nchf.rating import IMSI, MSISDN

AT = Instant(1_795_309_320_500)


def message(**more: Any) -> ChargingDataRequest:
    found = read(json.dumps(request(**more)).encode())
    assert isinstance(found, ChargingDataRequest)
    return found


def bare(node: str, **more: Any) -> ChargingDataRequest:
    return message(
        pDUSessionChargingInformation=None,
        nfConsumerIdentification={"nodeFunctionality": node},
        **more,
    )


def test_every_refusal_has_a_problem_and_a_result_code() -> None:
    assert set(PROBLEM) == set(RESULT_CODE) == set(Refusal)
    assert {row.status for row in PROBLEM.values()} <= set(TITLES)


def test_every_final_unit_action_and_every_unit_is_in_the_standard() -> None:
    assert set(FINAL_ACTION) == set(FinalUnit)
    assert set(MEASURE) == set(Unit)


def test_result_codes_and_actions_are_those_of_the_official_file() -> None:
    official.needed()
    schemas = official.document(official.FILE)["components"]["schemas"]

    def named(schema: str) -> set[str]:
        return set(schemas[schema]["anyOf"][0]["enum"])

    assert {"SUCCESS", *RESULT_CODE.values()} <= named("ResultCode")
    assert set(FINAL_ACTION.values()) <= named("FinalUnitAction")
    assert set(answers.NOTIFICATION.values()) == named("NotificationType")
    assert set(asks.ONE_TIME) - {""} == named("oneTimeEventType")
    assert named("NodeFunctionality") == set(services.BY_FUNCTION)


@pytest.mark.parametrize(
    ("asked", "service", "direction", "other"),
    [
        (message(), Service.DATA, Direction.OUT, ""),
        (bare("SMF"), Service.DATA, Direction.OUT, ""),
        (bare("SMSF"), Service.SMS, Direction.OUT, ""),
        (bare("IMS_Node"), Service.VOICE, Direction.OUT, ""),
        (bare("CEF", serviceSpecificationInfo="TS 32.270 Rel-17"), Service.MMS, Direction.OUT, ""),
        (bare("CEF", serviceSpecificationInfo="32.255@3gpp.org"), Service.DATA, Direction.OUT, ""),
        (bare("SMF", serviceSpecificationInfo="TS 99.999"), Service.DATA, Direction.OUT, ""),
        (
            bare("SMSF", sMSChargingInformation={"recipientInfo": [
                {"recipientOtherAddress": {
                    "sMaddressType": "NUMERIC_SHORTCODE", "sMaddressData": "8888"}}]}),
            Service.SMS, Direction.OUT, "8888",
        ),
        (
            bare("SMSF", sMSChargingInformation={
                "sMMessageType": "DELIVERY",
                "originatorInfo": {"originatorGPSI": "msisdn-85511222333"}}),
            Service.SMS, Direction.IN, "85511222333",
        ),
        (
            bare("IMS_Node", iMSChargingInformation={
                "roleOfNode": "ORIGINATING", "calledPartyAddress": "tel:+66-2-123-4567"}),
            Service.VOICE, Direction.OUT, "6621234567",
        ),
        (
            bare("IMS_Node", iMSChargingInformation={
                "roleOfNode": "FORWARDING", "calledPartyAddress": "sip:012345678@ims.example"}),
            Service.VOICE, Direction.OUT, "012345678",
        ),
        (
            bare("IMS_Node", iMSChargingInformation={
                "roleOfNode": "ORIGINATING", "eventType": {"sIPMethod": "MESSAGE"},
                "calledPartyAddress": "tel:8888"}),
            Service.SMS, Direction.OUT, "8888",
        ),
        (
            bare("IMS_Node", iMSChargingInformation={
                "roleOfNode": "ORIGINATING", "calledPartyAddress": "urn:service:sos.police"}),
            Service.VOICE, Direction.OUT, "117",
        ),
    ],
)  # fmt: skip
def test_what_a_request_is_about(
    asked: ChargingDataRequest, service: Service, direction: Direction, other: str
) -> None:
    about = services.subject(asked, "117")
    assert about is not None
    assert (about.service, about.direction, about.other_party) == (service, direction, other)
    assert not other or other not in repr(about)


@pytest.mark.parametrize(
    "asked",
    [
        bare("AMF"),
        bare("NEF"),
        bare("AMF", registrationChargingInformation={"registrationMessagetype": "INITIAL"}),
        bare("SMF", nSMChargingInformation={"managementOperation": "CREATE"}),
        bare("CEF", serviceSpecificationInfo="TS 32.254"),
        bare("A_FUNCTION_OF_TOMORROW"),
    ],
)
def test_what_no_tariff_prices(asked: ChargingDataRequest) -> None:
    assert services.subject(asked, "117") is None


@pytest.mark.parametrize(
    ("supi", "imsi", "msisdn"),
    [
        (f"imsi-{IMSI}", IMSI, ""),
        (IMSI, IMSI, ""),
        (f"nai-6{IMSI}@wlan.mnc006.mcc456.3gppnetwork.org", IMSI, ""),
        (f"msisdn-{MSISDN}", "", MSISDN),
        ("imsi-12", "", ""),
        ("imsi-４５６０６１２３４", "", ""),
        ("gci-0001", "", ""),
        ("nai-user@example.org", "", ""),
        ("", "", ""),
    ],
)
def test_a_supi(supi: str, imsi: str, msisdn: str) -> None:
    found = parties.by_supi(supi)
    assert (found.imsi, found.msisdn) == (imsi, msisdn)
    assert not supi or supi not in repr(found)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("tel:+85512345678", "85512345678"),
        ("sip:+85512345678;npdi@ims.example;user=phone", "85512345678"),
        ("sips:017@x", "017"),
        ("*100#", "*100#"),
        ("sip:alice@example.org", ""),
        ("tel:" + "1" * 33, ""),
        ("1\x002", ""),
        ("", ""),
    ],
)
def test_a_number_as_dialled(text: str, digits: str) -> None:
    assert parties.dialled(text, "112") == digits


@pytest.mark.parametrize(
    ("mcc", "mnc", "digits"),
    [("456", "06", "45606"), ("310", "410", "310410"), ("45", "6", ""), ("abc", "01", "")],
)
def test_a_network(mcc: str, mnc: str, digits: str) -> None:
    assert parties.network(PlmnId(mcc=mcc, mnc=mnc)) == digits


@pytest.mark.parametrize(
    "session",
    [
        {"pduSessionInformation": {"servingCNPlmnId": {"mcc": "520", "mnc": "01"}}},
        {"pduSessionInformation": {"servingNetworkFunctionID": {
            "servingNetworkFunctionInformation": {
                "nodeFunctionality": "AMF", "nFPLMNID": {"mcc": "520", "mnc": "01"}}}}},
        {"userLocationinfo": {"nrLocation": {"tai": {"plmnId": {"mcc": "520", "mnc": "01"}}}}},
        {"userLocationinfo": {"eutraLocation": {"tai": {"plmnId": {"mcc": "520", "mnc": "01"}}}}},
    ],
)  # fmt: skip
def test_the_visited_network_of_a_data_session(session: dict[str, Any]) -> None:
    about = services.subject(message(pDUSessionChargingInformation=session), "117")
    assert about is not None
    assert about.visited_plmn == "52001"


CONTAINER = {"localSequenceNumber": 1}


@pytest.mark.parametrize(
    ("service", "usages", "expected"),
    [
        (
            Service.DATA,
            [{"ratingGroup": 1, "requestedUnit": {"uplinkVolume": 1, "downlinkVolume": 2}}],
            GroupAsk(1, 0, 3, None, Unit.OCTETS),
        ),
        (
            Service.DATA,
            [{"ratingGroup": 1, "requestedUnit": {"totalVolume": 9, "uplinkVolume": 1}}],
            GroupAsk(1, 0, 9, None, Unit.OCTETS),
        ),
        (
            Service.DATA,
            [{"ratingGroup": 1, "requestedUnit": {}}],
            GroupAsk(1, 0, 0, None, Unit.OCTETS),
        ),
        (Service.DATA, [{"ratingGroup": 1}], GroupAsk(1, 0, None, None, Unit.OCTETS)),
        (
            Service.DATA,
            [{"ratingGroup": 1, "requestedUnit": {"time": 60}}],
            GroupAsk(1, 0, 60, None, Unit.SECONDS),
        ),
        (
            Service.VOICE,
            [{"ratingGroup": 1, "requestedUnit": {"time": 60}}],
            GroupAsk(1, 0, 60, None, Unit.SECONDS),
        ),
        (
            Service.SMS,
            [{"ratingGroup": 1, "requestedUnit": {"serviceSpecificUnits": 2}}],
            GroupAsk(1, 0, 2, None, Unit.MESSAGES),
        ),
        (
            Service.DATA,
            [{"ratingGroup": 1, "usedUnitContainer": [
                {"localSequenceNumber": 1, "time": 7, "totalVolume": 10},
                {"localSequenceNumber": 2, "totalVolume": 5,
                 "quotaManagementIndicator": "OFFLINE_CHARGING"}]}],
            GroupAsk(1, 0, None, Used(15), Unit.OCTETS),
        ),
        (
            Service.DATA,
            [{"ratingGroup": 1, "usedUnitContainer": [
                {"localSequenceNumber": 3, "totalVolume": 4},
                {"localSequenceNumber": 2, "totalVolume": 2,
                 "triggers": [{"triggerType": "TARIFF_TIME_CHANGE",
                               "triggerCategory": "DEFERRED_REPORT"}]},
                {"localSequenceNumber": 1, "totalVolume": 1}]}],
            GroupAsk(1, 0, None, Used(7, before_change=3), Unit.OCTETS),
        ),
        (
            Service.DATA,
            [{"ratingGroup": 1, "uPFID": "a", "usedUnitContainer": [
                {"localSequenceNumber": 1, "totalVolume": 10}]},
             {"ratingGroup": 1, "uPFID": "b", "requestedUnit": {"totalVolume": 5},
              "usedUnitContainer": [{"localSequenceNumber": 2, "totalVolume": 20}]}],
            GroupAsk(1, 0, 5, Used(30), Unit.OCTETS),
        ),
    ],
)  # fmt: skip
def test_units(service: Service, usages: list[dict[str, Any]], expected: GroupAsk) -> None:
    assert groups_of(message(multipleUnitUsage=usages), service) == (expected,)


@pytest.mark.parametrize(
    ("event", "groups", "used_at"),
    [
        ("IEC", (GroupAsk(0, 0, 1, None, Unit.MESSAGES),), None),
        ("PEC", (GroupAsk(0, 0, None, Used(1), Unit.MESSAGES),), AT - 500),
    ],
)
def test_an_event_without_units_is_one_message(
    event: str, groups: tuple[GroupAsk, ...], used_at: int | None
) -> None:
    asked = bare("SMSF", oneTimeEvent=True, oneTimeEventType=event, multipleUnitUsage=None)
    made = opening(asked, "nchf-1", Stamp((AT - 500) * 1000), AT, "117")
    assert isinstance(made, Opening)
    assert (made.ask.request, made.ask.groups, made.ask.used_at) == (
        Request.DEBIT,
        groups,
        used_at,
    )
    assert made.reference.once


def test_a_past_event_of_the_future_is_now() -> None:
    asked = bare("SMSF", oneTimeEvent=True, oneTimeEventType="PEC", multipleUnitUsage=None)
    made = opening(asked, "nchf-1", Stamp((AT + 99_000) * 1000), AT, "117")
    assert isinstance(made, Opening)
    assert made.ask.used_at == AT


@pytest.mark.parametrize(
    ("uri", "kept"),
    [
        ("http://10.0.0.1:8000/nsmf-callback/notify_1", True),
        ("https://smf.example/x?y=1", True),
        ("ftp://10.0.0.1/", False),
        ("file:///etc/passwd", False),
        ("http://a/\r\nx: y", False),
        ("http://a/" + "b" * 600, False),
        ("", False),
    ],
)
def test_a_notify_uri(uri: str, kept: bool) -> None:  # noqa: FBT001
    assert asks.notify_uri(message(notifyUri=uri)) == (uri if kept else "")


@pytest.mark.parametrize(
    ("stamp", "micros"),
    [
        ("2026-11-22T01:02:00Z", 1_795_309_320_000_000),
        ("2026-11-22T08:02:00.123456789+07:00", 1_795_309_320_123_456),
        ("2026-11-22T01:02:00.5Z", 1_795_309_320_500_000),
    ],
)
def test_a_stamp_of_a_go_program(stamp: str, micros: int) -> None:
    assert asks.stamp_of(message(invocationTimeStamp=stamp)) == Stamp(micros)


@pytest.mark.parametrize("service", list(Service))
@pytest.mark.parametrize("final", [None, *FinalUnit])
@pytest.mark.parametrize("refusal", [None, *Refusal])
def test_every_answer_is_one_of_the_official_file(
    service: Service, final: FinalUnit | None, refusal: Refusal | None
) -> None:
    official.needed()
    granted = Granted(
        rating_group=7, service_id=0, refusal=refusal, units=None if refusal else 500,
        validity_seconds=60, threshold_units=100, final=final, tariff_change_at=AT,
    )  # fmt: skip
    local = Local(redirect_url="http://topup.example/", quota_holding_seconds=30)
    response = answers.response(message(), Answer(None, groups=(granted,)), service, AT, local)
    value = json.loads(encoded(response))
    official.validate(value, official.FILE, "/components/schemas/ChargingDataResponse")
    group = value["multipleUnitInformation"][0]
    if refusal is None:
        assert group["grantedUnit"][MEASURE[UNIT_OF[service]]] == 500
        assert group["quotaHoldingTime"] == 30
    else:
        assert group["resultCode"] == RESULT_CODE[refusal]


@pytest.mark.parametrize("abort", [True, False])
def test_every_notification_is_one_of_the_official_file(abort: bool) -> None:  # noqa: FBT001
    official.needed()
    value = json.loads(encoded(answers.notification(abort=abort)))
    official.validate(value, official.FILE, "/components/schemas/ChargingNotifyRequest")


SMS_TO = {"recipientSUPI": f"imsi-{IMSI}", "recipientGPSI": f"msisdn-{MSISDN}"}


@pytest.mark.parametrize(
    ("parts", "direction", "imsi", "msisdn"),
    [
        (
            {"sMSChargingInformation": {"originatorInfo": {"originatorSUPI": f"imsi-{IMSI}"}}},
            Direction.OUT, IMSI, "",
        ),
        (
            {"sMSChargingInformation": {"originatorInfo": {"originatorGPSI": f"msisdn-{MSISDN}"}}},
            Direction.OUT, "", MSISDN,
        ),
        ({"sMSChargingInformation": {"recipientInfo": [SMS_TO]}}, Direction.IN, IMSI, ""),
        ({"sMSChargingInformation": {"recipientInfo": [SMS_TO]}}, Direction.OUT, "", ""),
        ({"sMSChargingInformation": {"originatorInfo": {}}}, Direction.OUT, "", ""),
        ({"sMSChargingInformation": {}}, Direction.IN, "", ""),
        (
            {"pDUSessionChargingInformation": {"userInformation": {"servedGPSI": "extid-a@b"}},
             "iMSChargingInformation": {"userInformation": {"servedGPSI": f"msisdn-{MSISDN}"}}},
            Direction.OUT, "", MSISDN,
        ),
    ],
)  # fmt: skip
def test_who_is_charged_when_no_supi_says_so(
    parts: dict[str, Any], direction: Direction, imsi: str, msisdn: str
) -> None:
    asked = message(
        **({"subscriberIdentifier": None, "pDUSessionChargingInformation": None} | parts)
    )
    found = services.subscriber(asked, direction)
    assert (found.imsi, found.msisdn) == (imsi, msisdn)


@pytest.mark.parametrize(
    "parts",
    [
        {"sMSChargingInformation": {}},
        {"sMSChargingInformation": {"recipientInfo": [{}]}},
        {"sMSChargingInformation": {"recipientInfo": [
            {"recipientReceivedAddress": {"sMaddressData": "someone@example.org"}}]}},
        {"sMSChargingInformation": {"sMMessageType": "DELIVERY"}},
        {"iMSChargingInformation": {"requestedPartyAddress": ["sip:alice@example.org"]}},
        {"mMTelChargingInformation": {}},
    ],
)  # fmt: skip
def test_an_other_party_that_is_no_number_is_none(parts: dict[str, Any]) -> None:
    about = services.subject(bare("IMS_Node", **parts), "117")
    assert about is not None
    assert about.other_party == ""


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"nrLocation": {}},
        {"nrLocation": {"tai": {}}},
        {"nrLocation": {"tai": {"plmnId": {"mcc": "x", "mnc": "y"}}}},
    ],
)
def test_a_place_without_a_network_is_home(place: dict[str, Any]) -> None:
    sessions: list[dict[str, Any]] = [
        {"userLocationinfo": place},
        {"pduSessionInformation": {"servingNetworkFunctionID": {}}},
        {"pduSessionInformation": {"servingNetworkFunctionID": {
            "servingNetworkFunctionInformation": {"nodeFunctionality": "AMF"}}}},
    ]  # fmt: skip
    for session in sessions:
        about = services.subject(message(pDUSessionChargingInformation=session), "117")
        assert about is not None
        assert about.visited_plmn == ""


@pytest.mark.parametrize(
    ("name", "digits"),
    [
        ("ims.mnc006.mcc456.3gppnetwork.org", "45606"),
        ("ims.mnc410.mcc310.3gppnetwork.org", "310410"),
        ("somewhere else", "52001"),
    ],
)
def test_the_visited_network_of_a_call(name: str, digits: str) -> None:
    ims = {
        "imsVisitedNetworkIdentifier": name,
        "userLocationInfo": {"nrLocation": {"tai": {"plmnId": {"mcc": "520", "mnc": "01"}}}},
    }
    about = services.subject(bare("IMS_Node", iMSChargingInformation=ims), "117")
    assert about is not None
    assert about.visited_plmn == digits


def test_a_redirect_to_nowhere_ends_the_session() -> None:
    granted = Granted(1, 0, None, 5, final=FinalUnit.REDIRECT)
    made = answers.response(message(), Answer(None, groups=(granted,)), Service.DATA, AT, Local())
    final = made.multiple_unit_information[0].final_unit_indication
    assert final is not None
    assert (final.final_unit_action, final.redirect_server) == ("TERMINATE", None)
