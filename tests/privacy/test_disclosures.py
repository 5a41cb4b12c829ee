"""What leaves: only what was agreed, only of whom it may be, and each time it is on record."""

import asyncio
import hashlib
import json
from typing import Final

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import Ground, No, Restrict
from tenure.promises.privacy.model.disclosures import (
    DISCLOSING,
    Agreement,
    Ask,
    Disclosure,
    Order,
    OrderRequest,
    PurposeRole,
    Refusal,
    Selection,
)
from tenure.promises.privacy.operations import disclosures, register
from tenure.promises.privacy.rules import disclosures as rules
from tenure.promises.record.model import Act
from tenure.promises.staff import operations as staff
from tenure.promises.staff.model import Approval
from tenure.terms import pack
from tenure.terms.recipients import Basis
from tenure.values.instant import DAY_MS, Instant, moment_of, parse_instant
from tenure.values.refused import Refused
from tests.consent.test_constraints import refused
from tests.numbers.stocked import AT, ID, KH, act, msisdn
from tests.privacy.leaving import (
    BY_ORDER,
    CARE,
    CLUB,
    LATER,
    ORDER,
    SHOP,
    Memory,
    agreed,
    disclosed,
    says_yes,
    three,
)
from tests.staff.given import by, key_of

NAME: Final = "people.person.name"


def why(found: object) -> Refusal:
    assert isinstance(found, Refused), found
    assert isinstance(found.refusal, Refusal)
    assert found.detail
    return found.refusal


async def left_of(pool: Pool, person_id: int) -> list[tuple[str, tuple[str, ...]]]:
    found = await perform(pool, disclosures.disclosed_to, person_id)
    return [(one.recipient, one.fields) for one in found]


async def approved(pool: Pool, ask: Ask, *logins: str, at: Instant = LATER) -> bytes:
    asked = await perform(pool, disclosures.ask_by_order, KH, ask, by("rith", at))
    assert isinstance(asked, OrderRequest), asked
    for place, login in enumerate(logins):
        shown = key_of(login).assertion(asked.request_hash)
        when = by(login, Instant(at + 1 + place))
        given = await perform(pool, staff.approve, asked.request_hash, login, shown, when)
        assert isinstance(given, Approval), given
    return asked.request_hash


async def test_what_was_agreed_leaves_and_everybody_sees_theirs(pool: Pool, owner: str) -> None:
    await three(pool)
    await agreed(owner)

    done, memory = await disclosed(pool, msgspec.structs.replace(CARE, persons=(1, 2)))

    assert isinstance(done, Disclosure)
    assert done.subjects == 2
    heading = json.loads(memory.octets.splitlines()[0])
    assert (heading["measure"], heading["country"]) == ("safeguards", "MY")
    assert [one["held"] for one in memory.lines] == [
        {
            "people.person": [{"name": f"Person {who}", "language": "km"}],
            "numbers.tenure": [{"msisdn": msisdn(who - 1)}],
        }
        for who in (1, 2)
    ]
    fields = ("people.person.name", "people.person.language", "numbers.tenure.msisdn")
    assert await left_of(pool, 1) == await left_of(pool, 2) == [("group-care", fields)]
    assert await left_of(pool, 3) == []
    known = await perform(pool, disclosures.disclosed_to, 1)
    assert known[0].reference == memory.lines[0]["subject"], "as the recipient knows them"
    with psycopg.connect(owner) as connection:
        leaf = connection.execute(
            "SELECT body::jsonb -> 'said' FROM record.leaf WHERE kind = 'privacy.disclosed'"
        ).fetchall()
    assert len(leaf) == 1
    assert leaf[0][0]["payload"] == hashlib.sha256(memory.octets).hexdigest()
    assert leaf[0][0]["fields"] == list(fields)


