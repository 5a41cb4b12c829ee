"""What requests ask of charging: tables for each service, form of number, unit and peculiarity."""

# ruff: noqa: E501 - a table is read across

from typing import Any

import pytest

from tenure.gateways.diameter.translate.parties import number_of, subscriber
from tenure.gateways.diameter.translate.places import visited_plmn
from tenure.gateways.diameter.translate.request import (
    CONTEXTS,
    EVENT_REQUESTS,
    SESSION_REQUESTS,
    ask_of,
    instant_of,
    service_of,
)
from tenure.gateways.diameter.wire.avp import avp, group
from tenure.gateways.diameter.wire.credit import Ccr
from tenure.gateways.diameter.wire.result import Fault, Result
from tenure.promises.charging.model import UNITS_MAX, Ask, GroupAsk, Request, Used
from tenure.promises.tariffs.model import Direction, Service
from tenure.values.instant import Instant, parse_instant
from tenure.values.quantity import Unit
from tests.gateways.diameter.given import (
    ADA,
    CONTENT,
    DEBIT,
    EVENT,
    IMSI,
    MMS,
    PRICE,
    REFUND,
    SESSION,
    SMS,
    TERMINATE,
    TERMS,
    UPDATE,
    VOICE,
    ccr,
    information,
    money,
    mscc,
    rsu,
    subscription,
    usu,
)

AT = Instant(1_000)
NTP = 2_208_988_800


def asked(found: Ccr) -> Ask:
    ask = ask_of(found, TERMS, "peer|realm", AT)
    assert isinstance(ask, Ask), ask
    return ask


def refused(found: Ccr) -> Fault:
    fault = ask_of(found, TERMS, "peer|realm", AT)
    assert isinstance(fault, Fault), fault
    return fault


def test_every_kind_of_request_is_asked_of_charging() -> None:
    assert {*SESSION_REQUESTS.values(), *EVENT_REQUESTS.values()} == set(Request)


def test_every_service_has_a_context() -> None:
    assert set(CONTEXTS.values()) == set(Service)


SERVICES = [
    ("32251@3gpp.org", Service.DATA),
    ("ext.01.456.8.32260@3gpp.org", Service.VOICE),
    ("8.32274@3gpp.org", Service.SMS),
    ("32270@3gpp.org", Service.MMS),
    ("operator.content@tenure", Service.CONTENT),
]


@pytest.mark.parametrize(("context", "service"), SERVICES)
def test_the_end_of_a_service_context_counts(context: str, service: Service) -> None:
    assert service_of(context.encode()) is service


@pytest.mark.parametrize("context", ["", "32251", "132251@3gpp.org", "32251@3gpp.org.evil", "\xff"])
def test_other_service_contexts_are_refused(context: str) -> None:
    fault = service_of(context.encode("latin-1"))
    assert isinstance(fault, Fault)
    assert fault.result is Result.INVALID_AVP_VALUE


NUMBERS = [
    ("85512345678", "85512345678"),
    ("+85512345678", "85512345678"),
    ("sip:+85512345678@ims.example.net", "85512345678"),
    ("sip:+85512345678@host:5060;user=phone", "85512345678"),
    ("SIPS:85512345678@host", "85512345678"),
    ("tel:+855-12-345-678", "85512345678"),
    ("tel:1204;phone-context=+855", "1204"),
    ("tel:(012)345.678", "012345678"),
    ("sip:ada@host", ""),
    ("", ""),
    ("sip:", ""),
    ("\u0665\u0665", ""),
]


@pytest.mark.parametrize(("address", "number"), NUMBERS)
def test_numbers_in_addresses(address: str, number: str) -> None:
    assert number_of(address.encode()) == number


