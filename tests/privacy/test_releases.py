"""What analysis is told: only of those who said yes, in crowds or with noise that a budget pays."""

import asyncio
import datetime as dt
from typing import Any, Final

import msgspec
import opendp.prelude
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.commands.privacy import noise as noises
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import Transaction, perform
from tenure.promises.privacy.model.releases import OTHER, Refusal, Release, Told
from tenure.promises.privacy.operations import releases
from tenure.promises.privacy.rules import releases as rules
from tenure.promises.privacy.store import releases as store
from tenure.promises.record.model import Act
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms import pack
from tenure.terms.analysis import MERGE, REFUSE, Question
from tenure.values.instant import Instant, parse_instant
from tenure.values.refused import Refused
from tests.privacy.used import act_at, rows

dp: Any = opendp.prelude
KH: Final = pack.load("smart-kh").terms
AT: Final = parse_instant("2026-11-22T12:00:00Z")
NOVEMBER, OCTOBER = dt.date(2026, 11, 1), dt.date(2026, 10, 1)
PEOPLE = KH.privacy.analysis.questions["people-by-offer"]
SPENT = KH.privacy.analysis.questions["spent-by-service-and-age"]
NOISY = KH.privacy.analysis.questions["lines-by-age"]

# Person n has line n with purse n: of age, and with a yes, unless the arrays say otherwise.
POPULATION = """
INSERT INTO record.leaf (at, kind, body, leaf_hash)
VALUES ('2026-01-01Z', 'test.made', '{}', sha256('\\x00'::bytea || '{}'));
INSERT INTO consent.text (document, version, language, sha256, body, meaning, published_at,
    effective_from, kept_at, leaf_seq)
SELECT document, '1', 'en', encode(sha256('words'), 'hex'), 'words', meaning, published, published,
       '2026-01-01Z', (SELECT min(seq) FROM record.leaf)
FROM (VALUES ('purpose/analysis', 1, NULL::timestamptz), ('privacy-notice', NULL, '2026-01-01Z'))
     AS t (document, meaning, published);
"""
PERSON = """
INSERT INTO people.person (person_id, name, language, born_on, since)
VALUES (%(n)s, 'Person', 'en', %(born)s, '2026-01-01Z')
"""
LINE = """
INSERT INTO numbers.line (msisdn, imsi, purse_id, offer, language, since)
VALUES ((85510000000 + %(n)s)::text, (456060000000000 + %(n)s)::text, %(n)s, %(offer)s, 'en',
        '2026-01-01Z')
"""
HELD = """
INSERT INTO numbers.tenure (msisdn, holder_id, during, opened_as, leaf_seq, purse_id, prepaid)
SELECT (85510000000 + %(n)s)::text, %(n)s, tstzrange('2026-01-01Z', NULL), 'import', min(seq),
       %(n)s, true
FROM record.leaf
"""
YES = """
INSERT INTO consent.event (record_id, person_id, purpose, medium, seq, word, at, by_person_id, way,
    language, evidence, meaning, purpose_version, purpose_sha256, notice_version, notice_sha256,
    leaf_seq)
SELECT gen_random_uuid(), %(n)s, 'analysis', 'none', 1, 'given', '2026-02-01Z', %(n)s, 'app',
       'en', '', 1, '1', encode(sha256('words'), 'hex'), '1', encode(sha256('words'), 'hex'),
       min(seq)
FROM record.leaf
"""
CHARGE = """
INSERT INTO money.entry VALUES (%s, %s, '2026-10-05Z'::timestamptz + %s * interval '1 s', 1, %s,
    %s, 0, 0, 0, 0, %s, 1000000000, 'k', '', '{}')
"""


def peopled(owner: str, count: int, *, offer: str = "prepaid", first: int = 1) -> None:
    """So many people of age with a line and a yes."""
    with psycopg.connect(owner) as connection:
        if first == 1:
            connection.execute(POPULATION.encode())
            connection.execute("SELECT money.open_month('2026-10-01Z')")
        connection.execute("SET LOCAL session_replication_role = replica")
        for n in range(first, first + count):
            about = {"n": n, "born": "1990-05-05", "offer": offer}
            for statement in (PERSON, LINE, HELD, YES):
                connection.execute(statement.encode(), about)


def charged(owner: str, purse: int, account: int, micros: int, times: int = 1) -> None:
    with psycopg.connect(owner) as connection:
        for nth in range(times):
            row = (purse, 100 * account + nth, nth, account, -micros, micros)
            connection.execute(CHARGE.encode(), row)


def do(owner: str, statement: str) -> None:
    with psycopg.connect(owner) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(statement.encode())


@pytest.fixture
def officer(owner: str) -> str:
    """The privacy officer's login."""
    do(
        owner,
        "INSERT INTO staff.human (human_id, name, document_kind, document_number, since)"
        " VALUES (1, 'Vanna', 'invented', '1', '2026-01-01Z');"
        "INSERT INTO staff.member (login, human_id, since) VALUES ('vanna', 1, '2026-01-01Z');"
        "INSERT INTO staff.role (login, role, since) VALUES ('vanna', 'privacy', '2026-01-01Z')",
    )
    return "vanna"