async def test_a_consent_counts_only_while_it_stands_and_who_rests_is_left_out(
    pool: Pool, owner: str
) -> None:
    await three(pool)
    await agreed(owner)
    assert why((await disclosed(pool, CLUB))[0]) is Refusal.NOBODY
    await says_yes(pool, 1)
    await says_yes(pool, 2)

    done, memory = await disclosed(pool, CLUB)
    assert isinstance(done, Disclosure)
    assert [one["held"]["numbers.tenure"][0]["msisdn"] for one in memory.lines] == [
        msisdn(0),
        msisdn(1),
    ]

    rests = Restrict(1, Ground.OBJECTION, "case 1")
    await perform(pool, consent.restrict, rests, act("sok", LATER))
    _, memory = await disclosed(pool, CLUB, salt=8)
    assert len(memory.lines) == 1
    no = No(2, 2, SHOP, ("partner-services",))
    await perform(pool, consent.withdraw, KH, no, act("sok", LATER))
    assert why((await disclosed(pool, CLUB, salt=9))[0]) is Refusal.NOBODY
    _, memory = await disclosed(pool, CARE, salt=10)
    assert len(memory.lines) == 2, "who rests is used for nothing, whatever the basis"
    assert len(await left_of(pool, 2)) == 3, "what left before stays told"


@pytest.mark.parametrize("withdraws_first", [True, False])
async def test_a_withdrawal_meets_a_disclosure(
    pool: Pool, owner: str, *, withdraws_first: bool
) -> None:
    """Whoever commits first is seen by the other; nothing leaves after the answer to a no."""
    await three(pool)
    await agreed(owner)
    await says_yes(pool, 1)
    begun, go_on = asyncio.Event(), asyncio.Event()
    ask = msgspec.structs.replace(CLUB, persons=(1,))
    no = No(1, 1, SHOP, ("partner-services",))

    async def slowly(tx: Transaction, first: bool) -> object:  # noqa: FBT001 -- who is first
        if first:
            found: object = await consent.withdraw(tx, KH, no, act("sok", LATER))
        else:
            salt = Act("rith", LATER, bytes(32))
            found = await disclosures.disclose(tx, KH, ask, Memory(), salt)
        begun.set()
        await go_on.wait()
        return found

    first = asyncio.create_task(perform(pool, slowly, withdraws_first))
    await begun.wait()
    if withdraws_first:
        second = asyncio.create_task(disclosed(pool, ask))
    else:
        second = asyncio.create_task(perform(pool, consent.withdraw, KH, no, act("sok", LATER)))  # type: ignore[arg-type]
    await asyncio.sleep(0.1)
    assert not second.done(), "who comes second waits for the commit of the first"
    go_on.set()
    one, other = await first, await second
    if withdraws_first:
        assert isinstance(other, tuple)
        assert why(other[0]) is Refusal.NOBODY
        assert await left_of(pool, 1) == []
    else:
        assert isinstance(one, Disclosure)
        assert len(await left_of(pool, 1)) == 1


async def test_an_authority_shows_its_document_and_two_others_agree(pool: Pool, owner: str) -> None:
    await three(pool)
    await agreed(owner)
    bare = msgspec.structs.replace(BY_ORDER, order=None)
    assert why((await disclosed(pool, bare))[0]) is Refusal.ORDER_MISSING
    for order in (Order("", ORDER.sha256), Order("PP 1", "paper"), Order("<script>", ORDER.sha256)):
        asked = msgspec.structs.replace(BY_ORDER, order=order)
        assert why((await disclosed(pool, asked))[0]) is Refusal.ORDER_UNUSABLE
    assert why((await disclosed(pool, BY_ORDER))[0]) is Refusal.NOT_ASKED
    await approved(pool, BY_ORDER, "sam")
    after = Instant(LATER + 100)
    assert why((await disclosed(pool, BY_ORDER, after))[0]) is Refusal.APPROVALS_MISSING
    wider = msgspec.structs.replace(BY_ORDER, persons=(1, 2))
    await approved(pool, BY_ORDER, "vanna", at=Instant(LATER + 10))
    assert why((await disclosed(pool, wider, after))[0]) is Refusal.NOT_ASKED

    await perform(pool, consent.restrict, Restrict(1, Ground.CLAIM, "case 1"), act("sok", LATER))
    done, memory = await disclosed(pool, BY_ORDER, after)

    assert isinstance(done, Disclosure), "what rests is not kept from a lawful order"
    held = memory.lines[0]["held"]
    assert held["people.person"][0]["document_number"] == "N1"
    assert held["numbers.binding"][0]["imsi"]
    assert why((await disclosed(pool, BY_ORDER, after, salt=9))[0]) is Refusal.DISCLOSED_ALREADY


