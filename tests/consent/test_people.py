"""Who registers acknowledges the notice; what a duplicate refused is refused by whom it is."""

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.consent.model import How, Way, Wish
from tenure.promises.numbers import operations as numbers
from tenure.promises.people import operations as people
from tenure.promises.people.model import Merge, Person
from tenure.values.instant import Instant
from tests.numbers.stocked import person
from tests.people.settled import AT, KH, act, populated, reviewers
from tests.people.test_merging import DUPLICATE, SURVIVOR, approved, asked, merged

HOW = How(Way.SHOP, "km", "form 7")


async def test_who_registers_acknowledges_the_notice_and_agrees_to_nothing(pool: Pool) -> None:
    entered = await perform(pool, people.enter, KH, person(41), act())

    assert isinstance(entered, Person)
    agreed = await perform(pool, consent.agreed, 41)
    (said,) = agreed.acknowledgements
    assert (said.version, said.acknowledgement.occasion) == ("2025-10-23", "registration")
    assert said.sha256 == KH.consents.documents[1].sha256["km"]
    assert await perform(pool, consent.history, 41) == []
    assert agreed.acceptances == ()


async def test_what_a_duplicate_refused_is_refused_by_whom_it_is(pool: Pool) -> None:
    await populated(pool)
    await reviewers(pool)
    later = Instant(AT + 1)
    agreed = Wish(SURVIVOR, HOW, ("offers", "analysis"))
    await perform(pool, numbers.consents.give, KH, agreed, act())
    refused = Wish(DUPLICATE, HOW, ("offers",))
    await perform(pool, numbers.consents.withdraw, KH, refused, act(at=later))
    request = await asked(pool)
    for login in ("nary", "thida"):
        await approved(pool, request, login)

    assert isinstance(await merged(pool, request), Merge)

    stands = await perform(pool, consent.overview, KH, SURVIVOR, Instant(AT + 120_000))
    assert [one.purpose.name for one in stands if one.open] == ["analysis"]
    again = Wish(DUPLICATE, HOW, ("offers",))
    later_act = act(at=Instant(AT + 180_000))
    await perform(pool, numbers.consents.give, KH, again, later_act)
    stands = await perform(pool, consent.overview, KH, SURVIVOR, Instant(AT + 180_000))
    assert [one.purpose.name for one in stands if one.open] == ["offers", "analysis"]
