"""All SQL of consent."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from tenure.postgres.arrays import int8s, texts
from tenure.postgres.transaction import Transaction
from tenure.promises.consent.model import (
    Acceptance,
    Accepted,
    Acknowledged,
    Acknowledgement,
    Before,
    Event,
    How,
    Kept,
    Manner,
    Medium,
    Representation,
    Represented,
    Shown,
    TextKey,
    Way,
    Word,
)
from tenure.values.instant import Instant, moment_of

LOCKS: Final = 1024
"""A withdrawal and a sender meet at one of so many doors: a big sender holds no more of them."""
_CLASS: Final = 0x636F6E73
# The lock is got by a statement of its own: what was committed before is seen by the next one.
_LOCK: Final = "SELECT pg_advisory_xact_lock(%s, %s)"
_LOCK_SHARED: Final = """
SELECT count(*) FROM (
    SELECT pg_advisory_xact_lock_shared(%s, door::integer)
    FROM (SELECT DISTINCT door FROM unnest(%s) AS doors (door) ORDER BY door) AS ordered
) AS locked
"""

_EVENT: Final = """
SELECT record_id, person_id, purpose, medium, seq, word, at, until_at, by_person_id, way, language,
       evidence, meaning, purpose_version, purpose_sha256, notice_version, notice_sha256,
       after_word, after_at, leaf_seq
