"""The page of what is held: for who it is about, in their language, escaped, sealed, once."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import psycopg
import pytest

from tenure.commands.exporting import desk as exporting
from tenure.commands.exporting import serving
from tenure.commands.exporting.desk import Desk
from tenure.gateways.web.session import visits
from tenure.postgres.pool import Pool
from tests.gateways.web.visiting import SECRET, Clock, browser, hidden_in, site_over
from tests.numbers.asked import NEW, OLD, populated
from tests.numbers.stocked import KH
from tools import open_export

EVIL = '<script>alert(1)</script> #eval("1") *bold*'


@pytest.fixture
async def world(pool: Pool, tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, Desk, Clock]]:
    await populated(pool)
    clock = Clock()
    desk = Desk(pool, KH, bytes(32), tmp_path / "exports", clock.now)
    site = site_over(pool, clock)
    site.exporting = serving.Serving(desk)
    async with browser(site) as client:
        yield client, desk, clock


def visit(person_id: int, clock: Clock) -> str:
    return visits.code_of(SECRET, person_id, clock.at)


World = tuple[httpx.AsyncClient, Desk, Clock]


async def test_who_types_the_address_shows_who_they_are_first(world: World) -> None:
    answer = await world[0].get("/held")
    assert (answer.status_code, answer.headers["location"]) == (303, "/mine")


async def test_it_is_told_in_their_language_and_only_to_them(world: World) -> None:
    client, _, clock = world
    page = await client.post("/held", data={"visit": visit(OLD, clock)})
    assert page.status_code == 200
    assert "lang='km'" in page.text
    assert "អត្តសញ្ញាណរបស់លោកអ្នក" in page.text
    assert "Person 1" not in page.text
    for code in ("", "nonsense", visit(OLD, clock)[:-2]):
        for path in ("/held", "/held/ask", "/held/fetch"):
            found = await client.post(path, data={"visit": code, "scope": "know", "package": "x"})
            assert found.status_code == 403
    code = visit(OLD, clock)
    clock.later(visits.LIFE_MS)
    assert (await client.post("/held", data={"visit": code})).status_code == 403


async def test_it_is_asked_for_made_fetched_once_and_opened(world: World, tmp_path: Path) -> None:
    client, desk, clock = world
    code = visit(OLD, clock)
    asked = await client.post("/held/ask", data={"visit": code, "scope": "know"})
    found = re.search(r"id='passphrase'>([^<]+)<", asked.text)
    assert found
    passphrase = found[1]
    # Asked again it is the same, and nobody hears its passphrase a second time.
    again = await client.post("/held/ask", data={"visit": code, "scope": "know"})
    assert "id='passphrase'" not in again.text
    assert await exporting.work(desk) == 1
    page = await client.post("/held", data={"visit": code})
    package = hidden_in(page.text, "package")
    # Nobody else gets it, even who knows its name.
    other = {"visit": visit(NEW, clock), "package": package}
    assert (await client.post("/held/fetch", data=other)).status_code == 410
    fetched = await client.post("/held/fetch", data={"visit": code, "package": package})
    assert fetched.status_code == 200
    assert "attachment" in fetched.headers["content-disposition"]
    file = tmp_path / "fetched"
    file.write_bytes(fetched.content)
    assert open_export.opened(file, passphrase, tmp_path / "out")["records"] > 5
    assert (tmp_path / "out" / "held.pdf").read_bytes().startswith(b"%PDF")
    again = await client.post("/held/fetch", data={"visit": code, "package": package})
    assert again.status_code == 410
    assert await exporting.sweep(desk) == 1


async def test_without_who_writes_packages_there_is_no_button(world: World, pool: Pool) -> None:
    _, _, clock = world
    async with browser(site_over(pool, clock)) as client:
        page = await client.post("/held", data={"visit": visit(OLD, clock)})
        assert "/held/ask" not in page.text
        asked = await client.post("/held/ask", data={"visit": visit(OLD, clock), "scope": "know"})
        assert asked.status_code == 403


async def test_nothing_that_is_held_becomes_markup(
    world: World, owner: str, tmp_path: Path
) -> None:
    """Of the page, and of the paper: a name that is a programme stays a name."""
    client, desk, clock = world
    with psycopg.connect(owner) as connection:
        connection.execute("UPDATE people.person SET name = %s WHERE person_id = 1", [EVIL])
        connection.execute("UPDATE numbers.line SET offer = %s", [EVIL])
    code = visit(OLD, clock)
    asked = await client.post("/held/ask", data={"visit": code, "scope": "know"})
    assert "<script>alert" not in asked.text
    assert await exporting.work(desk) == 1
    page = await client.post("/held", data={"visit": code})
    assert "<script>alert" not in page.text
    assert hidden_in(page.text, "package")
    assert list((tmp_path / "exports").iterdir())
