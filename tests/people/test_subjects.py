"""PRV-KINDS: everybody of whom something is known, as the pack declares them, and nobody else."""

import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.people import operations as people
from tenure.promises.people.model import Given, Known, Refusal, Subject
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.promises.staff.model import Role
from tenure.terms.subjects import ROLES, THEMSELVES
from tenure.values.instant import Instant
from tenure.values.refused import Refused
from tests.people.settled import ARRIVES, AT, FILE, ID, KH, act, given, leaves, populated, visitor

CANDIDATE = Subject(901, "candidate", "application", AT)
REFEREE = Subject(902, "referee", "application", AT, named_by="subject 901")
PARTNER = Subject(903, "partner", "agreement", AT)
CUSTOMER = Subject(904, "customer", "shop", AT, person_id=1)
APPLIES = given("application", name="Ly", phone="012 345 678"[1:], application_form=FILE)
NAMES_A_REFEREE = given("application", represented=True, name="Keo", phone="+855 12 345 678")
AGREES = given("agreement", name="Heng", company="Heng Ltd", phone="85512345678")

ENTERED = [
    # who, what is said, by whom, the answer
    (visitor(), ARRIVES, "sok", None),
    (CANDIDATE, APPLIES, "rith", None),
    (CUSTOMER, given("shop", gender="not-said", nationality="KH"), "sok", None),
    (Subject(1, "guest", "visit", AT), ARRIVES, "sok", Refusal.UNKNOWN_KIND),
    (visitor(), ARRIVES, "rith", Refusal.MAY_NOT_ENTER),
    (visitor(), ARRIVES, "nobody", StaffRefusal.UNKNOWN_MEMBER),
    (visitor(), given("contest", name="x"), "sok", Refusal.UNKNOWN_OCCASION),
    (visitor(), given(name="x", visit_reason="y"), "sok", Refusal.ITEM_MISSING),
    (visitor(), given(name="x", favourite_colour="red"), "sok", Refusal.ITEM_UNKNOWN),
    (visitor(), given(name="", visit_reason="y"), "sok", Refusal.ITEM_MALFORMED),
    (visitor(), given(name=("x", "y")), "sok", Refusal.ITEM_KNOWN),
    (CANDIDATE, given("application", cv="cv.pdf"), "rith", Refusal.ITEM_MALFORMED),
    (REFEREE, NAMES_A_REFEREE, "rith", Refusal.UNKNOWN_SUBJECT),
    (Subject(905, "customer", "shop", AT), given("shop"), "sok", Refusal.PROFILE_MISSING),
    (Subject(905, "customer", "shop", AT, 99), given("shop"), "sok", Refusal.UNKNOWN_PERSON),
    (CUSTOMER, given("shop", name="Sok"), "sok", Refusal.ITEM_ON_PROFILE),
    (Subject(905, "partner", "agreement", AT, 1), AGREES, "rith", Refusal.NOT_REGISTERED),
    (
        CUSTOMER,
        given("shop", friends_and_family="012345678"),
        "sok",
        Refusal.NOT_REPRESENTED,
    ),
]


@pytest.mark.parametrize(("who", "said", "by", "expected"), ENTERED)
async def test_who_may_be_entered_with_what(
    pool: Pool, who: Subject, said: Given, by: str, expected: object
) -> None:
    await populated(pool)

    answer = await perform(pool, people.subjects.enter, KH, who, said, act(by))

    if expected is None:
        assert isinstance(answer, Known), answer
        assert await perform(pool, people.subjects.find, who.subject_id) == answer
        assert await leaves(pool, "people.subject_entered") == 1
    else:
        assert isinstance(answer, Refused), answer
        assert answer.refusal is expected
        assert answer.detail
        assert await perform(pool, people.subjects.find, who.subject_id) is None


async def test_the_consequence_of_not_giving_is_told_in_words(pool: Pool) -> None:
    await populated(pool)
    said = given(name="x", arrived_at="2027-01-15T15:00:00+07:00")
    answer = await perform(pool, people.subjects.enter, KH, visitor(), said, act())
    assert isinstance(answer, Refused)
    assert answer.detail == "visit-reason is obligatory. Without it we cannot let you in."


async def test_a_visit_has_times_in_and_out_and_swipes(pool: Pool) -> None:
    await populated(pool)
    await perform(pool, people.subjects.enter, KH, visitor(), ARRIVES, act())
    for minute, door in (("05", "gate-1"), ("10", "lift")):
        swiped = given(swipe=f"2027-01-15T15:{minute}:00+07:00 {door}")
        answer = await perform(pool, people.subjects.add, KH, 900, swiped, act())
        assert isinstance(answer, Known), answer
    left = given(left_at="2027-01-15T16:00:00+07:00")
    done = await perform(pool, people.subjects.add, KH, 900, left, act("sok", Instant(AT + 1)))
    again = await perform(pool, people.subjects.add, KH, 900, left, act("sok", Instant(AT + 2)))

    assert isinstance(done, Known)
    told = {(one.item, one.place): one.value for one in done.items}
    assert told["arrived-at", 0] == "2027-01-15T08:00:00+00:00"
    assert told["left-at", 0] == "2027-01-15T09:00:00+00:00"
    assert told["swipe", 0] == "2027-01-15T08:05:00+00:00 gate-1"
    assert told["swipe", 1] == "2027-01-15T08:10:00+00:00 lift"
    assert isinstance(again, Refused)
    assert again.refusal is Refusal.ITEM_KNOWN