SUBSCRIBERS = [
    # Subscription-Ids                                       MSISDN         IMSI
    ([(0, ADA)],                                             ADA,           ""),
    ([(1, IMSI)],                                            "",            IMSI),
    ([(1, IMSI), (0, ADA)],                                  ADA,           ""),
    ([(2, f"sip:+{ADA}@host")],                              ADA,           ""),
    ([(2, "sip:ada@host"), (1, IMSI)],                       "",            IMSI),
    ([(2, "sip:+85599@host"), (0, ADA)],                     ADA,           ""),
    ([(3, f"{IMSI}@nai.epc.mnc006.mcc456.3gppnetwork.org")], "",            IMSI),
    ([(3, f"0{IMSI}@nai.epc.mnc006.mcc456.3gppnetwork.org")], "",           IMSI),
    ([(3, f"+{ADA}@example.net")],                           ADA,           ""),
    ([(4, "secret"), (1, IMSI)],                             "",            IMSI),
    ([(0, "1234567890123456")],                              "",            ""),
    ([(0, "ada")],                                           "",            ""),
    ([(-1, "")],                                             "",            ""),
    ([(77, ADA)],                                            "",            ""),
]  # fmt: skip


@pytest.mark.parametrize(("ids", "msisdn", "imsi"), SUBSCRIBERS)
def test_who_is_charged(ids: list[tuple[int, str]], msisdn: str, imsi: str) -> None:
    assert subscriber(tuple((kind, data.encode()) for kind, data in ids)) == (msisdn, imsi)


def test_the_subscriber_may_stand_in_the_service_information_only() -> None:
    found = ccr(group("Service-Information", subscription(0, ADA)), who=b"")
    assert asked(found).msisdn == ADA


LOCATIONS = [
    # AVP                                     value                                          PLMN
    ("3GPP-SGSN-MCC-MNC",                     "45604",                                       "45604"),
    ("3GPP-SGSN-MCC-MNC",                     "310410",                                      "310410"),
    ("3GPP-SGSN-MCC-MNC",                     "45606",                                       ""),
    ("3GPP-SGSN-MCC-MNC",                     "home",                                        ""),
    ("3GPP-User-Location-Info",               bytes.fromhex("8254f640000154f64000000001"),   "45604"),
    ("3GPP-User-Location-Info",               bytes.fromhex("0113001400010002"),             "310410"),
    ("3GPP-User-Location-Info",               bytes.fromhex("0154f6"),                       ""),
    ("3GPP-User-Location-Info",               bytes.fromhex("ff54f640000154f6"),             ""),
    ("3GPP-User-Location-Info",               bytes.fromhex("01ffffff0001"),                 ""),
    ("IMS-Visited-Network-Identifier",        "ims.mnc004.mcc456.3gppnetwork.org",           "45604"),
    ("Visited-Network-Identifier",            b"mnc410.mcc310.3gppnetwork.org",              "310410"),
    ("Visited-Network-Identifier",            b"roaming.example.net",                        ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "value", "plmn"), LOCATIONS)
def test_where_the_subscriber_is(name: str, value: Any, plmn: str) -> None:
    assert asked(ccr(information("PS-Information", avp(name, value)))).visited_plmn == plmn


def test_home_is_where_no_avp_tells_otherwise() -> None:
    assert visited_plmn({}, frozenset()) == ""


OUT, IN = Direction.OUT, Direction.IN
CALLS = [
    # role  caller                      callee                 direction  other party
    (0,     f"sip:+{ADA}@h",            "tel:+85510999888",    OUT,       "85510999888"),
    (1,     "sip:+85510999888@h",       f"tel:+{ADA}",         IN,        "85510999888"),
    (None,  f"sip:+{ADA}@h",            "tel:+85510999888",    OUT,       "85510999888"),
    (None,  "sip:+85510999888@h",       f"tel:+{ADA}",         IN,        "85510999888"),
    (None,  f"sip:+{ADA}@h",            f"tel:+{ADA}",         OUT,       ADA),
    (0,     f"sip:+{ADA}@h",            "sip:117@h",           OUT,       "117"),
    (2,     f"sip:+{ADA}@h",            "sip:117@h",           OUT,       "117"),
]  # fmt: skip