async def test_usage_leaves_by_order_alone_of_the_time_it_names(pool: Pool, owner: str) -> None:
    """Traffic goes to who shows a document for it; what was taxed by law, and without a name."""
    await three(pool)
    await agreed(owner)
    with psycopg.connect(owner) as connection:
        connection.execute(
            "INSERT INTO money.entry SELECT t.purse_id, n, %s::timestamptz + n * interval '1 day',"
            " 1, 1, -5, 0, 0, 1, 0, 4, 9, 'call', '85599000' || t.holder_id, '{}'"
            " FROM numbers.tenure t, generate_series(0, 1) AS n",
            [moment_of(AT)],
        )
    usage = Ask(
        "investigators-usage",
        "legal-duty",
        (1,),
        since=Instant(AT - DAY_MS),
        until=Instant(AT + DAY_MS),
        order=ORDER,
    )
    assert why((await disclosed(pool, usage, LATER))[0]) is Refusal.NOT_ASKED
    await approved(pool, usage, "sam", "vanna")
    done, memory = await disclosed(pool, usage, Instant(LATER + 100))
    assert isinstance(done, Disclosure), done
    (line,) = memory.lines
    call = line["held"]["money.entry"]
    assert set(call[0]) == {"at", "kind", "party", "explanation"}
    assert [one["party"] for one in call] == ["855990001"], "of nobody else, and of that day"
    assert [name for name, _ in await left_of(pool, 1)] == ["investigators-usage"]

    taxed = Ask("tax-authority", "legal-duty", (2, 3), since=Instant(AT - DAY_MS))
    done, memory = await disclosed(pool, taxed, Instant(LATER + 200), salt=8)
    assert isinstance(done, Disclosure), done
    paid = {"funds_micros": -5, "tax_micros": 1}
    for one in memory.lines:
        assert len(one["held"]["money.entry"]) == 2
        assert paid.items() <= one["held"]["money.entry"][0].items()
    assert "party" not in memory.octets.decode()
    past = msgspec.structs.replace(taxed, since=None, until=Instant(AT - DAY_MS))
    _, memory = await disclosed(pool, past, Instant(LATER + 300), salt=9)
    assert [one["held"]["money.entry"] for one in memory.lines] == [[], []], "not of its time"


async def test_what_somebody_agreed_to_leaves_by_order(pool: Pool, owner: str) -> None:
    await three(pool)
    await agreed(owner)
    await says_yes(pool, 1)
    ask = Ask(
        "privacy-authority",
        "legal-duty",
        (1, 2),
        since=Instant(AT - DAY_MS),
        until=Instant(AT + DAY_MS),
        order=ORDER,
    )
    await approved(pool, ask, "sam", "vanna")
    _, memory = await disclosed(pool, ask, Instant(LATER + 100))
    mine, other = (one["held"]["consent.event"] for one in memory.lines)
    assert {(one["purpose"], one["word"]) for one in mine} == {("partner-services", "given")}
    assert other == []


async def test_an_order_about_a_number_is_about_its_time_and_no_other_number(
    pool: Pool, owner: str
) -> None:
    await three(pool)
    await agreed(owner)
    ask = Ask("investigators", "legal-duty", None, numbers=(msisdn(1),), order=ORDER)
    before = Instant(AT - DAY_MS)
    past = msgspec.structs.replace(ask, since=before, until=Instant(AT - 1))
    assert await perform(pool, disclosures.holders, past, LATER) == ()
    (holder,) = await perform(pool, disclosures.holders, ask, LATER)
    assert holder == 2
    ask = msgspec.structs.replace(ask, persons=(holder, 3))
    await approved(pool, ask, "sam", "vanna")
    _, memory = await disclosed(pool, ask, Instant(LATER + 100))
    assert [one["held"]["numbers.tenure"] for one in memory.lines][1] == [], "no number of another"
    assert memory.lines[0]["held"]["numbers.tenure"][0]["msisdn"] == msisdn(1)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"recipient": "broker"}, Refusal.UNKNOWN_RECIPIENT),
        ({"purpose": "offers"}, Refusal.PURPOSE_DIFFERS),
        ({"fields": (NAME, "people.person.document_number")}, Refusal.FIELD_NOT_AGREED),
        ({"persons": None}, Refusal.NOBODY),
        ({"order": ORDER}, Refusal.ORDER_UNUSABLE),
        ({"report": "subscribers"}, Refusal.UNKNOWN_REPORT),
        ({"persons": ()}, Refusal.NOBODY),
    ],
)
async def test_what_was_not_agreed_does_not_leave(
    pool: Pool, owner: str, changed: dict[str, object], refusal: Refusal
) -> None:
    await three(pool)
    await agreed(owner)
    ask = msgspec.structs.replace(CARE, **changed)
    done, memory = await disclosed(pool, ask)
    assert why(done) is refusal
    assert memory.octets == b""


