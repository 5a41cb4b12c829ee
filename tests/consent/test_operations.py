"""Yes and no on a real PostgreSQL: what counts, what is kept, and what is never changed."""

import hashlib

import msgspec
import psycopg
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import (
    Acceptance,
    Accepted,
    Acknowledged,
    Acknowledgement,
    Answer,
    How,
    Manner,
    Medium,
    Refusal,
    Representation,
    Represented,
    Way,
    Word,
)
from tenure.terms.model import Terms
from tenure.values.instant import DAY_MS, Instant, parse_instant
from tenure.values.refused import Refused
from tests.consent.given import AT, CHILD, DARA, ID, KH, USSD, act, later, no, yes


def answer(found: object) -> Answer:
    assert isinstance(found, Answer), found
    return found


def refusal(found: object) -> Refusal:
    assert isinstance(found, Refused), found
    return found.refusal  # type: ignore[no-any-return]  # of a refusal of ours


async def open_(pool: Pool, at: Instant, medium: str = "sms", terms: Terms = KH) -> set[str]:
    pairs = [(1, one.name) for one in terms.consents.purposes]
    found = await perform(pool, consent.standing, terms, pairs, medium, at)
    return {purpose for _, purpose in found}


async def test_nothing_stands_before_a_yes(pool: Pool) -> None:
    assert await open_(pool, AT) == set()
    assert await perform(pool, consent.history, 1) == []


async def test_a_yes_is_to_its_purposes_and_media_and_ends_with_a_no(pool: Pool) -> None:
    given = answer(await perform(pool, consent.give, KH, yes(), act()))

    assert [(one.purpose, one.medium, one.word, one.seq) for one in given.changed] == [
        ("offers", Medium.SMS, Word.GIVEN, 1),
        ("offers", Medium.CALL, Word.GIVEN, 1),
        ("offers", Medium.EMAIL, Word.GIVEN, 1),
    ]
    assert await open_(pool, AT) == {"offers"}
    assert await open_(pool, AT, "email") == {"offers"}
    assert await open_(pool, AT, "app") == set()
    assert await open_(pool, Instant(AT - 1)) == set()

    ended = answer(await perform(pool, consent.withdraw, KH, no(media="sms"), act(later())))

    assert [one.word for one in ended.changed if one.purpose == "offers"] == [Word.WITHDRAWN]
    assert await open_(pool, later()) == set()
    assert await open_(pool, later(), "email") == {"offers"}


async def test_what_was_said_already_changes_nothing(pool: Pool) -> None:
    first = answer(await perform(pool, consent.give, KH, yes("offers", "analysis"), act()))
    again = answer(await perform(pool, consent.give, KH, yes("offers"), act(later())))

    assert again.changed == ()
    assert set(again.standing) == set(first.changed)

    await perform(pool, consent.withdraw, KH, no(), act(later(2)))
    before = await perform(pool, consent.history, 1)
    repeated = answer(await perform(pool, consent.withdraw, KH, no(), act(later(3))))

    assert repeated.changed == ()
    assert [one.purpose for one in repeated.standing] == ["analysis"]
    assert await perform(pool, consent.history, 1) == before


async def test_1204_ends_all_direct_marketing_also_what_was_never_asked(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes("offers", "partner-offers", "analysis"), act())

    how = How(Way.SHORT_CODE, "km")
    ended = answer(await perform(pool, consent.withdraw, KH, no(how=how), act(later())))

    assert {one.word for one in ended.changed} == {Word.WITHDRAWN}
    assert {one.purpose for one in ended.changed} == {"offers", "partner-offers"}
    assert [one.purpose for one in ended.standing] == ["analysis"]
    never = answer(await perform(pool, consent.withdraw, KH, no(person_id=2), act(later())))
    assert {one.word for one in never.changed} == {Word.REFUSED}
    assert len(never.changed) == 6


async def test_of_a_yes_and_a_no_at_one_instant_the_no_counts(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes(), act())
    await perform(pool, consent.withdraw, KH, no(), act())
    assert await open_(pool, AT) == set()

    again = await perform(pool, consent.give, KH, yes(), act())

    assert refusal(again) is Refusal.WITHDRAWN_SINCE
    assert answer(await perform(pool, consent.give, KH, yes(), act(later()))).changed
    assert await open_(pool, later()) == {"offers"}


