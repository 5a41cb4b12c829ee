"""The second keeper: what the database refuses, whoever asks, and what marketing may see."""

import psycopg
import pytest
from psycopg import errors

from tenure.postgres.embedded import Cluster
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import (
    Acceptance,
    Acknowledgement,
    How,
    Manner,
    Representation,
    Way,
)
from tests.consent.given import KH, act, later, no, yes

SHOP = How(Way.SHOP, "km", "form 7")
COPY = """
INSERT INTO consent.event (
    record_id, person_id, purpose, medium, seq, word, at, until_at, by_person_id, way, language,
    evidence, meaning, purpose_version, purpose_sha256, notice_version, notice_sha256,
    after_seq, after_word, after_at, leaf_seq
) SELECT gen_random_uuid(), {person}, {purpose}, medium, {seq}, {word}, {at}, {until}, by_person_id,
         {way}, language, {evidence}, {meaning}, purpose_version, {words}, notice_version, {notice},
         {after_seq}, {after_word}, {after_at}, leaf_seq
FROM consent.event WHERE person_id = 1 AND purpose = 'offers' AND medium = 'sms' AND seq = 1
"""
SAME = {
    "person": "1",
    "purpose": "purpose",
    "seq": "2",
    "word": "'given'",
    "at": "at + interval '1 s'",
    "until": "NULL",
    "way": "way",
    "evidence": "''",
    "meaning": "meaning",
    "words": "purpose_sha256",
    "notice": "notice_sha256",
    "after_seq": "1",
    "after_word": "word",
    "after_at": "at",
}
NO = {"meaning": "NULL", "words": "NULL", "notice": "NULL"}


async def said(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes(), act())
    await perform(pool, consent.accept, KH, Acceptance(1, Manner.SIGNATURE, SHOP), act())
    await perform(pool, consent.acknowledge, KH, Acknowledgement(1, "registration", SHOP), act())
    third = Representation(1, "name", "friends and family", SHOP)
    await perform(pool, consent.represent, KH, third, act())


def refused(dsn: str, statement: str) -> str:
    """The constraint that refuses a statement; "" when it is done."""
    with psycopg.connect(dsn) as connection:
        try:
            connection.execute(statement.encode())
        except errors.InsufficientPrivilege:
            return "no right to do it"
        except psycopg.errors.IntegrityError as error:
            return error.diag.constraint_name or error.diag.column_name or ""
        connection.rollback()
    return ""


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ""),
        ({"seq": "1", "after_seq": "NULL"}, "event_counts_up"),
        ({"seq": "3"}, "event_counts_up"),
        ({"seq": "3", "after_seq": "2"}, "event_follows_the_one_before"),
        ({"person": "2"}, "event_follows_the_one_before"),
        ({"after_at": "at - interval '1 s'"}, "event_follows_the_one_before"),
        ({"at": "at - interval '1 s'"}, "event_is_not_before_the_last"),
        ({"word": "'refused'", **NO}, "event_refuses_what_was_not_given"),
        ({"word": "'withdrawn'"}, "event_yes_is_to_texts"),
        ({"notice": "NULL"}, "event_yes_is_to_texts"),
        ({"meaning": "NULL"}, "event_yes_is_to_texts"),
        ({"words": "notice_sha256"}, "event_to_the_words_of_the_purpose"),
        ({"meaning": "2"}, "event_to_the_words_of_the_purpose"),
        ({"notice": "purpose_sha256"}, "event_to_the_notice"),
        ({"until": "at"}, "event_no_has_no_end"),
        ({"word": "'maybe'"}, "event_word_is_known"),
        ({"way": "'pigeon'"}, "event_way_is_known"),
        ({"evidence": "E'a\\nb'"}, "event_evidence_is_an_id"),
        (
            {
                "purpose": "'other-purposes'",
                "seq": "1",
                "word": "'refused'",
                **NO,
                "after_seq": "NULL",
                "after_word": "NULL",
                "after_at": "NULL",
            },
            "event_purpose_says_something",
        ),
        (
            {
                "purpose": "'analysis'",
                "seq": "1",
                "word": "'withdrawn'",
                **NO,
                "after_seq": "NULL",
                "after_word": "NULL",
                "after_at": "NULL",
            },
            "event_withdraws_what_was_given",
        ),
    ],
)
async def test_a_word_that_does_not_follow_is_refused(
    pool: Pool, owner: str, changed: dict[str, str], expected: str
) -> None:
    await said(pool)
    assert refused(owner, COPY.format(**(SAME | changed))) == expected