@pytest.mark.parametrize(("role", "caller", "callee", "direction", "other"), CALLS)
def test_the_direction_of_a_call(
    role: int | None, caller: str, callee: str, direction: Direction, other: str
) -> None:
    stated = b"" if role is None else avp("Role-Of-Node", role)
    parties = avp("Calling-Party-Address", caller) + avp("Called-Party-Address", callee)
    ims = information("IMS-Information", stated, parties)
    ask = asked(ccr(ims, mscc(rsu(CC_Time=60)), Service_Context_Id=VOICE))
    assert (ask.direction, ask.other_party) == (direction, other)
    assert ask.service is Service.VOICE


def address(name: str, number: str) -> bytes:
    return group(name, avp("Address-Type", 1), avp("Address-Data", number))


MESSAGES = [
    # type  from            to               direction  other party
    (0,     ADA,            "85510999888",   OUT,       "85510999888"),
    (3,     "85510999888",  ADA,             IN,        "85510999888"),
    (None,  ADA,            "85510999888",   OUT,       "85510999888"),
    (None,  "1204",         ADA,             IN,        "1204"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "source", "target", "direction", "other"), MESSAGES)
def test_the_direction_of_a_text(
    kind: int | None, source: str, target: str, direction: Direction, other: str
) -> None:
    stated = b"" if kind is None else avp("SM-Message-Type", kind)
    recipient = group("Recipient-Info", address("Recipient-Address", target))
    sms = information(
        "SMS-Information", stated, address("Originator-Received-Address", source), recipient
    )
    action = avp("Requested-Action", DEBIT)
    ask = asked(ccr(action, sms, Service_Context_Id=SMS, CC_Request_Type=EVENT))
    assert (ask.direction, ask.other_party) == (direction, other)
    assert ask.groups == (GroupAsk(0, 0, 1, None, None),), "an event is one message"


def test_the_direction_of_a_picture() -> None:
    mms = information(
        "MMS-Information",
        address("Originator-Address", "85510999888"),
        address("Recipient-Address", ADA),
    )
    found = ccr(avp("Requested-Action", 0), mms, Service_Context_Id=MMS, CC_Request_Type=EVENT)
    assert (asked(found).direction, asked(found).other_party) == (IN, "85510999888")