async def test_a_clock_that_was_set_back_does_not_undo_a_no(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes(), act(later(10)))

    ended = answer(await perform(pool, consent.withdraw, KH, no("offers"), act(AT)))

    assert {one.at for one in ended.changed} == {later(10)}
    assert await open_(pool, AT) == await open_(pool, later(60_000)) == set()
    assert refusal(await perform(pool, consent.give, KH, yes(), act(later(9)))) is (
        Refusal.WITHDRAWN_SINCE
    )


async def test_a_yes_ends_by_itself_when_the_pack_says_so(pool: Pool) -> None:
    given = answer(
        await perform(pool, consent.give, ID, yes("offers", how=How(Way.APP, "id")), act())
    )
    end = Instant(AT + 365 * DAY_MS)

    assert {one.until for one in given.changed} == {end}
    assert await open_(pool, Instant(end - 1), terms=ID) == {"offers"}
    assert await open_(pool, end, terms=ID) == set()
    renewed = yes("offers", how=How(Way.APP, "id"))
    assert answer(await perform(pool, consent.give, ID, renewed, act(end))).changed


async def test_another_meaning_needs_another_yes_and_another_word_does_not(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes(), act())
    offers, *others = KH.consents.purposes

    def changed(**values: object) -> Terms:
        purpose = msgspec.structs.replace(offers, **values)
        consents = msgspec.structs.replace(KH.consents, purposes=(purpose, *others))
        return msgspec.structs.replace(KH, consents=consents)

    assert await open_(pool, later(), terms=changed(version="2027-01")) == {"offers"}
    broader = changed(version="2027-01", meaning=2)
    assert await open_(pool, later(), terms=broader) == set()
    assert answer(await perform(pool, consent.give, broader, yes(), act(later()))).changed
    assert await open_(pool, later(), terms=broader) == {"offers"}
    silently = changed(recipients=("partners",), meaning=3)
    again = await perform(pool, consent.give, silently, yes(), act(later(2)))
    assert refusal(again) is Refusal.TEXT_CHANGED


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (yes("other"), Refusal.UNKNOWN_PURPOSE),
        (yes("offers", media="app"), Refusal.UNKNOWN_MEDIUM),
        (yes("analysis", media="sms"), Refusal.UNKNOWN_MEDIUM),
        (yes("offers", how=How(Way.APP, "fr")), Refusal.UNKNOWN_LANGUAGE),
        (yes("offers", how=How(Way.APP, "km", "ល")), Refusal.EVIDENCE_UNUSABLE),
        (yes("offers", how=How(Way.APP, "km", "x" * 201)), Refusal.EVIDENCE_UNUSABLE),
        (yes(whose=msgspec.structs.replace(DARA, born_on=None)), Refusal.AGE_UNKNOWN),
        (yes(by=2), Refusal.NOT_THEIRS),
        (yes(whose=CHILD), Refusal.GUARDIAN_NEEDED),
        (yes(whose=CHILD, by=8), Refusal.NOT_THEIRS),
    ],
)
async def test_a_yes_that_does_not_count(pool: Pool, asked: object, expected: Refusal) -> None:
    found = await perform(pool, consent.give, KH, asked, act())  # type: ignore[arg-type]

    assert refusal(found) is expected
    assert await perform(pool, consent.history, 1) == []


async def test_a_guardians_yes_ends_when_the_child_comes_of_age(pool: Pool) -> None:
    given = answer(await perform(pool, consent.give, KH, yes(whose=CHILD, by=7), act()))
    birthday = parse_instant("2030-03-01T00:00:00+07:00")

    assert {(one.by, one.until) for one in given.changed} == {(7, birthday)}
    pair = [(6, "offers")]
    before = Instant(birthday - 1)
    assert await perform(pool, consent.standing, KH, pair, "sms", before) == set(pair)
    assert await perform(pool, consent.standing, KH, pair, "sms", birthday) == set()
    own = answer(await perform(pool, consent.give, KH, yes(whose=CHILD), act(birthday)))
    assert {(one.by, one.until) for one in own.changed} == {(6, None)}


