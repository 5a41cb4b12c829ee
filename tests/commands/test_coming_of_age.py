"""What time causes about minors: who came of age is told so once, whenever the clock runs."""

from datetime import date

from tenure.commands.up.coming_of_age import coming_of_age
from tenure.postgres.pool import Pool
from tests.numbers.stocked import msisdn
from tests.people.settled import at, minor_with_number, populated, told


async def test_the_duty_tells_once_whenever_it_runs(pool: Pool) -> None:
    await populated(pool, asker="demo")
    await minor_with_number(pool, date(2009, 6, 1))
    tell = coming_of_age(pool)

    for moment in ("2027-05-31T23:59:59", "2027-06-01T00:00:00", "2027-06-01T00:10:00"):
        await tell(at(f"{moment}+07:00"))

    assert (await told(pool, msisdn(3))).count("person.adult") == 1
