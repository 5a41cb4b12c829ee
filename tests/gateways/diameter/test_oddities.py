"""What few elements do and every gateway must survive: the rare corners of requests and answers."""

import pytest

from tenure.gateways.diameter.session import misrouted
from tenure.gateways.diameter.translate import request, response
from tenure.gateways.diameter.translate.parties import subscriber
from tenure.gateways.diameter.translate.request import ask_of, service_of
from tenure.gateways.diameter.translate.response import Speaker
from tenure.gateways.diameter.wire.avp import avp, group, packed
from tenure.gateways.diameter.wire.credit import Ccr, asked_of, ccr_of
from tenure.gateways.diameter.wire.message import CREDIT_CONTROL, Command
from tenure.gateways.diameter.wire.message import request as request_of
from tenure.gateways.diameter.wire.quick import quick_ccr
from tenure.gateways.diameter.wire.result import Fault, Result
from tenure.promises.charging.model import Answer, Ask, Granted, GroupAsk, Refusal, Used
from tenure.promises.tariffs.model import Service
from tenure.values.instant import Instant
from tenure.values.quantity import Unit
from tests.gateways.diameter.given import (
    CONTENT,
    EVENT,
    IDS,
    NODE,
    SPEAKER,
    TERMS,
    UPDATE,
    VOICE,
    ccr,
    ccr_bytes,
    money,
    mscc,
    read,
    rsu,
    tree,
    usu,
)

GROUPS = "Multiple-Services-Credit-Control"


def fault_of(raw: bytes) -> Fault:
    found = ccr_of(raw, read(raw))
    assert isinstance(found, Fault), found
    return found


MISSING = [
    "Session-Id",
    "Origin-Host",
    "Origin-Realm",
    "Destination-Realm",
    "Service-Context-Id",
    "CC-Request-Type",
    "CC-Request-Number",
]


@pytest.mark.parametrize("name", MISSING)
def test_what_must_be_there(name: str) -> None:
    raw = ccr_bytes(**{name.replace("-", "_"): None})
    fault = fault_of(raw)
    assert fault.result is Result.MISSING_AVP
    assert fault.failed[:4] == avp(name, b"")[:4]
    assert quick_ccr(raw) is None


def test_the_application_may_be_missing() -> None:
    raw = ccr_bytes(Auth_Application_Id=None)
    found = quick_ccr(raw)
    assert found is not None
    assert found.application == CREDIT_CONTROL
    assert found == ccr_of(raw, read(raw))


def test_what_may_come_once_only() -> None:
    twice = ccr_bytes(avp("CC-Request-Number", 9))
    assert fault_of(twice).result is Result.AVP_OCCURS_TOO_MANY_TIMES
    assert isinstance(ccr_of(ccr_bytes(), read(ccr_bytes(avp("CC-Request-Number", 0)))), Ccr)


def test_what_has_a_wrong_value() -> None:
    assert fault_of(ccr_bytes(CC_Request_Type=9)).result is Result.INVALID_AVP_VALUE
    assert fault_of(ccr_bytes(Session_Id=b"\xff\xfe\xfd")).result is Result.INVALID_AVP_VALUE


def test_units_of_vendors_are_not_ours() -> None:
    theirs = packed(421, 99_999, 0, bytes(8))
    inside = group("Requested-Service-Unit", theirs, avp("CC-Total-Octets", 5))
    raw = ccr_bytes(mscc(inside, packed(432, 99_999, 0, b"abcd")))
    found = ccr_of(raw, read(raw))
    assert isinstance(found, Ccr)
    assert found.groups[0].requested == {421: 5}
    assert found.groups[0].rating_group is None


def test_a_subscription_with_more_in_it() -> None:
    more = group(
        "Subscription-Id",
        packed(450, 99_999, 0, b"abcd"),
        avp("Subscription-Id-Data", "85512345678"),
        avp("Subscription-Id-Type", 0),
    )
    raw = ccr_bytes(who=more)
    assert quick_ccr(raw) is None, "an unusual layout is read thoroughly"
    found = ccr_of(raw, read(raw))
    assert isinstance(found, Ccr)
    assert found.subscriptions == ((0, b"85512345678"),)


