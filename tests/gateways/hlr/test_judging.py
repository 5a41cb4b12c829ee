"""What the network believes: a table of forgeries, each met by its own doubt."""

from collections.abc import Callable
from typing import Any, Final

import msgspec
import pytest

from tenure.commands import passkey_file
from tenure.gateways.hlr.translate.dossier import (
    WORDS,
    Asked,
    Before,
    Dossier,
    Doubt,
    Given,
    Known,
)
from tenure.gateways.hlr.translate.judging import bars, judged, lost
from tenure.gateways.hlr.translate.trust import Trusted
from tenure.promises.record.model import Receipt
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.refused import Refused
from tests.gateways.hlr.dossiers import (
    ADA,
    BOB,
    CLERK,
    DAY,
    FIRST,
    LOG,
    NEW,
    NEW_ICCID,
    NOON,
    NUMBER,
    OLD,
    SECOND,
    TRUSTED,
    Book,
    Case,
    sale,
    secret,
    simple,
    with_asked,
)

NOBODY: Final = Before(None, None)
ADAS: Final = Known(NUMBER, LOG.name, 0, Imsi(OLD), ADA)
HELD: Final = Before(ADAS, Imsi(OLD))
LINE: Final = {"bar_outgoing": False, "bar_incoming": False, "suspended": False, "lost": False}
OVER: Final = Known(NUMBER, LOG.name, -1, None, None, ended_at=NOON - 90 * DAY)
ENDED: Final = Before(OVER, None)


def known_of(dossier: Dossier, before: Before = HELD, trusted: Trusted = TRUSTED) -> Known:
    found = judged(dossier, before, trusted)
    assert isinstance(found, Known), found
    return found


def test_a_first_sale_is_believed() -> None:
    found = known_of(sale(), NOBODY)
    assert found == Known(NUMBER, LOG.name, 0, Imsi(OLD), ADA)


def test_a_transfer_with_everything_is_believed() -> None:
    found = known_of(Case().dossier())
    assert (found.imsi, found.holder, found.gone) == (NEW, BOB, (OLD,))


def test_a_transfer_that_keeps_its_sim_is_believed() -> None:
    found = known_of(Case(iccid=None, imsi=OLD).dossier())
    assert (found.imsi, found.holder, found.gone) == (OLD, BOB, ())


def test_a_sim_change_is_believed_without_cooling_off() -> None:
    found = known_of(Case("sim", done_at=NOON + 60).dossier())
    assert (found.imsi, found.holder, found.gone) == (NEW, ADA, (OLD,))


def test_a_presence_is_signed_by_its_witness() -> None:
    case = Case()
    case.key(f"human {CLERK}")
    dossier = case.dossier()
    assert dossier.asked is not None
    seen = tuple(case.given(one.party, one.person, CLERK) for one in dossier.asked.consents)
    assert known_of(with_asked(dossier, consents=seen)).holder == BOB


def test_an_order_needs_no_consent_but_keys_of_an_age() -> None:
    ordered = with_asked(Case("legal-order").dossier(), consents=())
    assert known_of(ordered).holder == BOB


def witnessed_for_the_other() -> Dossier:
    """The witness saw the new holder only; the same signature is shown for who gives."""
    case = Case()
    case.key(f"human {CLERK}")
    saw = case.given("to", BOB, CLERK)
    return with_asked(case.dossier(), consents=(Given("from", ADA, CLERK, saw.assertion), saw))


def test_what_was_interrupted_is_believed_again() -> None:
    for case in (Case("sim"), Case()):
        dossier = case.dossier()
        found = known_of(dossier)
        assert known_of(dossier, Before(found, Imsi(NEW))) == found
        assert known_of(dossier, Before(found, None)) == found


@pytest.mark.parametrize(
    ("line", "closed"),
    [
        (LINE, False),
        (LINE | {"bar_outgoing": True}, False),
        (LINE | {"bar_incoming": True}, False),
        (LINE | {"bar_outgoing": True, "bar_incoming": True}, True),
        (LINE | {"lost": True}, True),
        (LINE | {"suspended": True}, True),
        ({}, True),
        (LINE | {"lost": "no"}, True),
    ],
)
def test_which_bars_close(line: dict[str, object], *, closed: bool) -> None:
    assert (bars(line) or lost(line)) is closed


def test_a_loss_closes_and_keeps_what_was_proven() -> None:
    lost = simple("numbers.lost", {}, {"line": LINE | {"lost": True}})
    found = known_of(lost, Before(msgspec.structs.replace(ADAS, index=-1), Imsi(OLD)))
    assert (found.imsi, found.holder, found.closed) == (OLD, ADA, True)
    # Also of a number that nobody proved anything about: whoever has it there loses service.
    assert known_of(lost, Before(None, Imsi(OLD))).imsi == OLD