async def test_a_child_may_say_no_alone(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes(whose=CHILD, by=7), act())

    ended = answer(await perform(pool, consent.withdraw, KH, no(person_id=6), act(later())))

    assert Word.WITHDRAWN in {one.word for one in ended.changed}


async def test_a_no_is_kept_whatever_came_with_it(pool: Pool) -> None:
    odd = How(Way.SHORT_CODE, "xx", "ឈប់")
    ended = answer(await perform(pool, consent.withdraw, KH, no(how=odd), act()))
    assert {one.how.evidence for one in ended.changed} == {""}
    unknown = await perform(pool, consent.withdraw, KH, no("gossip"), act())
    assert refusal(unknown) is Refusal.UNKNOWN_PURPOSE


async def test_what_the_operator_no_longer_knows_can_be_ended(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes("partner-offers", "analysis"), act())
    offers, _, *others = KH.consents.purposes
    consents = msgspec.structs.replace(KH.consents, purposes=(offers, *others))
    without = msgspec.structs.replace(KH, consents=consents)

    assert await open_(pool, AT, terms=without) == set()
    ended = answer(await perform(pool, consent.withdraw, without, no(), act(later())))

    assert {one.purpose for one in ended.changed if one.word is Word.WITHDRAWN} == {
        "partner-offers"
    }


async def test_two_that_were_one_stand_by_the_stricter_word(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes("offers", "analysis"), act())
    other = msgspec.structs.replace(DARA, person_id=2)
    await perform(pool, consent.give, KH, yes("partner-offers", whose=other), act())
    await perform(pool, consent.withdraw, KH, no("offers", person_id=2), act(later()))

    joined = await perform(pool, consent.join, 1, 2, act(later(2)))

    assert {one.purpose for one in joined} == {"offers"}
    assert await open_(pool, later(2)) == set()
    assert await perform(pool, consent.join, 1, 2, act(later(3))) == ()
    stands = await perform(pool, consent.overview, KH, 1, later(3))
    assert [one.purpose.name for one in stands if one.open] == ["analysis"]


async def test_an_overview_has_every_purpose_of_the_operator(pool: Pool) -> None:
    await perform(pool, consent.give, KH, yes(media="sms"), act())

    shown = await perform(pool, consent.overview, KH, 1, AT)

    assert [one.purpose.name for one in shown] == [
        "offers",
        "partner-offers",
        "analysis",
        "partner-services",
    ]
    assert shown[0].open == {Medium.SMS}
    assert shown[0].media[Medium.EMAIL] is None
    assert not any(one.open for one in shown[1:])


async def test_terms_are_accepted_once_in_each_manner(pool: Pool) -> None:
    asked = Acceptance(1, Manner.ACTIVATION, How(Way.SHOP, "km", "leaf 12"))

    first = await perform(pool, consent.accept, KH, asked, act())
    again = await perform(pool, consent.accept, KH, asked, act(later()))
    clicked = msgspec.structs.replace(asked, manner=Manner.CLICK, version="2021-07-31")
    other = await perform(pool, consent.accept, KH, clicked, act(later(2)))

    assert isinstance(first, Accepted)
    assert again == msgspec.structs.replace(first, acceptance=again.acceptance)  # type: ignore[union-attr]
    assert (first.version, first.at) == ("2021-07-31", AT)
    assert isinstance(other, Accepted)
    agreed = await perform(pool, consent.agreed, 1)
    assert [one.acceptance.manner for one in agreed.acceptances] == [
        Manner.ACTIVATION,
        Manner.CLICK,
    ]
    (kept,) = [
        one
        for one in await perform(pool, consent.published, "general-terms")
        if one.key.language == "km"
    ]
    text = KH.consents.documents[0].texts["km"]
    assert first.sha256 == kept.sha256 == hashlib.sha256(text.encode()).hexdigest()


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"document": "fine-print"}, Refusal.UNKNOWN_DOCUMENT),
        ({"version": "1999-01"}, Refusal.UNKNOWN_VERSION),
        ({"how": How(Way.WEB, "fr")}, Refusal.UNKNOWN_LANGUAGE),
        ({"how": How(Way.WEB, "km", "\n")}, Refusal.EVIDENCE_UNUSABLE),
    ],
)
async def test_an_acceptance_that_proves_nothing(
    pool: Pool, changed: dict[str, object], expected: Refusal
) -> None:
    asked = msgspec.structs.replace(Acceptance(1, Manner.CLICK, USSD), **changed)
    assert refusal(await perform(pool, consent.accept, KH, asked, act())) is expected