def test_a_network_access_identifier_with_a_short_number() -> None:
    assert subscriber(((3, b"85512345678@example.net"),)) == ("85512345678", "")


def test_reports_of_time_and_volume_apart_are_not_added() -> None:
    found = ccr(
        mscc(usu(CC_Time=9), usu(CC_Total_Octets=5), usu(CC_Total_Octets=6, Tariff_Change_Usage=0)),
        CC_Request_Type=UPDATE,
    )
    ask = ask_of(found, TERMS, "", Instant(0))
    assert isinstance(ask, Ask)
    assert ask.groups == (GroupAsk(0, 0, None, Used(11, 6), Unit.OCTETS),)


def test_reports_in_another_unit_are_passed_on_to_be_refused() -> None:
    found = ccr(mscc(usu(CC_Time=9), usu(CC_Time=1)), CC_Request_Type=UPDATE)
    ask = ask_of(found, TERMS, "", Instant(0))
    assert isinstance(ask, Ask)
    assert ask.groups == (GroupAsk(0, 0, None, Used(10), Unit.SECONDS),)


def test_a_report_in_another_currency_is_refused() -> None:
    used = group("Used-Service-Unit", money(1, 0, 116))
    found = ccr(mscc(used), Service_Context_Id=CONTENT, CC_Request_Type=UPDATE)
    fault = ask_of(found, TERMS, "", Instant(0))
    assert isinstance(fault, Fault)
    assert fault.result is Result.INVALID_AVP_VALUE


def test_a_call_with_several_groups_goes_on_if_one_is_granted() -> None:
    found = ccr(
        mscc(rsu(), rating_group=1),
        mscc(rsu(), rating_group=2),
        Service_Context_Id=VOICE,
        CC_Request_Type=UPDATE,
    )
    groups = (Granted(1, 0, Refusal.RATING_FAILED, None), Granted(2, 0, None, 60))
    raw = Speaker(SPEAKER).answer(
        asked_of(found), Service.VOICE, Answer(None, "", groups), tgpp=True
    )
    assert tree(read(raw).avps)["Result-Code"] == 2001


def test_a_balance_is_not_told_in_avps_a_peer_does_not_know() -> None:
    found = ccr(avp("Requested-Action", 2), CC_Request_Type=EVENT)
    raw = Speaker(SPEAKER).answer(
        asked_of(found), Service.DATA, Answer(None, balance_micros=5), tgpp=False
    )
    told = tree(read(raw).avps)
    assert told["Check-Balance-Result"] == 0
    assert "Remaining-Balance" not in told


def test_what_is_remembered_of_peers_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer that makes up rating groups and contexts cannot fill our memory; it is answered."""
    monkeypatch.setattr(response, "REMEMBERED_MAX", 1)
    monkeypatch.setattr(request, "CONTEXTS_REMEMBERED_MAX", 0)
    speaker = Speaker(SPEAKER)
    for number in (1, 2, 3):
        found = ccr(mscc(rsu(), rating_group=number))
        answer = Answer(None, "", (Granted(number, 0, None, 5, number),))
        told = tree(read(speaker.answer(asked_of(found), Service.DATA, answer, tgpp=True)).avps)
        assert told[GROUPS]["Rating-Group"] == number
        assert told[GROUPS]["Validity-Time"] == number
        assert service_of(b"%d.32251@3gpp.org" % number) is Service.DATA
    assert len(speaker._ratings) == 1
    assert len(speaker._validities) == 1


def test_a_request_without_a_destination_is_for_us() -> None:
    raw = request_of(Command.CREDIT_CONTROL, CREDIT_CONTROL, IDS, b"")
    assert misrouted(read(raw), NODE) is None


def test_what_waits_for_its_answer_names_nobody_in_a_log() -> None:
    found = ccr(avp("Requested-Action", 2), CC_Request_Type=EVENT)
    assert repr(asked_of(found)) == "Asked(kind=4, number=0, groups=0)"
