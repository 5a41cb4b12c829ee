"""What charging answers, as peers read it, in tables that leave no refusal out."""

# ruff: noqa: E501 - a table is read across

from typing import Any

import pytest
from diameter.message import Message as TheirMessage

from tenure.gateways.diameter.translate.currencies import NUMBER_OF
from tenure.gateways.diameter.translate.request import ask_of
from tenure.gateways.diameter.translate.response import Speaker
from tenure.gateways.diameter.translate.results import FAILED_AVP, RESULT_OF
from tenure.gateways.diameter.wire.avp import avp, group
from tenure.gateways.diameter.wire.credit import Ccr, asked_of
from tenure.gateways.diameter.wire.message import ERROR, PROXIABLE
from tenure.gateways.diameter.wire.result import PROTOCOL_ERRORS, Result
from tenure.promises.charging.model import Answer, Ask, FinalUnit, Granted, Refusal
from tenure.promises.tariffs.model import Service
from tenure.values.instant import Instant, parse_instant
from tests.gateways.diameter.given import (
    CONTENT,
    EVENT,
    SESSION,
    SPEAKER,
    TERMS,
    UPDATE,
    VOICE,
    ccr,
    money,
    mscc,
    read,
    rsu,
    tree,
    usu,
)

GROUPS = "Multiple-Services-Credit-Control"
EUR = 978


def said(
    found: Ccr, answer: Answer, service: Service = Service.DATA, *, tgpp: bool = True
) -> dict[str, Any]:
    """The answer as a tree; what every answer must have is checked here."""
    raw = Speaker(SPEAKER).answer(asked_of(found), service, answer, tgpp=tgpp)
    message = read(raw)
    asked = read(found.raw).header
    assert message.header.size == len(raw)
    assert (message.header.hop_by_hop, message.header.end_to_end) == (
        asked.hop_by_hop,
        asked.end_to_end,
    )
    assert message.header.flags & PROXIABLE == asked.flags & PROXIABLE
    told = tree(message.avps)
    assert bool(message.header.flags & ERROR) == (told["Result-Code"] in PROTOCOL_ERRORS)
    assert told["Session-Id"] == found.session_id
    assert told["Origin-Host"] == "ocs.example.net"
    assert told["Auth-Application-Id"] == 4
    assert (told["CC-Request-Type"], told["CC-Request-Number"]) == (found.kind, found.number)
    TheirMessage.from_bytes(raw)
    return told


def granted(units: int | None = 1_000, group_id: int = 1, service: int = 0, **more: Any) -> Granted:
    return Granted(group_id, service, None, units, **more)


def test_every_refusal_has_a_result() -> None:
    assert set(RESULT_OF) == set(Refusal)
    assert set(FAILED_AVP) <= set(Refusal)


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refused_request(refusal: Refusal) -> None:
    told = said(ccr(mscc(rsu(), rating_group=1)), Answer(refusal, "because"))
    assert told["Result-Code"] == RESULT_OF[refusal]
    assert told["Error-Message"] == "because"
    assert ("Failed-AVP" in told) == (refusal in FAILED_AVP)


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refused_rating_group_among_others(refusal: Refusal) -> None:
    found = ccr(mscc(rsu(), rating_group=1), mscc(rsu(), rating_group=2, service=7))
    answer = Answer(None, "", (granted(), Granted(2, 7, refusal, None)))
    told = said(found, answer)
    assert told["Result-Code"] == 2001
    assert told[GROUPS][0]["Result-Code"] == 2001
    assert told[GROUPS][1] == {
        "Service-Identifier": 7,
        "Rating-Group": 2,
        "Result-Code": RESULT_OF[refusal],
    }


def test_a_refused_call_is_refused_as_a_whole() -> None:
    found = ccr(mscc(rsu(), rating_group=1), Service_Context_Id=VOICE, CC_Request_Type=UPDATE)
    answer = Answer(None, "", (Granted(1, 0, Refusal.CREDIT_EXHAUSTED, None),))
    assert said(found, answer, Service.VOICE)["Result-Code"] == 4012
    assert said(found, answer, Service.DATA)["Result-Code"] == 2001


FAILED = [
    # refusal                    request                                             shows
    (Refusal.NOTHING_ASKED,      b"",                                                rsu()),
    (Refusal.INVALID_UNITS,      usu(CC_Time=7),                                     usu(CC_Time=7)),
    (Refusal.INVALID_UNITS,      mscc(rsu(CC_Time=7), rating_group=1),               rsu(CC_Time=7)),
    (Refusal.TOO_MANY_GROUPS,    mscc(rsu(), rating_group=1),
                                 mscc(rsu(), rating_group=1)),
]  # fmt: skip


