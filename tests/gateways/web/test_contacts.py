"""Who sent a form proves its address by a link and sees all its forms; nobody else does."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from tenure.gateways.web.server.site import Site
from tenure.gateways.web.session import contacts
from tenure.postgres.transaction import perform
from tenure.promises.privacy import operations as privacy
from tenure.values.instant import Instant
from tests.gateways.web.test_public import (
    AT,
    ENTERED,
    FORMS,
    SMART,
    browser,
    client,
    fill,
    site,
)
from tests.gateways.web.visiting import Clock

__all__ = ["client", "site"]

LINK_MS = SMART.privacy.website.answers.link_ms
HELD = "/site/en/held"


@pytest.fixture
async def mailing(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    """A browser at a site from which letters leave."""
    site.mails = True
    async with browser(site) as opened:
        yield opened


async def letters(site: Site) -> list[str]:
    """The links that wait to be handed over, with to whom."""
    assert site.keys is not None
    found: list[str] = []
    while True:
        going = await perform(site.pool, privacy.letters.begin, SMART, site.keys, site.now())
        if going is None:
            return found
        link = re.search(r"http://localhost:8080(\S+)", going.text)
        assert link is not None
        found.append(f"{going.to} {link[1]}")


async def sent(client: httpx.AsyncClient, question: str, email: str = "dara@example.com") -> None:
    found = await fill(client, "question", {"email": email, "question": question})
    assert found.status_code == 303


async def test_both_forms_of_an_address_are_one_for_who_opens_its_mail(
    site: Site, mailing: httpx.AsyncClient
) -> None:
    await sent(mailing, "Where is\nthe shop?")
    await sent(mailing, "And when?", "DARA@EXAMPLE.com")
    await sent(mailing, "Who are you?", "mony@example.com")
    await fill(mailing, "quiz", ENTERED | {"email": "dara@example.com"})
    told = await mailing.post(HELD, data={"email": " dara@Example.com "})
    assert told.status_code == 200
    (letter,) = await letters(site)
    to, link = letter.split()
    assert to.lower() == "dara@example.com"

    ready = await mailing.get(link)
    assert "And when?" not in ready.text
    code = re.search(r"name='code' value='([^']+)'", ready.text)
    assert code is not None
    shown = (await mailing.post(HELD, data={"code": code[1]})).text
    assert "Where is\nthe shop?" in shown
    assert "And when?" in shown
    assert "Who are you?" not in shown
    # In the language of who reads, whatever theirs was then.
    khmer = (await mailing.post("/site/km/held", data={"code": code[1]})).text
    assert SMART.privacy.website.forms[0].title["km"] in khmer
    assert "lang='km'" in khmer


async def test_whoever_asks_is_told_the_same(site: Site, mailing: httpx.AsyncClient) -> None:
    await sent(mailing, "Where?")
    known = await mailing.post(HELD, data={"email": "dara@example.com"})
    unknown = await mailing.post(HELD, data={"email": "sok@example.com"})
    again = await mailing.post(HELD, data={"email": "dara@example.com"})
    assert known.text == unknown.text == again.text
    assert len(await letters(site)) == 1


async def test_a_link_that_is_over_forged_or_of_nobody_shows_nothing(
    site: Site, mailing: httpx.AsyncClient
) -> None:
    await sent(mailing, "Where?")
    await mailing.post(HELD, data={"email": "dara@example.com"})
    (letter,) = await letters(site)
    code = letter.partition("code=")[2]
    forged = contacts.code_of(b"x" * 32, bytes(32), Instant(AT + LINK_MS))
    for wrong in (forged, code[:-2], "x"):
        assert (await mailing.get(HELD, params={"code": wrong})).status_code == 410
        answer = await mailing.post(HELD, data={"code": wrong})
        assert (answer.status_code, "Where?" in answer.text) == (410, False)
    site.now = Clock(Instant(AT + LINK_MS)).now
    over = await mailing.post(HELD, data={"code": code})
    assert (over.status_code, "Where?" in over.text) == (410, False)


async def test_what_is_no_address_comes_back_and_without_mail_nothing_is_promised(
    site: Site, mailing: httpx.AsyncClient
) -> None:
    wrong = await mailing.post(HELD, data={"email": "dara@"})
    assert wrong.status_code == 422
    assert "value='dara@'" in wrong.text
    assert "aria-invalid='true'" in wrong.text
    site.mails = False
    closed = await mailing.post(HELD, data={"email": "dara@example.com"})
    assert closed.status_code == 503
    assert "name='email'" not in (await mailing.get(HELD)).text


async def test_the_thanks_name_the_number_that_is_asked_with(client: httpx.AsyncClient) -> None:
    found = await fill(client, "question", {"email": "a@example.com", "question": "Where?"})
    where = found.headers["location"]
    number = re.search(r"number=([0-9a-f-]{36})", where)
    assert number is not None
    assert number[1] in (await client.get(where)).text
    evil = await client.get("/site/en/question/thanks?number=<b>evil</b>")
    assert "evil" not in evil.text


async def test_who_filled_in_the_trap_by_accident_can_empty_it(client: httpx.AsyncClient) -> None:
    for form in FORMS:
        caught = await fill(client, form, {"website": "filled in by a program"})
        assert caught.status_code == 422
        field = re.search(r"<div class='([^']*)'[^>]*><label for='website'>", caught.text)
        assert field is not None
        assert "unseen" not in field[1]
        assert "tabindex='-1'" not in caught.text