async def test_no_agreement_no_disclosure(pool: Pool, owner: str) -> None:
    await three(pool)
    await agreed(owner, ID)
    assert why((await disclosed(pool, CLUB))[0]) is Refusal.NOT_IN_FORCE, "of another pack"
    await agreed(owner)
    bureau = Ask("credit-bureau", "identity-check", (1,))
    assert isinstance((await disclosed(pool, bureau))[0], Disclosure)
    ended = parse_instant("2027-12-31T00:00:00+07:00")
    assert why((await disclosed(pool, bureau, ended, salt=8))[0]) is Refusal.NOT_IN_FORCE
    last = Instant(ended - 1)
    assert isinstance((await disclosed(pool, bureau, last, salt=9))[0], Disclosure)


def test_a_selection_with_a_field_beside_the_agreement_cannot_be_made() -> None:
    recipient = KH.privacy.disclosing.recipient("film-club")
    assert recipient is not None
    agreement = rules.agreement_of(recipient, KH)
    for fields in ((NAME,), (), ("numbers.tenure.msisdn", NAME), agreement.fields * 2):
        with pytest.raises(AssertionError):
            Selection(agreement, fields)
    assert set(Selection(agreement, agreement.fields).fields) == set(agreement.fields)


@pytest.mark.parametrize("name", pack.names())
def test_every_field_of_a_pack_is_a_column_that_its_purpose_sees(name: str) -> None:
    terms = pack.load(name).terms
    assert terms.privacy.disclosing.recipients
    for recipient in terms.privacy.disclosing.recipients:
        found = rules.chosen(
            rules.agreement_of(recipient, terms), (), register.holdings(), register.rows()
        )
        assert isinstance(found, Selection), recipient.name


def test_a_field_that_its_purpose_does_not_see_is_refused() -> None:
    for field in ("people.person.name", "money.purse.funds_micros", "numbers.sim.sealed"):
        agreement = Agreement(
            "x", "2026-01", "partners", Basis.CONSENT, "KH", None, "offers", "x", (field,)
        )
        assert (
            why(rules.chosen(agreement, (), register.holdings(), register.rows()))
            is Refusal.FIELD_NOT_HELD
        )


async def test_the_report_of_a_quarter_is_logged_for_each_subscriber(
    pool: Pool, owner: str
) -> None:
    await three(pool)
    await agreed(owner, ID)
    (due,) = await perform(pool, disclosures.reports_due, ID, LATER)
    assert (due.report, due.period) == ("subscribers", "2026-4/4")
    report = Ask("regulator", "legal-duty", None, report="subscribers")

    done, memory = await disclosed(pool, report, terms=ID)

    assert isinstance(done, Disclosure)
    assert done.subjects == 3
    assert [one["held"]["people.person"][0]["document_number"] for one in memory.lines] == [
        "N1",
        "N2",
        "N3",
    ]
    for who in (1, 2, 3):
        assert [name for name, _ in await left_of(pool, who)] == ["regulator"]
    again, _ = await disclosed(pool, report, Instant(LATER + 1), terms=ID, salt=8)
    assert why(again) is Refusal.DISCLOSED_ALREADY
    next_quarter = parse_instant("2027-04-01T00:00:00+07:00")
    assert await perform(pool, disclosures.reports_due, ID, Instant(next_quarter - 1)) == []
    (due,) = await perform(pool, disclosures.reports_due, ID, next_quarter)
    assert due.period == "2027-1/4"