async def answer(pool: Pool, name: str, month: dt.date, by: str = "vanna", at: Instant = AT) -> Any:
    act = Act(by, at, bytes(range(32)))
    return await perform(pool, releases.release, KH, name, month, noises.noise(), act)


async def exact(pool: Pool, question: Question, month: dt.date = OCTOBER) -> dict[Any, int]:
    async def look(tx: Transaction) -> dict[Any, int]:
        return await store.figures(tx, question, month, AT)

    return await perform(pool, look)


@pytest.mark.usefixtures("officer")
async def test_groups_with_a_crowd_are_told_and_small_ones_merged(pool: Pool, owner: str) -> None:
    peopled(owner, 14)
    peopled(owner, 3, offer="student", first=20)
    peopled(owner, 12, offer="family", first=30)
    told = await answer(pool, "people-by-offer", NOVEMBER)
    assert isinstance(told, Release), told
    # Three are too few, and take the smallest group with them.
    assert told.told == (Told(("prepaid", "prepaid"), 14), Told((OTHER, OTHER), 15))
    again = await answer(pool, "people-by-offer", NOVEMBER)
    assert again.told == told.told
    assert again.again
    assert rows(owner, "SELECT least_people FROM privacy.release") == [(14,)]


@pytest.mark.usefixtures("officer")
async def test_nobody_is_counted_who_did_not_say_yes_or_rests_or_is_a_minor(
    pool: Pool, owner: str
) -> None:
    peopled(owner, 16)
    do(owner, "DELETE FROM consent.event WHERE person_id = 1")
    do(owner, "UPDATE people.person SET born_on = '2010-01-01' WHERE person_id = 2")
    do(
        owner,
        "INSERT INTO consent.event (record_id, person_id, purpose, medium, seq, word, at,"
        " by_person_id, way, language, evidence, after_seq, after_word, after_at, leaf_seq)"
        " SELECT gen_random_uuid(), 3, 'analysis', 'none', 2, 'withdrawn', '2026-03-01Z', 3, 'app',"
        " 'en', '', 1, 'given', '2026-02-01Z', leaf_seq FROM consent.event WHERE person_id = 3",
    )
    do(
        owner,
        "INSERT INTO consent.restriction (restriction_id, person_id, ground, case_ref, since,"
        " leaf_seq) SELECT gen_random_uuid(), 4, 'objection', 'C-1', '2026-03-01Z', min(seq)"
        " FROM record.leaf",
    )
    told = await answer(pool, "people-by-offer", NOVEMBER)
    assert told.told == (Told(("prepaid", "prepaid"), 12),)


@pytest.mark.usefixtures("officer")
async def test_too_few_are_told_of_by_nothing(pool: Pool, owner: str) -> None:
    peopled(owner, 10)
    refused = await answer(pool, "people-by-offer", NOVEMBER)
    assert refused.refusal is Refusal.TOO_FEW
    assert rows(owner, "SELECT count(*) FROM privacy.release") == [(0,)]


async def test_who_may_not_ask_is_told_nothing(pool: Pool, owner: str) -> None:
    peopled(owner, 14)
    refused = await answer(pool, "people-by-offer", NOVEMBER, by="sok")
    assert refused.refusal is StaffRefusal.UNKNOWN_MEMBER


@pytest.mark.usefixtures("officer")
async def test_a_month_must_fit_its_question(pool: Pool, owner: str) -> None:
    peopled(owner, 14)
    for name, month in (
        ("people-by-offer", OCTOBER),
        ("spent-by-service-and-age", NOVEMBER),
        ("spent-by-service-and-age", OCTOBER),
    ):
        refused = await answer(pool, name, month)
        assert refused.refusal is Refusal.WRONG_MONTH
    assert (await answer(pool, "all-about-rith", OCTOBER)).refusal is Refusal.UNKNOWN_QUESTION


async def test_whatever_one_person_does_the_figures_change_by_the_bound(
    pool: Pool, owner: str
) -> None:
    peopled(owner, 3)
    charged(owner, 1, 1, 40_000, 3)
    charged(owner, 2, 4, 90_000, 2)
    without = await exact(pool, SPENT)
    # Far more rows than count, each far above what a row counts for.
    charged(owner, 3, 1, 80_000_000, 25)
    charged(owner, 3, 4, 70_000_000, 25)
    charged(owner, 3, 2, 60_000_000, 25)
    neighbouring = await exact(pool, SPENT)
    moved = sum(
        abs(neighbouring.get(cell, 0) - without.get(cell, 0)) for cell in neighbouring | without
    )
    assert moved == SPENT.bound == SPENT.rows_max * SPENT.row_micros_max


async def test_noise_costs_what_the_library_computes() -> None:
    drawing = noises.noise()
    assert drawing is not None
    for bound, epsilon in ((1, 250_000), (SPENT.bound, 500_000), (7, 1), (3, 333_333)):
        cost = drawing.costs(bound, epsilon)
        assert 0 < cost <= epsilon
        scale = bound * 1e6 / epsilon
        space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
        assert cost >= 1e6 * dp.m.make_laplace(*space, scale=scale * (1 + 1e-6)).map(bound)
        # Twice the bound would cost twice as much: the claim is about this bound alone.
        assert dp.m.make_laplace(*space, scale=scale).map(2 * bound) > 1.9 * cost / 1e6