@pytest.mark.parametrize(("refusal", "request_avps", "shows"), FAILED)
def test_what_was_wrong_is_shown(refusal: Refusal, request_avps: bytes, shows: bytes) -> None:
    assert said(ccr(request_avps), Answer(refusal))["Failed-AVP"] == shows


QUOTA = {"Granted-Service-Unit": {"CC-Total-Octets": 1_000}, "Rating-Group": 1, "Result-Code": 2001}
GRANTS = [
    # granted                                          is told besides
    (granted(),                                        {}),
    (granted(validity_seconds=60),                     {"Validity-Time": 60}),
    (granted(threshold_units=200),                     {"Volume-Quota-Threshold": 200}),
    (granted(final=FinalUnit.TERMINATE),
     {"Final-Unit-Indication": {"Final-Unit-Action": 0}}),
    (granted(final=FinalUnit.REDIRECT),
     {"Final-Unit-Indication": {
         "Final-Unit-Action": 1,
         "Redirect-Server": {
             "Redirect-Address-Type": 2,
             "Redirect-Server-Address": "http://topup.example.net/"}}}),
    (granted(final=FinalUnit.RESTRICT),
     {"Final-Unit-Indication": {"Final-Unit-Action": 2}}),
    (granted(tariff_change_at=parse_instant("2026-11-22T00:00:00Z")),
     {"Granted-Service-Unit": {"Tariff-Time-Change": 4_004_294_400, "CC-Total-Octets": 1_000}}),
]  # fmt: skip


@pytest.mark.parametrize(("grant", "more"), GRANTS)
def test_grants_of_octets(grant: Granted, more: dict[str, Any]) -> None:
    told = said(ccr(mscc(rsu(), rating_group=1)), Answer(None, "", (grant,)))
    assert told[GROUPS] == QUOTA | more


UNITS = [
    (Service.VOICE, {"CC-Time": 1_000}, "Time-Quota-Threshold"),
    (Service.SMS, {"CC-Service-Specific-Units": 1_000}, "Unit-Quota-Threshold"),
    (Service.MMS, {"CC-Service-Specific-Units": 1_000}, "Unit-Quota-Threshold"),
    (Service.DATA, {"CC-Total-Octets": 1_000}, "Volume-Quota-Threshold"),
    (
        Service.CONTENT,
        {
            "CC-Money": {
                "Unit-Value": {"Value-Digits": 1_000, "Exponent": -6},
                "Currency-Code": 840,
            }
        },
        None,
    ),
]


@pytest.mark.parametrize(("service", "units", "threshold"), UNITS)
def test_each_service_is_granted_in_its_unit(
    service: Service, units: dict[str, Any], threshold: str | None
) -> None:
    answer = Answer(None, "", (granted(threshold_units=9),))
    told = said(ccr(mscc(rsu(), rating_group=1)), answer, service)[GROUPS]
    assert told["Granted-Service-Unit"] == units
    assert {name for name in told if name.endswith("Threshold")} == {threshold} - {None}


def test_a_peer_that_does_not_know_3gpp_is_told_nothing_of_it() -> None:
    answer = Answer(None, "", (granted(threshold_units=9),))
    told = said(ccr(mscc(rsu(), rating_group=1)), answer, tgpp=False)
    assert told[GROUPS] == QUOTA


def test_units_at_the_level_of_the_command_are_answered_there() -> None:
    found = ccr(rsu(CC_Time=60), Service_Context_Id=VOICE)
    told = said(found, Answer(None, "", (granted(60, 0, validity_seconds=9),)), Service.VOICE)
    assert told["Granted-Service-Unit"] == {"CC-Time": 60}
    assert told["Validity-Time"] == 9
    assert GROUPS not in told


def test_a_group_that_only_reported_is_confirmed() -> None:
    found = ccr(mscc(usu(CC_Total_Octets=5), rating_group=1), CC_Request_Type=UPDATE)
    expected = {"Rating-Group": 1, "Result-Code": 2001}
    assert said(found, Answer(None, "", (granted(None),)))[GROUPS] == expected
    assert said(found, Answer(None))[GROUPS] == expected


def test_a_group_that_came_twice_is_answered_once() -> None:
    found = ccr(
        mscc(usu(CC_Total_Octets=5), rating_group=1),
        mscc(rsu(), rating_group=1),
        CC_Request_Type=UPDATE,
    )
    assert said(found, Answer(None, "", (granted(),)))[GROUPS] == QUOTA


