"""python-diameter, which shares no code with ours, reads what we write and writes what we read."""

import pytest
from diameter.message import Message
from diameter.message.avp import Avp
from diameter.message.avp.grouped import RequestedServiceUnit, UsedServiceUnit
from diameter.message.commands.credit_control import CreditControlAnswer, CreditControlRequest

from tenure.gateways.diameter.translate.response import Speaker
from tenure.gateways.diameter.wire.credit import asked_of
from tenure.gateways.diameter.wire.dictionary.table import ALL, OCTETS_OF, Kind
from tenure.gateways.diameter.wire.quick import quick_ccr
from tenure.promises.charging.model import Answer, FinalUnit, Granted
from tenure.promises.tariffs.model import Service
from tests.gateways.diameter.given import ADA, DATA, INITIAL, SESSION, SPEAKER, ccr, mscc, rsu
from tests.gateways.diameter.test_quick import COMMON, thorough


@pytest.mark.parametrize("raw", COMMON.values(), ids=COMMON)
def test_python_diameter_reads_what_we_read(raw: bytes) -> None:
    theirs = Message.from_bytes(raw)
    assert isinstance(theirs, CreditControlRequest)
    ours = quick_ccr(raw)
    assert ours is not None
    assert theirs.session_id == ours.session_id
    assert theirs.service_context_id == ours.context.decode()
    assert (theirs.cc_request_type, theirs.cc_request_number) == (ours.kind, ours.number)
    ids = [(one.subscription_id_type, one.subscription_id_data) for one in theirs.subscription_id]
    assert ids == [(kind, data.decode()) for kind, data in ours.subscriptions]
    groups = theirs.multiple_services_credit_control
    assert [one.rating_group for one in groups] == [one.rating_group for one in ours.groups]
    for their_group, our_group in zip(groups, ours.groups, strict=True):
        total = [unit.cc_total_octets for unit in their_group.used_service_unit]
        assert total == [unit.get(421) for unit in our_group.used]


def test_we_read_what_python_diameter_writes() -> None:
    theirs = CreditControlRequest()
    theirs.header.application_id = 4
    theirs.session_id = SESSION
    theirs.origin_host, theirs.origin_realm = b"pgw.example.net", b"example.net"
    theirs.destination_realm = b"example.net"
    theirs.service_context_id = DATA
    theirs.cc_request_type, theirs.cc_request_number = INITIAL, 0
    theirs.add_subscription_id(subscription_id_type=0, subscription_id_data=ADA)
    theirs.add_multiple_services_credit_control(
        requested_service_unit=RequestedServiceUnit(cc_total_octets=1_000),
        used_service_unit=[UsedServiceUnit(cc_total_octets=5, cc_time=3)],
        rating_group=[7],
    )
    raw = theirs.as_bytes()
    quick = quick_ccr(raw)
    assert quick == thorough(raw)
    assert quick is not None
    assert quick.groups[0].requested == {421: 1_000}
    assert quick.groups[0].used == ({421: 5, 420: 3},)


def test_python_diameter_understands_our_answer() -> None:
    found = ccr(mscc(rsu(), rating_group=1))
    answer = Answer(None, "", (Granted(1, 0, None, 1_000, 60, 0, FinalUnit.REDIRECT),))
    raw = Speaker(SPEAKER).answer(asked_of(found), Service.DATA, answer, tgpp=True)
    theirs = Message.from_bytes(raw)
    assert isinstance(theirs, CreditControlAnswer)
    assert theirs.result_code == 2001
    group_of_theirs = theirs.multiple_services_credit_control[0]
    assert group_of_theirs.granted_service_unit.cc_total_octets == 1_000
    assert group_of_theirs.validity_time == 60
    redirect = group_of_theirs.final_unit_indication.redirect_server
    assert redirect.redirect_server_address == "http://topup.example.net/"


def test_the_table_agrees_with_python_diameters() -> None:
    lengths = {"Unsigned32": 4, "Integer32": 4, "Enumerated": 4, "Time": 4, "Float32": 4}
    lengths |= {"Unsigned64": 8, "Integer64": 8, "Float64": 8}
    compared = 0
    for definition in ALL:
        # Theirs has no Subscription-Id-Extension (RFC 8506 section 8.58).
        if 659 <= definition.code <= 664 and not definition.vendor:
            continue
        kind = type(Avp.new(definition.code, definition.vendor)).__name__.removeprefix("Avp")
        assert lengths.get(kind) == OCTETS_OF.get(definition.kind), definition
        assert (kind == "Grouped") == (definition.kind is Kind.GROUPED), definition
        compared += 1
    assert compared > 1_000