@pytest.mark.usefixtures("officer")
async def test_every_group_there_could_be_is_told_with_noise(pool: Pool, owner: str) -> None:
    peopled(owner, 2)
    told = await answer(pool, "lines-by-age", NOVEMBER)
    assert [one.group for one in told.told] == [
        ("under 25",),
        ("25 to 34",),
        ("35 to 49",),
        ("50 and over",),
    ]
    assert told.epsilon_millionths <= 250_000
    assert rows(owner, "SELECT spent_millionths FROM privacy.spending") == [
        (told.epsilon_millionths,)
    ]


@pytest.mark.usefixtures("officer")
async def test_of_two_at_once_the_budget_pays_one(pool: Pool, owner: str) -> None:
    peopled(owner, 12)
    charged(owner, 1, 1, 40_000)
    do(
        owner,
        "INSERT INTO privacy.spending SELECT 'lines', 2026, 1, NULL, 0, 1800000, 1800000, 2000000,"
        " '2026-05-01Z', min(seq) FROM record.leaf",
    )
    other = msgspec.structs.replace(NOISY, name="lines-again")
    analysis = msgspec.structs.replace(
        KH.privacy.analysis,
        questions={"a": msgspec.structs.replace(other, name="a", epsilon_millionths=150_000),
                   "b": msgspec.structs.replace(other, name="b", epsilon_millionths=150_000)},
    )  # fmt: skip
    terms = msgspec.structs.replace(
        KH, privacy=msgspec.structs.replace(KH.privacy, analysis=analysis)
    )
    given = await asyncio.gather(
        *(
            perform(
                pool, releases.release, terms, name, NOVEMBER, noises.noise(), act_at(AT, "vanna")
            )
            for name in ("a", "b")
        )
    )
    refused = [one for one in given if isinstance(one, Refused)]
    assert [one.refusal for one in refused] == [Refusal.BUDGET_SPENT]
    assert rows(owner, "SELECT max(spent_millionths) FROM privacy.spending") == [(1_950_000,)]


@pytest.mark.usefixtures("officer")
async def test_without_the_library_the_remedy_is_named(pool: Pool, owner: str) -> None:
    peopled(owner, 1)
    asked = (KH, "lines-by-age", NOVEMBER, None, act_at(AT, "vanna"))
    refused = await perform(pool, releases.release, *asked)
    assert isinstance(refused, Refused)
    assert refused.refusal is Refusal.NO_NOISE
    assert "pip install 'tenure[analysis]'" in refused.detail


SPEND: Final = """
INSERT INTO privacy.spending
SELECT 'lines', {}, timestamptz '2026-05-01Z', min(seq) FROM record.leaf
"""
FIRST: Final = "NULL::int, 0, 900000, 900000, 1000000"
# Each is the rest of a row for lines: what it follows, was spent, costs, is spent then, and may be.
WRONG: Final = {
    "spending_within_budget": (2026, 2, "1, 900000, 200000, 1100000, 1000000"),
    "spending_follows_the_one_before": (2026, 2, "1, 0, 200000, 200000, 1000000"),
    "spending_one_at_a_time": (2026, 1, FIRST),
    "spending_counts_up": (2026, 2, "NULL::int, 0, 1, 1, 1000000"),
    "spending_in_its_year": (2027, 1, "NULL::int, 0, 1, 1, 1000000"),
}


def spend(year: int, seq: int, rest: str) -> bytes:
    return SPEND.format(f"{year}, {seq}, {rest}").encode()


def test_the_database_refuses_what_the_rules_forgot(owner: str) -> None:
    peopled(owner, 1)
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(spend(2026, 1, FIRST))
        for named, row in WRONG.items():
            with pytest.raises(psycopg.errors.IntegrityError) as refused:
                connection.execute(spend(*row))
            assert refused.value.diag.constraint_name == named
        # A budget that is raised in the middle of a year is another budget.
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            connection.execute(spend(2026, 2, "1, 900000, 200000, 1100000, 9000000"))
        with pytest.raises(psycopg.errors.CheckViolation, match="never changed"):
            connection.execute("DELETE FROM privacy.spending")


@given(
    st.dictionaries(st.tuples(st.text("ab", max_size=3)), st.integers(0, 40), max_size=8),
    st.sampled_from([MERGE, REFUSE]),
    st.integers(2, 15),
)
def test_no_figure_is_of_fewer_people_than_a_crowd(
    counts: dict[tuple[str, ...], int], small: str, people_min: int
) -> None:
    question = msgspec.structs.replace(PEOPLE, by=("offer",), small=small, people_min=people_min)
    told = rules.crowded(counts, question)
    if isinstance(told, Refused):
        assert small == REFUSE or sum(counts.values()) < people_min
        return
    assert all(one.figure >= people_min for one in told)
    assert sum(one.figure for one in told) == sum(counts.values())