async def test_a_yes_at_the_instant_of_a_no_is_refused(pool: Pool, owner: str) -> None:
    await perform(pool, consent.give, KH, yes(), act())
    await perform(pool, consent.withdraw, KH, no("offers"), act(later()))
    statement = COPY.format(
        **SAME
        | {
            "seq": "3",
            "at": "at + interval '1 ms'",
            "after_seq": "2",
            "after_word": "'withdrawn'",
            "after_at": "at + interval '1 ms'",
        }
    )
    assert refused(owner, statement) == "event_gives_after_a_no"


COLUMNS = {
    "text": "document version language sha256 body meaning published_at effective_from kept_at",
    "acceptance": "acceptance_id person_id document version language sha256 manner way evidence at",
    "acknowledgement": (
        "acknowledgement_id person_id document version language sha256 occasion way evidence at"
    ),
    "representation": "representation_id supplier_id about occasion way language evidence at",
}


def copied(table: str, where: str = "true", **changed: str) -> str:
    """A statement that adds the rows of a table again, some columns changed."""
    names = [*COLUMNS[table].split(), "leaf_seq"]
    values = [changed.get(name, name) for name in names]
    if table != "text":
        values[0] = "gen_random_uuid()"
    return (
        f"INSERT INTO consent.{table} ({', '.join(names)}) SELECT {', '.join(values)}"  # noqa: S608 -- of a test
        f" FROM consent.{table} WHERE {where}"
    )


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE consent.event SET word = 'given'", "event_stays_said"),
        ("DELETE FROM consent.event", "event_stays_said"),
        ("UPDATE consent.text SET body = 'We sell it.'", "text_stays_said"),
        ("DELETE FROM consent.acceptance", "acceptance_stays_said"),
        ("UPDATE consent.acknowledgement SET occasion = 'x'", "acknowledgement_stays_said"),
        ("DELETE FROM consent.representation", "representation_stays_said"),
        (copied("text", version="'2027-01'", body="'Otherwise.'"), "text_hash_is_of_its_body"),
        (copied("text"), "text_of_a_version_is_one"),
        (
            copied("text", "meaning IS NOT NULL", document="'purpose/other-things'"),
            "text_purpose_says_something",
        ),
        (
            copied("text", "meaning IS NULL", version="'2027-01'", meaning="7"),
            "text_of_a_purpose_has_a_meaning",
        ),
        (
            copied("text", "meaning IS NULL", version="'2027-01'", published_at="kept_at"),
            "text_of_a_document_is_published",
        ),
        (copied("acceptance"), "acceptance_is_one_a_manner"),
        (
            copied("acceptance", person_id="2", version="'1999-01'"),
            "acceptance_of_what_was_published",
        ),
        (
            copied("acceptance", person_id="2", manner="'silence'"),
            "acceptance_manner_is_published",
        ),
        (
            copied("acknowledgement", version="'1999-01'"),
            "acknowledgement_of_what_was_published",
        ),
        (
            copied("acknowledgement", document="'general-terms'"),
            "acknowledgement_is_of_a_notice",
        ),
        (copied("acknowledgement", occasion="'+85512345678'"), "acknowledgement_says_when"),
        (copied("representation", about="'Sok Dara'"), "representation_names_no_data"),
    ],
)
async def test_the_database_refuses_what_no_rule_would_do(
    pool: Pool, owner: str, statement: str, expected: str
) -> None:
    await said(pool)
    assert refused(owner, statement) == expected


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE consent.event SET at = at",
        "DELETE FROM consent.event",
        "TRUNCATE consent.event",
        "DELETE FROM consent.text",
    ],
)
async def test_the_application_cannot_unsay(pool: Pool, database: str, statement: str) -> None:
    await said(pool)
    assert refused(database, statement) == "no right to do it"


async def test_marketing_may_ask_and_see_nothing_else(
    pool: Pool, cluster: Cluster, database_name: str
) -> None:
    await said(pool)
    await perform(pool, consent.withdraw, KH, no("offers", media="call"), act(later()))
    with psycopg.connect(cluster.dsn_of("tenure_marketing", database_name)) as connection:

        def may(purpose: str, medium: str, seconds: int = 1, person: int = 1) -> bool:
            row = connection.execute(
                "SELECT consent.may(%s, %s, %s, to_timestamp(%s))",
                [person, purpose, medium, 1_800_000_000 + seconds],
            ).fetchone()
            assert row is not None
            return bool(row[0])

        assert may("offers", "sms")
        assert not may("offers", "call")
        assert not may("partner-offers", "sms")
        assert not may("offers", "sms", -1)
        assert not may("offers", "sms", person=2)
    tables = [
        "consent.event",
        "consent.text",
        "consent.acceptance",
        "consent.acknowledgement",
        "record.leaf",
        "people.person",
        "notices.notice",
    ]
    dsn = cluster.dsn_of("tenure_marketing", database_name)
    assert {table: refused(dsn, f"TABLE {table}") for table in tables} == dict.fromkeys(
        tables, "no right to do it"
    )