@pytest.mark.parametrize(
    ("at", "months", "period", "over"),
    [
        ("2026-01-01T00:00:00+07:00", 3, "2025-4/4", "2026-01-01T00:00:00+07:00"),
        ("2026-03-31T23:59:59+07:00", 3, "2025-4/4", "2026-01-01T00:00:00+07:00"),
        ("2026-04-01T00:00:00+07:00", 3, "2026-1/4", "2026-04-01T00:00:00+07:00"),
        ("2026-12-31T00:00:00+07:00", 12, "2025-1/1", "2026-01-01T00:00:00+07:00"),
        ("2026-02-28T00:00:00+07:00", 1, "2026-1/12", "2026-02-01T00:00:00+07:00"),
    ],
)
def test_a_period_is_whole_by_the_operators_clocks(
    at: str, months: int, period: str, over: str
) -> None:
    found = rules.period_before(months, parse_instant(at), "Asia/Jakarta")
    assert found == (period, parse_instant(over))


async def test_the_database_writes_down_nothing_that_was_not_agreed(
    pool: Pool, owner: str, database: str
) -> None:
    await three(pool)
    await agreed(owner)
    done, _ = await disclosed(pool, CARE)
    assert isinstance(done, Disclosure)
    picked = "SELECT privacy.pick(gen_random_uuid(), '{}', '{}', {}, '\\x00', to_timestamp({}))"
    at = 1_800_000_001
    expected = {
        "INSERT INTO privacy.disclosure SELECT * FROM privacy.disclosure": "no right to do it",
        "INSERT INTO privacy.disclosed SELECT * FROM privacy.disclosed": "no right to do it",
        "UPDATE privacy.agreement SET fields = '{people.person.name}'": "no right to do it",
        "SELECT privacy.publish_agreements('[]')": "no right to do it",
        picked.format("broker", "2026-01", "'{1}'", at): "disclosure_by_an_agreement",
        picked.format("credit-bureau", "2026-01", "'{1}'", 1_900_000_000): (
            "disclosure_by_an_agreement"
        ),
        picked.format("group-care", "2026-01", "NULL", at): "disclosure_of_everybody_is_law",
        # Picked, and never written down.
        picked.format("group-care", "2026-01", "'{1}'", at): "disclosed_is_on_record",
    }
    found = {said: refused_at_commit(database, said) for said in expected}
    assert found == expected
    change = "UPDATE privacy.disclosure SET "
    by_owner = {
        change + "fields = fields || '{people.person.born_on}'": (
            "disclosure_only_of_what_was_agreed"
        ),
        change + "agreed = agreed || '{people.person.born_on}'": "disclosure_by_an_agreement",
        change + "country = 'US'": "disclosure_by_an_agreement",
        change + "basis = 'order'": "disclosure_by_order_has_its_document",
        change + "subjects = 0": "disclosure_is_of_somebody",
        change + "report = 'x'": "disclosure_report_has_a_period",
        "UPDATE privacy.agreement SET measure = 'none' WHERE is_abroad": (
            "agreement_abroad_has_a_measure"
        ),
        "UPDATE privacy.agreement SET is_confidential = false": (
            "agreement_is_confidential_or_law"
        ),
        "UPDATE privacy.agreement SET basis = 'law' WHERE class = 'group'": (
            "agreement_law_is_for_authorities"
        ),
        "UPDATE privacy.agreement SET consent = '' WHERE basis = 'consent'": (
            "agreement_consent_is_named"
        ),
        "UPDATE privacy.agreement SET fields = '{}' WHERE recipient = 'film-club'": (
            "agreement_gives_something"
        ),
        "UPDATE privacy.agreement SET measure = 'consent' WHERE recipient = 'group-care'": (
            "agreement_consent_protects_where_it_is_the_basis"
        ),
        "UPDATE privacy.agreement SET fields = '{a}' WHERE recipient = 'group-care'": (
            "disclosure_by_an_agreement"
        ),
    }
    assert {said: refused(owner, said) for said in by_owner} == by_owner