def test_a_recycled_number_rests_and_is_sold_again() -> None:
    about = {"holder": ADA, "iccid": NEW_ICCID, "imsi": OLD}
    end = simple("numbers.recycled", about, {})
    found = known_of(end, Before(msgspec.structs.replace(ADAS, index=-1), Imsi(OLD)))
    assert (found.imsi, found.ended_at, found.gone) == (None, NOON, (OLD,))
    assert known_of(sale(), ENDED).imsi == OLD
    assert known_of(sale(), ENDED).ended_at is None


def changed(receipt: Receipt, **changes: Any) -> Receipt:
    return msgspec.structs.replace(receipt, **changes)


def shown(dossier: Dossier, **changes: Any) -> Dossier:
    return msgspec.structs.replace(dossier, receipt=changed(dossier.receipt, **changes))


def edited() -> Dossier:
    """A leaf that somebody has edited."""
    dossier = sale()
    return shown(dossier, leaf=dossier.receipt.leaf.replace("first-sale", "other-sale"))


def opened_wrongly() -> Dossier:
    """Openings that say another number."""
    dossier = sale()
    openings = tuple(
        msgspec.structs.replace(one, value=NEW) if one.field == "imsi" else one
        for one in dossier.receipt.openings
    )
    return shown(dossier, openings=openings)


def unopened(field: str) -> Dossier:
    dossier = sale()
    kept = tuple(one for one in dossier.receipt.openings if one.field != field)
    return shown(dossier, openings=kept)


def seen_by_one() -> Dossier:
    book = Book()
    book.add("numbers.activated", {}, {"msisdn": str(NUMBER), "imsi": OLD}, NOON)
    return Dossier(NUMBER, book.receipt(0, (NOON,)))


def signed_by_a_thief() -> Dossier:
    """The log's key was stolen, its name kept; the witnesses are the thief's own."""
    book = Book(rules_key())
    return Dossier(NUMBER, book.add("numbers.activated", {}, {"msisdn": str(NUMBER)}, NOON))


def rules_key() -> Any:
    made = secret("thief", LOG.kind)
    return msgspec.structs.replace(made, name=LOG.name)


def of_another_number() -> Dossier:
    return msgspec.structs.replace(sale(), msisdn=Msisdn("85512345679"))


def without_request() -> Dossier:
    return msgspec.structs.replace(Case().dossier(), asked=None)


def other_body() -> Dossier:
    """The request's leaf is for another holder than what was signed and done."""
    case = Case()
    dossier = case.dossier()
    return with_asked(dossier, body=case.body.replace(f'"to":"{BOB}"', '"to":"3"'))


def body_in_another_order() -> Dossier:
    case = Case()
    dossier = case.dossier()
    return with_asked(dossier, body=case.body.replace('","', '", "'))


def an_asked(dossier: Dossier) -> Asked:
    assert dossier.asked is not None
    return dossier.asked


def request_unseen() -> Dossier:
    """The request was never witnessed."""
    dossier = Case().dossier()
    receipt = an_asked(dossier).receipt
    return with_asked(dossier, receipt=changed(receipt, note=receipt.note.partition("regul")[0]))


def key_of_another_log() -> Dossier:
    """A passkey that was written into the tables, and not into the record."""
    dossier = Case().dossier()
    return with_asked(dossier, keys=an_asked(dossier).keys[1:])


def key_of_another_person() -> Dossier:
    """Bob's consent, given out for Ada's."""
    case = Case()
    dossier = case.dossier()
    forged = Given("from", ADA, None, case.key(f"person {BOB}").assertion(case.challenge))
    return with_asked(dossier, consents=(forged, an_asked(dossier).consents[1]))


def key_unproven_receipt() -> Dossier:
    """A leaf of another kind, given out for that of a passkey."""
    dossier = Case().dossier()
    asked = an_asked(dossier)
    return with_asked(dossier, keys=(*asked.keys, asked.receipt))


def signed_for_another_request() -> Dossier:
    case = Case()
    dossier = case.dossier()
    replayed = Given("from", ADA, None, case.key(f"person {ADA}").assertion(bytes(32)))
    return with_asked(dossier, consents=(replayed, an_asked(dossier).consents[1]))


def signed_on_another_page() -> Dossier:
    """A signature for another relying party."""
    case = Case()
    case.keys[f"person {ADA}"] = passkey_file.new("phishing.example", "https://phishing.example")
    return case.dossier()