O, S, M = Unit.OCTETS, Unit.SECONDS, Unit.MESSAGES  # noqa: E741
GROUPS = [
    # context  in the group                                                     is asked
    ("32251@3gpp.org", mscc(rsu(CC_Total_Octets=5), rating_group=9),            (9, 0, 5, None, O)),
    ("32251@3gpp.org", mscc(rsu(), rating_group=9, service=3),                  (9, 3, 0, None, None)),
    ("32251@3gpp.org", mscc(usu(CC_Total_Octets=5)),                            (0, 0, None, (5, 0), O)),
    ("32251@3gpp.org", mscc(usu(CC_Input_Octets=5, CC_Output_Octets=6)),        (0, 0, None, (11, 0), O)),
    ("32251@3gpp.org", mscc(usu(CC_Output_Octets=6)),                           (0, 0, None, (6, 0), O)),
    ("32251@3gpp.org", mscc(usu(CC_Time=9, CC_Total_Octets=5)),                 (0, 0, None, (5, 0), O)),
    ("32251@3gpp.org", mscc(usu(CC_Time=9)),                                    (0, 0, None, (9, 0), S)),
    ("32251@3gpp.org", mscc(usu()),                                             (0, 0, None, (0, 0), None)),
    ("32251@3gpp.org", mscc(usu(CC_Total_Octets=5, Tariff_Change_Usage=0),
                            usu(CC_Total_Octets=7, Tariff_Change_Usage=1)),     (0, 0, None, (12, 5), O)),
    ("32251@3gpp.org", mscc(rsu(CC_Time=1), usu(CC_Total_Octets=5)),            (0, 0, 1, (5, 0), S)),
    ("32251@3gpp.org", mscc(rsu(CC_Total_Octets=2**64 - 1)),                    (0, 0, 2**64 - 1, None, O)),
    (VOICE,            mscc(rsu(CC_Time=60), rating_group=100, service=1000),   (100, 1000, 60, None, S)),
    (VOICE,            mscc(rsu(CC_Total_Octets=60)),                           (0, 0, 60, None, O)),
    (SMS,              mscc(rsu(CC_Service_Specific_Units=2)),                  (0, 0, 2, None, M)),
    (CONTENT,          mscc(group("Requested-Service-Unit", money(499, -2))),   (0, 0, 4_990_000, None, Unit.MICROS)),
    (CONTENT,          mscc(group("Requested-Service-Unit", money(-1, 0))),     (0, 0, -1_000_000, None, Unit.MICROS)),
    (CONTENT,          mscc(group("Requested-Service-Unit", money(3, None, None))), (0, 0, 3_000_000, None, Unit.MICROS)),
    (CONTENT,          mscc(group("Requested-Service-Unit", money(10, -7))),    (0, 0, 1, None, Unit.MICROS)),
    (CONTENT,          mscc(group("Requested-Service-Unit", money(0, -99))),    (0, 0, 0, None, Unit.MICROS)),
    (CONTENT,          mscc(group("Requested-Service-Unit", money(1, 2**31 - 1))), (0, 0, UNITS_MAX + 1, None, Unit.MICROS)),
    (VOICE,            mscc(group("Requested-Service-Unit", money(1, 0))),      (0, 0, 0, None, Unit.MICROS)),
]  # fmt: skip


@pytest.mark.parametrize(("context", "members", "expected"), GROUPS)
def test_units(context: str, members: bytes, expected: tuple[Any, ...]) -> None:
    rating_group, service, requested, used, unit = expected
    ask = asked(ccr(members, Service_Context_Id=context))
    reported = None if used is None else Used(*used)
    assert ask.groups == (GroupAsk(rating_group, service, requested, reported, unit),)


@pytest.mark.parametrize("amount", [money(1, -7), money(1, -(2**31)), money(1, 0, 116)])
def test_amounts_that_cannot_be_ours(amount: bytes) -> None:
    requested = group("Requested-Service-Unit", amount)
    fault = refused(ccr(mscc(requested), Service_Context_Id=CONTENT))
    assert fault.result is Result.INVALID_AVP_VALUE
    assert fault.failed


def test_the_same_group_twice_is_one() -> None:
    ask = asked(
        ccr(
            mscc(usu(CC_Total_Octets=5), rating_group=1),
            mscc(rsu(CC_Total_Octets=9), rating_group=1),
            mscc(rsu(), rating_group=2),
            CC_Request_Type=UPDATE,
        )
    )
    assert ask.groups == (
        GroupAsk(1, 0, 9, Used(5, 0), O),
        GroupAsk(2, 0, 0, None, None),
    )


BARE = [
    # context          kind       action  at the level of the command   groups
    ("32251@3gpp.org", 1,         None,   b"",                          ()),
    ("32251@3gpp.org", 1,         None,   rsu(CC_Total_Octets=5),       (GroupAsk(0, 0, 5, None, O),)),
    (VOICE,            1,         None,   b"",                          (GroupAsk(0, 0, 0, None, None),)),
    (VOICE,            UPDATE,    None,   usu(CC_Time=7),               (GroupAsk(0, 0, 0, Used(7), S),)),
    (VOICE,            TERMINATE, None,   usu(CC_Time=7),               (GroupAsk(0, 0, None, Used(7), S),)),
    (VOICE,            TERMINATE, None,   b"",                          ()),
    (SMS,              EVENT,     DEBIT,  b"",                          (GroupAsk(0, 0, 1, None, None),)),
    (SMS,              EVENT,     DEBIT,  rsu(),                        (GroupAsk(0, 0, 1, None, None),)),
    (SMS,              EVENT,     PRICE,  b"",                          (GroupAsk(0, 0, 1, None, None),)),
    (SMS,              EVENT,     2,      b"",                          ()),
    (MMS,              EVENT,     DEBIT,  rsu(CC_Service_Specific_Units=3), (GroupAsk(0, 0, 3, None, M),)),
    (CONTENT,          EVENT,     DEBIT,  b"",                          ()),
]  # fmt: skip