def refused_at_commit(dsn: str, statement: str) -> str:
    """As ``refused``, with the checks that wait for the commit."""
    with psycopg.connect(dsn) as connection:
        try:
            connection.execute(statement.encode())
            connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except psycopg.errors.InsufficientPrivilege:
            return "no right to do it"
        except psycopg.errors.IntegrityError as error:
            return error.diag.constraint_name or ""
        connection.rollback()
    return ""


async def test_the_door_itself_looks_at_order_approvals_and_leaf(
    pool: Pool, owner: str, database: str
) -> None:
    await three(pool)
    await agreed(owner)
    request_hash = await approved(pool, BY_ORDER, "sam")
    recipient = KH.privacy.disclosing.recipient("investigators")
    assert recipient is not None
    agreement = rules.agreement_of(recipient, KH)
    assert BY_ORDER.order is not None
    body = rules.body(BY_ORDER, Selection(agreement, agreement.fields), BY_ORDER.order)
    assert hashlib.sha256(body.encode()).digest() == request_hash
    order = json.dumps({"body": body, "reference": ORDER.reference, "sha256": ORDER.sha256})

    def attempt(order: str | None, persons: list[int]) -> str:
        """The door, asked by whoever has the application's rights and none of its rules."""
        with psycopg.connect(database) as connection:
            try:
                connection.execute(
                    "SELECT privacy.pick(%s, 'investigators', '2026-01', %s, '', to_timestamp(%s))",
                    ["00000000-0000-4000-8000-000000000001", persons, 1_800_000_050],
                )
                connection.execute(
                    "SELECT privacy.disclose(%s, 'investigators', '2026-01', %s, %s::jsonb, NULL,"
                    " NULL, sha256(''), 'rith', 1, to_timestamp(%s))",
                    [
                        "00000000-0000-4000-8000-000000000001",
                        list(agreement.fields),
                        order,
                        1_800_000_050,
                    ],
                )
            except psycopg.errors.IntegrityError as error:
                return error.diag.constraint_name or ""
        return ""

    assert attempt(None, [1]) == "disclosure_by_order_has_its_document"
    assert attempt(order, [1]) == "disclosure_approved_by_two_others"
    await approved(pool, BY_ORDER, "vanna", at=Instant(LATER + 10))
    assert attempt(order, [1, 2]) == "disclosure_of_what_was_approved"
    forged = json.dumps({**json.loads(order), "reference": "another"})
    assert attempt(forged, [1]) == "disclosure_of_what_was_approved"
    assert attempt(order, [1]) == "disclosure_has_its_leaf"


async def test_a_role_sees_nobody_outside_of_a_disclosure(pool: Pool, owner: str) -> None:
    """Restricting reaches every role but those of law; views, functions and errors included."""
    await three(pool)
    await agreed(owner)
    seen = {}
    with psycopg.connect(owner) as connection:
        for role in PurposeRole:
            connection.execute(f"SET LOCAL ROLE {role.value}".encode())
            for statement in (
                "SELECT language FROM people.person",
                "SELECT address FROM people.contact",
                "SELECT msisdn FROM numbers.tenure",
                "SELECT msisdn FROM numbers.binding",
            ):
                seen[role, statement] = len(connection.execute(statement.encode()).fetchall())
            functions = ("privacy.is_picked(1)", "privacy.picked(0, 10)")
            for function in functions if role in DISCLOSING else ("privacy.is_attended(1)",):
                found = connection.execute(f"SELECT {function}".encode()).fetchall()
                seen[role, function] = sum(one[0] is not False for one in found)
            connection.execute("RESET ROLE")
    assert len(seen) == 3 * 6 + 5
    assert set(seen.values()) == {0}


async def test_numbers_of_a_former_holder_are_not_the_next_ones(pool: Pool, owner: str) -> None:
    await three(pool)
    await agreed(owner)
    await disclosed(pool, msgspec.structs.replace(CARE, persons=(1,)))
    assert len(await left_of(pool, 1)) == 1
    with psycopg.connect(owner) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE numbers.tenure SET holder_id = 4 WHERE holder_id = 1")
    assert await left_of(pool, 4) == []