def forged_signature() -> Dossier:
    dossier = Case().dossier()
    approvals = an_asked(dossier).approvals
    bad = msgspec.structs.replace(approvals[0].assertion, signature=bytes(64))
    first = msgspec.structs.replace(approvals[0], assertion=bad)
    return with_asked(dossier, approvals=(first, approvals[1]))


def without(field: str) -> Callable[[], Dossier]:
    """Without the last consent or approval."""

    def made() -> Dossier:
        dossier = Case().dossier()
        return with_asked(dossier, **{field: getattr(an_asked(dossier), field)[:-1]})

    made.__name__ = f"without the last of the {field}"
    return made


def approved_by_the_asker() -> Dossier:
    return Case(asked_by=FIRST).dossier()


def approved_by_the_witness() -> Dossier:
    case = Case()
    dossier = case.dossier()
    seen = case.given("from", ADA, SECOND)
    return with_asked(dossier, consents=(seen, an_asked(dossier).consents[1]))


def approved_twice() -> Dossier:
    dossier = Case().dossier()
    first = an_asked(dossier).approvals[0]
    return with_asked(dossier, approvals=(first, first))


def one_key_for_two_humans() -> Dossier:
    """One person with two logins and one authenticator."""
    case = Case()
    case.keys[f"human {SECOND}"] = case.key(f"human {FIRST}")
    return case.dossier()


def of(kind: str, about: dict[str, str], said: dict[str, Any] | None = None) -> Dossier:
    return simple(kind, about, said or {})


def later_sale() -> Dossier:
    """A first sale of Ada's number, written behind everybody's back."""
    book = Book()
    book.add("numbers.opened", {}, {}, NOON)
    about = {"msisdn": str(NUMBER), "holder": BOB, "imsi": NEW}
    return Dossier(NUMBER, book.add("numbers.activated", {}, about, NOON))


FRESH: Final = msgspec.structs.replace(HELD, known=None)
LATER: Final = Before(msgspec.structs.replace(ADAS, index=99), Imsi(OLD))
RESTING: Final = Before(msgspec.structs.replace(OVER, ended_at=NOON - 90 * DAY + 1), None)
OTHERS: Final = Before(msgspec.structs.replace(ADAS, holder=BOB), Imsi(OLD))
ON_ANOTHER_SIM: Final = Before(Known(NUMBER, LOG.name, 0, Imsi("456060000000009"), ADA), Imsi(OLD))
CLOSED_LOG: Final = Before(msgspec.structs.replace(ADAS, origin="former.example"), None)