async def test_a_candidate_names_referees_who_agreed(pool: Pool) -> None:
    await populated(pool)
    await perform(pool, people.subjects.enter, KH, CANDIDATE, APPLIES, act("rith"))
    silent = given("application", name="Keo", phone="+855 12 345 678")

    refused = await perform(pool, people.subjects.enter, KH, REFEREE, silent, act("rith"))
    done = await perform(pool, people.subjects.enter, KH, REFEREE, NAMES_A_REFEREE, act("rith"))

    assert isinstance(refused, Refused)
    assert refused.refusal is Refusal.NOT_REPRESENTED
    assert isinstance(done, Known)
    assert (done.subject.named_by, done.subject.represented_at) == ("subject 901", AT)


async def test_what_was_wrong_is_put_right_and_stays_on_record(pool: Pool) -> None:
    await populated(pool)
    await perform(pool, people.subjects.enter, KH, visitor(), ARRIVES, act())
    when = act("sok", Instant(AT + 1_000))
    better = given(name="Chan Rithy")
    done = await perform(pool, people.subjects.add, KH, 900, better, when, instead=True)

    assert isinstance(done, Known)
    names = [(one.value, one.ended_at) for one in done.items if one.item == "name"]
    assert names == [("Chan Rith", when.at), ("Chan Rithy", None)]


async def test_somebody_enters_themselves_where_the_pack_says_so(pool: Pool) -> None:
    await populated(pool)
    reader = Subject(910, "website-visitor", "website", AT)
    by_page = Given(
        {"email": ("a@example.com",), "question": ("why?",)}, "website", by_themselves=True
    )
    done = await perform(pool, people.subjects.enter, KH, reader, by_page, act("<web>"))
    assert isinstance(done, Known)

    at_door = Given(ARRIVES.items, "visit", by_themselves=True)
    refused = await perform(pool, people.subjects.enter, KH, visitor(), at_door, act("<web>"))
    assert isinstance(refused, Refused)
    assert refused.refusal is Refusal.MAY_NOT_ENTER


async def test_a_person_is_a_customer_once(pool: Pool) -> None:
    await populated(pool)
    said = given("shop", gender="female")
    assert isinstance(await perform(pool, people.subjects.enter, KH, CUSTOMER, said, act()), Known)
    twice = Subject(999, "customer", "shop", AT, person_id=1)
    answer = await perform(pool, people.subjects.enter, KH, twice, said, act())
    assert isinstance(answer, Refused)
    (known,) = await perform(pool, people.subjects.of_person, [1])
    assert known.subject == CUSTOMER


BEHIND = [
    (
        "UPDATE people.item SET value = '15 January' WHERE form = 'instant'",
        "item_value_has_its_form",
    ),
    ("UPDATE people.item SET value = '' WHERE item = 'name'", "item_value_has_its_form"),
    ("UPDATE people.item SET form = 'date' WHERE item = 'name'", "item_value_has_its_form"),
    ("UPDATE people.item SET item = 'blood-group' WHERE item = 'name'", "item_as_it_is_declared"),
    ("UPDATE people.item SET place = 1", "item_one_unless_many"),
    ("UPDATE people.subject SET third_party = true", "subject_of_another_agreed"),
    ("UPDATE people.subject SET kind = 'spy'", "item_of_a_subject"),
    (
        """INSERT INTO people.subject SELECT 1, 'spy', false, false, NULL, 'visit', since, NULL,
           NULL, leaf_seq FROM people.subject""",
        "subject_of_a_declared_kind",
    ),
    (
        "UPDATE people.subject SET kind = 'referee', third_party = true",
        "subject_of_another_agreed",
    ),
    ("UPDATE people.subject SET named_by = 'person 1'", "subject_of_another_agreed"),
    ("UPDATE people.subject SET person_id = 1", "subject_registered_has_a_profile"),
]


@pytest.mark.parametrize(("statement", "named"), BEHIND)
async def test_a_superuser_cannot_put_in_what_is_not_declared(
    pool: Pool, owner: str, statement: str, named: str
) -> None:
    await populated(pool)
    await perform(pool, people.subjects.enter, KH, visitor(), ARRIVES, act())
    with psycopg.connect(owner) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(statement.encode())
    assert caught.value.diag.constraint_name == named


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE people.item SET value = 'x'",
        "DELETE FROM people.item",
        "UPDATE people.subject SET occasion = 'visit'",
        "INSERT INTO people.declared VALUES ('visitor', 'blood-group', 'text', false, false)",
        "INSERT INTO people.kind VALUES ('spy', false, false)",
        "UPDATE people.figures SET adult_years = 1",
        "SELECT people.publish('{}')",
    ],
)
async def test_the_application_may_not(pool: Pool, database: str, statement: str) -> None:
    await populated(pool)
    with psycopg.connect(database) as connection, pytest.raises(psycopg.Error) as caught:
        connection.execute(statement.encode())
    assert isinstance(caught.value, psycopg.errors.InsufficientPrivilege)


def test_the_roles_of_the_pack_are_those_of_staff() -> None:
    reading = {Role.REVIEWER.value, Role.REGULATOR.value}
    assert {role.value for role in Role} - reading == ROLES
    assert THEMSELVES not in ROLES


@pytest.mark.parametrize("terms", [KH, ID], ids=["smart-kh", "smartfren-id"])
def test_every_kind_is_asked_in_every_language_with_its_consequences(terms: object) -> None:
    assert isinstance(terms, type(KH))
    for kind in terms.people.kinds:
        for language in terms.languages:
            asked = people.subjects.asked(terms, kind.name, language)
            assert not isinstance(asked, Refused)
            assert all(one.title for one in asked)
            obligatory = [one for one in kind.wanted if one.without is not None]
            assert sum(bool(one.consequence) for one in asked) == len(obligatory) > 0
    assert isinstance(people.subjects.asked(terms, "spy", "en"), Refused)