@pytest.mark.parametrize(("context", "kind", "action", "units", "groups"), BARE)
def test_requests_without_groups(
    context: str, kind: int, action: int | None, units: bytes, groups: tuple[GroupAsk, ...]
) -> None:
    stated = b"" if action is None else avp("Requested-Action", action)
    ask = asked(ccr(stated, units, Service_Context_Id=context, CC_Request_Type=kind))
    assert ask.groups == groups


def test_an_event_has_a_key_and_an_instant() -> None:
    when = avp("Event-Timestamp", 3_990_000_000)
    found = ccr(avp("Requested-Action", DEBIT), when, Service_Context_Id=SMS, CC_Request_Type=EVENT)
    ask = asked(found)
    assert (ask.request, ask.key, ask.at) == (Request.DEBIT, SESSION, AT)
    assert ask.used_at == (3_990_000_000 - NTP) * 1_000
    again = ccr(
        avp("Requested-Action", DEBIT),
        Service_Context_Id=SMS,
        CC_Request_Type=EVENT,
        CC_Request_Number=2,
    )
    assert asked(again).key == f"{SESSION}#2"


REFUNDS = [
    # said                                                number  refunds
    (mscc(avp("Refund-Information", b"that;1")),          0,      "that;1"),
    (avp("CC-Correlation-Id", b"that;2"),                 0,      "that;2"),
    (b"",                                                 1,      SESSION),
    (b"",                                                 3,      f"{SESSION}#2"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "number", "refunds"), REFUNDS)
def test_what_a_refund_undoes(said: bytes, number: int, refunds: str) -> None:
    ask = asked(
        ccr(
            avp("Requested-Action", REFUND),
            said,
            Service_Context_Id=CONTENT,
            CC_Request_Type=EVENT,
            CC_Request_Number=number,
        )
    )
    assert (ask.request, ask.refunds) == (Request.REFUND, refunds)


def test_a_refund_of_nothing_named_is_refused() -> None:
    action = avp("Requested-Action", REFUND)
    fault = refused(ccr(action, Service_Context_Id=CONTENT, CC_Request_Type=EVENT))
    assert fault.result is Result.MISSING_AVP


def test_what_was_bought_is_told() -> None:
    info = group(
        "Service-Parameter-Info",
        avp("Service-Parameter-Type", 1),
        avp("Service-Parameter-Value", "A song ♪".encode()),
    )
    action = avp("Requested-Action", DEBIT)
    found = ccr(action, info, Service_Context_Id=CONTENT, CC_Request_Type=EVENT)
    assert asked(found).description == "A song ♪"


def test_a_repeat_says_so() -> None:
    assert not asked(ccr()).retransmitted


def test_time_goes_on_after_2036() -> None:
    assert instant_of(NTP) == 0
    assert instant_of(0) == parse_instant("2036-02-07T06:28:16Z")


def test_the_rest_of_a_request() -> None:
    ask = asked(ccr(CC_Request_Type=UPDATE, CC_Request_Number=7))
    assert (ask.request, ask.key, ask.number, ask.peer) == (
        Request.UPDATE,
        SESSION,
        7,
        "peer|realm",
    )
    assert (ask.direction, ask.other_party, ask.visited_plmn, ask.used_at) == (OUT, "", "", None)