def test_rating_group_zero_is_told_when_it_was_asked_for() -> None:
    found = ccr(mscc(rsu(), rating_group=0))
    assert said(found, Answer(None, "", (granted(5, 0),)))[GROUPS]["Rating-Group"] == 0
    found = ccr(mscc(rsu()))
    assert "Rating-Group" not in said(found, Answer(None, "", (granted(5, 0),)))[GROUPS]


def test_only_the_first_answer_tells_what_to_do_when_we_fail() -> None:
    first = said(ccr(), Answer(None))
    assert (first["CC-Session-Failover"], first["Credit-Control-Failure-Handling"]) == (0, 0)
    assert "CC-Session-Failover" not in said(ccr(CC_Request_Type=UPDATE), Answer(None))


COST = {"Unit-Value": {"Value-Digits": 250_000, "Exponent": -6}, "Currency-Code": 840}
EVENTS = [
    # action  answer                                              is told                       never
    (0, Answer(None, cost_micros=250_000),                        {"Cost-Information": COST},   "Check-Balance-Result"),
    (1, Answer(None, cost_micros=250_000),                        {},                           "Cost-Information"),
    (2, Answer(None, balance_micros=250_000),
     {"Check-Balance-Result": 0, "Remaining-Balance": COST, "Result-Code": 2001},               "Cost-Information"),
    (2, Answer(Refusal.CREDIT_EXHAUSTED, balance_micros=250_000),
     {"Check-Balance-Result": 1, "Remaining-Balance": COST, "Result-Code": 2001},               "Error-Message"),
    (2, Answer(Refusal.UNKNOWN_SUBSCRIBER),                       {"Result-Code": 5030},        "Check-Balance-Result"),
    (3, Answer(None, cost_micros=250_000),                        {"Cost-Information": COST},   "Check-Balance-Result"),
    (0, Answer(Refusal.CREDIT_EXHAUSTED),                         {"Result-Code": 4012},        "Cost-Information"),
]  # fmt: skip


@pytest.mark.parametrize(("action", "answer", "told", "never"), EVENTS)
def test_events(action: int, answer: Answer, told: dict[str, Any], never: str) -> None:
    stated = avp("Requested-Action", action)
    found = ccr(stated, Service_Context_Id=CONTENT, CC_Request_Type=EVENT, CC_Request_Number=1)
    heard = said(found, answer, Service.CONTENT)
    assert told.items() <= heard.items()
    assert never not in heard


def test_a_debit_tells_how_to_undo_it() -> None:
    asked = mscc(group("Requested-Service-Unit", money(25, -2)), rating_group=5)
    debit = ccr(
        avp("Requested-Action", 0), asked, Service_Context_Id=CONTENT, CC_Request_Type=EVENT
    )
    token = said(debit, Answer(None, "", (granted(250_000, 5),)), Service.CONTENT)[GROUPS][
        "Refund-Information"
    ]
    refund = ccr(
        avp("Requested-Action", 1),
        mscc(avp("Refund-Information", token)),
        Session_Id="another",
        Service_Context_Id=CONTENT,
        CC_Request_Type=EVENT,
    )
    ask = ask_of(refund, TERMS, "", Instant(0))
    assert isinstance(ask, Ask)
    assert ask.refunds == SESSION


def test_proxy_info_comes_back_in_order() -> None:
    proxies = [
        group("Proxy-Info", avp("Proxy-Host", f"relay{number}.net"), avp("Proxy-State", b"x"))
        for number in range(3)
    ]
    raw = Speaker(SPEAKER).answer(asked_of(ccr(*proxies)), Service.DATA, Answer(None), tgpp=True)
    assert raw.endswith(b"".join(proxies))


def test_a_busy_node_is_a_protocol_error_without_groups() -> None:
    told = said(ccr(mscc(rsu(), rating_group=1)), Answer(Refusal.TOO_BUSY))
    assert told["Result-Code"] == Result.TOO_BUSY
    assert GROUPS not in told


def test_currencies_have_three_letters_and_three_digits() -> None:
    assert NUMBER_OF["USD"] == 840
    assert NUMBER_OF["EUR"] == EUR
    assert (NUMBER_OF["KHR"], NUMBER_OF["IDR"]) == (116, 360)
    assert len(set(NUMBER_OF.values())) == len(NUMBER_OF)
    assert all(name.isalpha() and 0 < number < 1_000 for name, number in NUMBER_OF.items())