FORGERIES: Final[list[tuple[str, Callable[[], Dossier], Before, Doubt]]] = [
    ("an edited leaf", edited, NOBODY, Doubt.DISBELIEVED),
    ("openings of another SIM", opened_wrongly, NOBODY, Doubt.DISBELIEVED),
    ("seen by one witness of two", seen_by_one, NOBODY, Doubt.DISBELIEVED),
    ("signed with another key", signed_by_a_thief, NOBODY, Doubt.DISBELIEVED),
    ("at another place", lambda: shown(Case().dossier(), index=0), HELD, Doubt.DISBELIEVED),
    ("a request that nobody witnessed", request_unseen, HELD, Doubt.DISBELIEVED),
    ("a leaf about an offer", lambda: of("numbers.locked", {}), HELD, Doubt.OTHER_KIND),
    ("no number opened", lambda: unopened("msisdn"), NOBODY, Doubt.NOT_OPENED),
    ("no SIM opened", lambda: unopened("imsi"), NOBODY, Doubt.NOT_OPENED),
    ("a loss that says nothing", lambda: of("numbers.lost", {}), NOBODY, Doubt.NOT_OPENED),
    ("another number", of_another_number, NOBODY, Doubt.OTHER_NUMBER),
    ("a SIM of another network", lambda: sale(imsi="510090000000001"), NOBODY, Doubt.FOREIGN_SIM),
    ("no SIM at all", lambda: sale(imsi="45606"), NOBODY, Doubt.FOREIGN_SIM),
    ("an old leaf, shown again", lambda: Case().dossier(), LATER, Doubt.STALE),
    ("a log that is trusted no more", sale, CLOSED_LOG, Doubt.STALE),
    ("a sale of a number in use", lambda: sale(imsi=NEW), FRESH, Doubt.HELD),
    ("the same, on the very SIM", sale, FRESH, Doubt.HELD),
    ("the same, after a proof", later_sale, HELD, Doubt.HELD),
    ("a sale a second too soon", sale, RESTING, Doubt.RESTING),
    ("another SIM than is replaced", lambda: Case("sim").dossier(), ON_ANOTHER_SIM,
     Doubt.OTHER_SIM),
    ("a SIM kept that is none", lambda: Case(iccid=None, imsi=NEW).dossier(), HELD,
     Doubt.OTHER_SIM),
    ("the end of another SIM", lambda: of("numbers.recycled", {"imsi": NEW}), FRESH,
     Doubt.OTHER_SIM),
    ("given by who does not hold it", lambda: Case().dossier(), OTHERS, Doubt.OTHER_HOLDER),
    ("held by nobody we know of", lambda: Case().dossier(), FRESH, Doubt.OTHER_HOLDER),
    ("without a request", without_request, HELD, Doubt.NOT_ASKED),
    ("another body", other_body, HELD, Doubt.OTHER_REQUEST),
    ("a body in another form", body_in_another_order, HELD, Doubt.OTHER_REQUEST),
    ("done to another", lambda: Case(effect={"to": "3"}).dossier(), HELD, Doubt.OTHER_REQUEST),
    ("done on another SIM", lambda: Case(effect={"iccid": "89"}).dossier(), HELD,
     Doubt.OTHER_REQUEST),
    ("a key outside the record", key_of_another_log, HELD, Doubt.KEY_UNPROVEN),
    ("a key of somebody else", key_of_another_person, HELD, Doubt.KEY_UNPROVEN),
    ("a leaf that is no key", key_unproven_receipt, HELD, Doubt.KEY_UNPROVEN),
    ("one key for two humans", one_key_for_two_humans, HELD, Doubt.KEY_UNPROVEN),
    ("a key a second too young", lambda: Case(keys_at=NOON - 7 * DAY + 1).dossier(), HELD,
     Doubt.KEY_TOO_NEW),
    ("a key of ours a second too young", lambda: with_asked(
        Case("legal-order", keys_at=NOON - 7 * DAY + 1).dossier(), consents=()), HELD,
     Doubt.KEY_TOO_NEW),
    ("a witness who saw the other party", witnessed_for_the_other, HELD, Doubt.NOT_SIGNED),
    ("a consent to another request", signed_for_another_request, HELD, Doubt.NOT_SIGNED),
    ("a consent on another page", signed_on_another_page, HELD, Doubt.NOT_SIGNED),
    ("a forged approval", forged_signature, HELD, Doubt.NOT_SIGNED),
    ("one consent", without("consents"), HELD, Doubt.CONSENT_MISSING),
    ("approved by who asked", approved_by_the_asker, HELD, Doubt.NOT_INDEPENDENT),
    ("approved by the witness", approved_by_the_witness, HELD, Doubt.NOT_INDEPENDENT),
    ("approved twice by one", approved_twice, HELD, Doubt.NOT_INDEPENDENT),
    ("one approval", without("approvals"), HELD, Doubt.APPROVAL_MISSING),
    ("a second too early", lambda: Case(done_at=NOON + DAY - 1).dossier(), HELD,
     Doubt.TOO_EARLY),
]  # fmt: skip


@pytest.mark.parametrize("row", FORGERIES, ids=lambda row: row[0])
def test_a_forgery_meets_its_doubt(
    row: tuple[str, Callable[[], Dossier], Before, Doubt],
) -> None:
    _, make, before, doubt = row
    found = judged(make(), before, TRUSTED)
    assert isinstance(found, Refused), "it was believed"
    assert found.refusal is doubt
    assert NUMBER not in found.detail


def test_every_doubt_of_the_judge_is_met_and_has_its_words() -> None:
    # Two are the server's, which has nothing to lay before the judge or to give to the network;
    # stops have a page of their own.
    elsewhere = {Doubt.NOT_PUBLISHED, Doubt.KEYS_UNREADABLE, Doubt.ENDED}
    assert {row[3] for row in FORGERIES} == set(Doubt) - elsewhere
    assert set(WORDS) == set(Doubt)


def test_clocks_of_the_witnesses_can_only_delay() -> None:
    """One witness is a day ahead at the request, or a day behind at the effect."""
    for asked_seen, done_seen in (((0, DAY), (DAY, DAY)), ((0, 0), (DAY, 0))):
        case = Case()
        dossier = case.dossier()
        asked = an_asked(dossier)
        size = len(case.book.leaves)
        leaf, case.book.leaves = case.book.leaves[-1], case.book.leaves[:-1]
        request = case.book.receipt(size - 2, tuple(NOON + at for at in asked_seen))
        case.book.leaves.append(leaf)
        effect = case.book.receipt(size - 1, tuple(NOON + at for at in done_seen))
        found = with_asked(Dossier(NUMBER, effect, asked), receipt=request)
        answer = judged(found, HELD, TRUSTED)
        assert isinstance(answer, Refused)
        assert answer.refusal is Doubt.TOO_EARLY
