"""Forms over HTTP, with a real server and database: once, repeated, and after a lost memory."""

import socket
from collections.abc import AsyncIterator
from typing import Final

import httpx
import pytest

from tenure.gateways.ussd.server import Engine, Forms, FormSettings
from tenure.postgres.pool import Pool
from tenure.values.instant import Instant
from tests.numbers.stocked import AT
from tests.selfcare.given import ADA, DESK, ENDS, FUNDS, NUMBER, cards, funds, held, said

SECRET: Final = "a secret of aggregators"
ITEMS: Final = ("balance", "top-up", "menu-protect", "consent", "language")
LABELS: Final = [said(f"item-{name}", "en") for name in ITEMS]
MENU: Final = "\n".join(
    ["CON Smart Axiata", *(f"{place} {label}" for place, label in enumerate(LABELS, 1))]
)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def engine(pool: Pool) -> Engine:
    clock = iter(range(AT, AT + 1_000_000))
    return Engine(pool, DESK, lambda: Instant(next(clock)))


@pytest.fixture
async def forms(engine: Engine) -> AsyncIterator[Forms]:
    found = Forms(FormSettings(SECRET, port=free_port()), engine)
    await found.start()
    yield found
    await found.stop()


@pytest.fixture
async def client(forms: Forms) -> AsyncIterator[httpx.AsyncClient]:
    base = f"http://127.0.0.1:{forms.settings.port}"
    async with httpx.AsyncClient(base_url=base) as opened:
        yield opened


async def posted(client: httpx.AsyncClient, text: str, session: str = "s1", **changed: str) -> str:
    """What is answered to a form."""
    form = {
        "sessionId": session,
        "serviceCode": "*888#",
        "phoneNumber": f"+{ADA}",
        "networkCode": "45606",
        "text": text,
    }
    answer = await client.post(f"/ussd/{SECRET}", data=form | changed)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return answer.text


async def test_a_whole_menu(pool: Pool, client: httpx.AsyncClient) -> None:
    await held(pool, language="en")
    [pin] = await cards(pool)
    assert await posted(client, "") == MENU
    balance = said("say-balance", "en", funds="$5.00", until="15/04/2027 15:00")
    assert await posted(client, "1") == f"END {balance}"
    assert await posted(client, "", "s2") == MENU
    question = said("ask-pin", "en", digits="14")
    assert await posted(client, "2", "s2") == f"CON {question}\n{said('foot-back', 'en')}"
    done = await posted(client, f"2*{pin}", "s2")
    assert done.startswith("END ")
    assert "$7.00" in done
    assert await posted(client, f"2*{pin}", "s2") == done
    assert await funds(pool) == FUNDS + 2_000_000


async def test_the_same_form_gets_the_same_answer(
    pool: Pool, client: httpx.AsyncClient, engine: Engine
) -> None:
    await held(pool, language="en")
    first, protect, again, menu, back = [
        await posted(client, text) for text in ("", "3", "3", "", "3*0")
    ]
    assert first == menu == back == MENU
    assert protect == again
    assert protect.startswith(f"CON {said('title-protect', 'en')}\n1 ")
    assert engine.tally.dialled == 1


async def test_a_dialogue_goes_on_when_its_memory_was_lost(
    pool: Pool, client: httpx.AsyncClient
) -> None:
    """Another process, or the same one after a restart: what was typed is dialled in one go."""
    await held(pool, language="en")
    locked = await posted(client, "3*1*1", "elsewhere")
    assert locked == f"END {said('say-locked', 'en', number=NUMBER)}"
    asked = await posted(client, "4*1*1", "elsewhere too")
    assert asked.startswith("CON "), "a consent is given by who has read it"


async def test_in_khmer(pool: Pool, client: httpx.AsyncClient) -> None:
    await held(pool)
    assert await posted(client, "1") == f"END {said('say-balance', funds='$5.00', until=ENDS)}"


async def test_nobody_s_number(pool: Pool, client: httpx.AsyncClient) -> None:
    await held(pool)
    answer = await posted(client, "", phoneNumber="+85599999999")
    assert answer == f"END {said('say-nobody', 'en')}"


async def test_two_dialogues_of_one_name_are_two(pool: Pool, client: httpx.AsyncClient) -> None:
    """Who guesses another's sessionId is in no dialogue but their own."""
    await held(pool, language="en")
    await posted(client, "")
    answer = await posted(client, "1", phoneNumber="+85599999999")
    assert "$5.00" not in answer


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        (f"/ussd/{SECRET}", {}, 200),
        ("/ussd", {"authorization": f"Bearer {SECRET}"}, 200),
        ("/ussd", {"authorization": "Bearer wrong"}, 404),
        ("/ussd", {}, 404),
        ("/ussd/", {}, 404),
        ("/ussd/wrong", {}, 404),
        (f"/ussd/{SECRET}/", {}, 404),
        ("/", {}, 404),
    ],
)
async def test_the_secret(
    pool: Pool, client: httpx.AsyncClient, path: str, headers: dict[str, str], status: int
) -> None:
    await held(pool)
    form = {"sessionId": "s", "serviceCode": "*888#", "phoneNumber": f"+{ADA}", "text": ""}
    assert (await client.post(path, data=form, headers=headers)).status_code == status


async def test_bad_requests(client: httpx.AsyncClient) -> None:
    path = f"/ussd/{SECRET}"
    assert (await client.get(path)).status_code == 405
    assert (await client.post(path, data={"text": "1"})).status_code == 400
    assert (await client.post(path, content=b"\xff" * 100)).status_code == 400
    assert (await client.post(path, content=b"x" * 9_000)).status_code == 413


def test_a_secret_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(ValueError, match="16 characters"):
        FormSettings("short")
    assert "secret of" not in repr(FormSettings(SECRET))


async def test_a_database_that_is_away(
    engine: Engine, pool: Pool, client: httpx.AsyncClient
) -> None:
    await pool.close()
    answer = await posted(client, "")
    assert answer == f"END {said('say-trouble', 'en')}"
    assert engine.tally.failed == 1


async def test_what_goes_wrong_is_logged_without_the_number(
    engine: Engine, pool: Pool, caplog: pytest.LogCaptureFixture
) -> None:
    await held(pool)

    async def broken(*_: object, **__: object) -> None:
        raise ValueError(f"DETAIL: Key (msisdn)=({ADA}) already exists")

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("tenure.gateways.ussd.server.engine.selfcare.dial", broken)
        page = await engine.dial("k", ADA, "*888#")
    assert page is not None
    assert page.text == said("say-trouble", "en")
    assert "ValueError" in caplog.text
    assert str(ADA) not in caplog.text