async def test_nothing_is_accepted_before_it_could_be_read(pool: Pool) -> None:
    early = act(parse_instant("2021-07-30T16:59:59Z"))
    asked = Acceptance(1, Manner.CLICK, USSD)
    found = await perform(pool, consent.accept, KH, asked, early)
    assert refusal(found) is Refusal.NOT_IN_FORCE
    named = msgspec.structs.replace(asked, version="2021-07-31")
    found = await perform(pool, consent.accept, KH, named, early)
    assert refusal(found) is Refusal.NOT_IN_FORCE
    unread = await perform(pool, consent.give, KH, yes(), early)
    assert refusal(unread) is Refusal.NOT_IN_FORCE


async def test_an_acknowledgement_is_no_consent(pool: Pool) -> None:
    asked = Acknowledgement(1, "registration", How(Way.SHOP, "km"))

    done = await perform(pool, consent.acknowledge, KH, asked, act())

    assert isinstance(done, Acknowledged)
    assert done.version == "2025-10-23"
    assert await open_(pool, AT) == set()
    assert await perform(pool, consent.history, 1) == []
    agreed = await perform(pool, consent.agreed, 1)
    assert [one.acknowledgement.occasion for one in agreed.acknowledgements] == ["registration"]
    assert agreed.acceptances == ()
    wrong = msgspec.structs.replace(asked, occasion="Registration of 012345678")
    found = await perform(pool, consent.acknowledge, KH, wrong, act())
    assert refusal(found) is Refusal.EVIDENCE_UNUSABLE


async def test_who_gives_anothers_data_answers_for_it(pool: Pool) -> None:
    asked = Representation(1, "name, contact", "friends and family", How(Way.APP, "km"))

    done = await perform(pool, consent.represent, KH, asked, act())

    assert isinstance(done, Represented)
    agreed = await perform(pool, consent.agreed, 1)
    assert agreed.representations == (done,)


async def test_a_published_text_is_kept_for_good(pool: Pool) -> None:
    kept = await perform(pool, consent.publish, KH, "privacy-notice", "2025-10-23", act())
    again = await perform(pool, consent.publish, KH, "privacy-notice", "2025-10-23", act(later()))
    assert kept == again
    document = KH.consents.documents[1]
    texts = {**document.texts, "en": "We sell it."}
    rewritten = msgspec.structs.replace(document, texts=texts)
    consents = msgspec.structs.replace(KH.consents, documents=(rewritten,))
    other = msgspec.structs.replace(KH, consents=consents)

    found = await perform(pool, consent.publish, other, "privacy-notice", "2025-10-23", act())

    assert refusal(found) is Refusal.TEXT_CHANGED
    assert await perform(pool, consent.publish_all, KH, act()) == 2 + 4 * 2
    assert await perform(pool, consent.publish_all, KH, act()) == 0


async def test_every_word_has_a_leaf_without_a_person_in_it(pool: Pool, owner: str) -> None:
    await perform(pool, consent.give, KH, yes(), act())
    await perform(pool, consent.withdraw, KH, no("offers"), act(later()))

    with psycopg.connect(owner) as connection:
        rows = connection.execute(
            "SELECT l.kind, l.body, e.word FROM consent.event e"
            " JOIN record.leaf l ON l.seq = e.leaf_seq ORDER BY l.seq"
        ).fetchall()

    assert [kind for kind, _, _ in rows] == [f"consent.{word}" for _, _, word in rows]
    bodies = [msgspec.json.decode(body) for _, body, _ in rows]
    assert {tuple(sorted(body["commitments"])) for body in bodies} == {
        ("by", "person", "record", "said_by")
    }