FROM consent.event
"""
_HISTORY: Final = f"{_EVENT} WHERE person_id = %s ORDER BY at, purpose, medium, seq"
_LAST: Final = f"""
SELECT DISTINCT ON (purpose, medium) * FROM ({_EVENT} WHERE person_id = %s) AS said
ORDER BY purpose, medium, seq DESC
"""  # noqa: S608 -- put together from literals
_LAST_OF_ALL: Final = f"""
SELECT said.* FROM (
    SELECT DISTINCT person_id, purpose FROM unnest(%b, %b) AS asked (person_id, purpose)
) AS asked CROSS JOIN LATERAL (
    {_EVENT} e WHERE e.person_id = asked.person_id AND e.purpose = asked.purpose AND e.medium = %s
    ORDER BY seq DESC LIMIT 1
) AS said
"""  # noqa: S608 -- put together from literals
_CHAIN: Final = f"""
{_EVENT} e WHERE (person_id, purpose, medium) = (
    SELECT person_id, purpose, medium FROM consent.event WHERE record_id = %(record)s
) AND seq <= (SELECT seq FROM consent.event WHERE record_id = %(record)s)
ORDER BY seq
"""  # noqa: S608 -- put together from literals
_ADD: Final = """
INSERT INTO consent.event (
    record_id, person_id, purpose, medium, seq, word, at, until_at, by_person_id, way, language,
    evidence, meaning, purpose_version, purpose_sha256, notice_version, notice_sha256,
    after_seq, after_word, after_at, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


async def lock(tx: Transaction, person_id: int) -> None:
    """One who says yes or no at a time, and no sender that reads it meanwhile."""
    await tx.execute(_LOCK, [_CLASS, person_id % LOCKS])


async def lock_shared(tx: Transaction, person_ids: Sequence[int]) -> None:
    """Nobody of these says no until this transaction ends."""
    doors = [person_id % LOCKS for person_id in person_ids]
    await tx.execute(_LOCK_SHARED, [_CLASS, int8s(doors)])


def _event(row: Sequence[Any]) -> Event:
    record_id, person_id, purpose, medium, seq, word, at, until, by, *rest = row
    way, language, evidence, meaning, *texts_, after_word, after_at, leaf_seq = rest
    return Event(
        record_id=record_id,
        person_id=person_id,
        purpose=purpose,
        medium=Medium(medium),
        seq=seq,
        word=Word(word),
        at=at,
        until=until,
        by=by,
        how=How(Way(way), language, evidence),
        shown=None if meaning is None else Shown(meaning, *texts_),
        after=None if after_word is None else Before(Word(after_word), after_at),
        leaf_seq=leaf_seq,
    )


async def last(tx: Transaction, person_id: int) -> list[Event]:
    """The last word of somebody about each purpose and medium."""
    cursor = await tx.execute(_LAST, [person_id])
    return [_event(row) for row in await cursor.fetchall()]


async def last_of_all(
    tx: Transaction, pairs: Sequence[tuple[int, str]], medium: str
) -> list[Event]:
    """The last words about these purposes by one medium, of these people, in one round trip."""
    people, purposes = [person_id for person_id, _ in pairs], [purpose for _, purpose in pairs]
    cursor = await tx.execute(_LAST_OF_ALL, [int8s(people), texts(purposes), medium])
    return [_event(row) for row in await cursor.fetchall()]


async def history(tx: Transaction, person_id: int) -> list[Event]:
    """Every word of somebody, oldest first."""
    cursor = await tx.execute(_HISTORY, [person_id])
    return [_event(row) for row in await cursor.fetchall()]


async def chain(tx: Transaction, record_id: Any) -> list[Event]:
    """A word and all before it about the same purpose and medium, oldest first."""
    cursor = await tx.execute(_CHAIN, {"record": record_id})
    return [_event(row) for row in await cursor.fetchall()]


async def add(tx: Transaction, event: Event, leaf_seq: int) -> None:
    """Add a word; one that does not follow the last violates a constraint named event_…."""
    shown, after = event.shown, event.after
    read: list[int | str | None] = [None] * 5
    if shown is not None:
        read = [
            shown.meaning,
            shown.purpose_version,
            shown.purpose_sha256,
            shown.notice_version,
            shown.notice_sha256,
        ]
    await tx.execute(
        _ADD,
        [
            event.record_id,
            event.person_id,
            event.purpose,
            event.medium.value,
            event.seq,
            event.word.value,
            moment_of(event.at),
            None if event.until is None else moment_of(event.until),
            event.by,
            event.how.way.value,
            event.how.language,
            event.how.evidence,
            *read,
            None if after is None else event.seq - 1,
            None if after is None else after.word.value,
            None if after is None else moment_of(after.at),
            leaf_seq,
        ],
    )


_KEPT: Final = """
SELECT document, version, language, sha256, published_at, effective_from, meaning, kept_at, leaf_seq
FROM consent.text
"""
_KEPT_OF: Final = f"{_KEPT} WHERE document = %s AND version = %s"
_KEPT_ALL: Final = f"{_KEPT} WHERE document = %s ORDER BY effective_from, version, language"
_BODY: Final = """
SELECT body FROM consent.text WHERE document = %s AND version = %s AND language = %s
"""
_KEEP: Final = """
INSERT INTO consent.text (
    document, version, language, sha256, body, meaning, published_at, effective_from, kept_at,
    leaf_seq
) VALUES (%s, %s, %s, encode(sha256(convert_to(%s, 'UTF8')), 'hex'), %s, %s, %s, %s, %s, %s)
"""


def _kept(row: Sequence[Any]) -> Kept:
    document, version, language, sha256, published, effective, meaning, kept_at, leaf_seq = row
    key = TextKey(document, version, language)
    return Kept(key, sha256, published, effective, meaning, kept_at, leaf_seq)


async def kept_of(tx: Transaction, document: str, version: str) -> list[Kept]:
    """The texts of a version that are kept, in every language."""
    cursor = await tx.execute(_KEPT_OF, [document, version])
    return [_kept(row) for row in await cursor.fetchall()]


async def kept(tx: Transaction, document: str) -> list[Kept]:
    """All versions of a document that are kept."""
    cursor = await tx.execute(_KEPT_ALL, [document])
    return [_kept(row) for row in await cursor.fetchall()]


async def body(tx: Transaction, key: TextKey) -> str | None:
    """The words of a text that was shown, whatever the pack says by now."""
    cursor = await tx.execute(_BODY, [key.document, key.version, key.language])
    row = await cursor.fetchone()
    return None if row is None else str(row[0])


async def keep(
    tx: Transaction,
    new: Mapping[TextKey, str],
    about: tuple[int | None, Instant | None, Instant | None],
    at: Instant,
    leaf_seq: int,
) -> None:
    """Keep texts of one version; ``about`` is the meaning, or since when they are published and
    in force."""
    meaning, published, effective = about
    for key, text in new.items():
        await tx.execute(
            _KEEP,
            [
                key.document,
                key.version,
                key.language,
                text,
                text,
                meaning,
                None if published is None else moment_of(published),
                None if effective is None else moment_of(effective),
                moment_of(at),
                leaf_seq,
            ],
        )


_ACCEPTANCE: Final = """
SELECT acceptance_id, person_id, manner, way, language, evidence, document, version, sha256, at,
       leaf_seq
FROM consent.acceptance
"""
_ACCEPTANCES_OF: Final = f"{_ACCEPTANCE} WHERE person_id = %s ORDER BY at, document, manner"
_ACCEPTED: Final = f"""
{_ACCEPTANCE} WHERE person_id = %s AND document = %s AND version = %s AND manner = %s
"""
_ACCEPT: Final = """
INSERT INTO consent.acceptance (
    acceptance_id, person_id, document, version, language, sha256, manner, way, evidence, at,
    leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_ACKNOWLEDGEMENTS_OF: Final = """
SELECT acknowledgement_id, person_id, occasion, way, language, evidence, document, version, sha256,
       at, leaf_seq
FROM consent.acknowledgement WHERE person_id = %s ORDER BY at, acknowledgement_id
"""
_ACKNOWLEDGE: Final = """
INSERT INTO consent.acknowledgement (
    acknowledgement_id, person_id, document, version, language, sha256, occasion, way, evidence, at,
    leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_REPRESENTATIONS_OF: Final = """
SELECT representation_id, supplier_id, about, occasion, way, language, evidence, at, leaf_seq
FROM consent.representation WHERE supplier_id = %s ORDER BY at, representation_id
"""
_REPRESENT: Final = """
INSERT INTO consent.representation (
    representation_id, supplier_id, about, occasion, way, language, evidence, at, leaf_seq
) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def _accepted(row: Sequence[Any]) -> Accepted:
    one, person_id, manner, way, language, evidence, document, version, sha256, at, leaf_seq = row
    how = How(Way(way), language, evidence)
    said = Acceptance(person_id, Manner(manner), how, document, version)
    return Accepted(one, said, version, sha256, at, leaf_seq)


async def accepted(tx: Transaction, one: Accepted) -> Accepted | None:
    """The acceptance of the same version in the same manner that is there already."""
    said = one.acceptance
    named = [said.person_id, said.document, one.version, said.manner.value]
    row = await (await tx.execute(_ACCEPTED, named)).fetchone()
    return None if row is None else _accepted(row)


async def accept(tx: Transaction, one: Accepted, leaf_seq: int) -> None:
    """Add an acceptance; of two at the same time, the second sees the first."""
    said = one.acceptance
    await tx.execute(
        _ACCEPT,
        [
            one.acceptance_id,
            said.person_id,
            said.document,
            one.version,
            said.how.language,
            one.sha256,
            said.manner.value,
            said.how.way.value,
            said.how.evidence,
            moment_of(one.at),
            leaf_seq,
        ],
    )


async def acceptances(tx: Transaction, person_id: int) -> list[Accepted]:
    """What somebody accepted, oldest first."""
    cursor = await tx.execute(_ACCEPTANCES_OF, [person_id])
    return [_accepted(row) for row in await cursor.fetchall()]


def _acknowledged(row: Sequence[Any]) -> Acknowledged:
    one, person_id, occasion, way, language, evidence, document, version, sha256, at, leaf_seq = row
    how = How(Way(way), language, evidence)
    said = Acknowledgement(person_id, occasion, how, document, version)
    return Acknowledged(one, said, version, sha256, at, leaf_seq)


async def acknowledge(tx: Transaction, one: Acknowledged, leaf_seq: int) -> None:
    """Add an acknowledgement."""
    said = one.acknowledgement
    await tx.execute(
        _ACKNOWLEDGE,
        [
            one.acknowledgement_id,
            said.person_id,
            said.document,
            one.version,
            said.how.language,
            one.sha256,
            said.occasion,
            said.how.way.value,
            said.how.evidence,
            moment_of(one.at),
            leaf_seq,
        ],
    )


async def acknowledgements(tx: Transaction, person_id: int) -> list[Acknowledged]:
    """What somebody acknowledged, oldest first."""
    cursor = await tx.execute(_ACKNOWLEDGEMENTS_OF, [person_id])
    return [_acknowledged(row) for row in await cursor.fetchall()]


async def represent(tx: Transaction, one: Represented, leaf_seq: int) -> None:
    """Add a representation."""
    said = one.representation
    await tx.execute(
        _REPRESENT,
        [
            one.representation_id,
            said.supplier_id,
            said.about,
            said.occasion,
            said.how.way.value,
            said.how.language,
            said.how.evidence,
            moment_of(one.at),
            leaf_seq,
        ],
    )


async def representations(tx: Transaction, person_id: int) -> list[Represented]:
    """What somebody represented, oldest first."""
    cursor = await tx.execute(_REPRESENTATIONS_OF, [person_id])
    found = []
    for (
        one,
        supplier,
        about,
        occasion,
        way,
        language,
        evidence,
        at,
        leaf,
    ) in await cursor.fetchall():
        said = Representation(supplier, about, occasion, How(Way(way), language, evidence))
        found.append(Represented(one, said, at, leaf))
    return found
