"""A real osmo-hlr between an emulated phone network and our menus, with a real database."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tenure.gateways.ussd.server import Engine, Forms, FormSettings
from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.numbers import operations as numbers
from tenure.values.instant import DAY_MS, Instant
from tenure.values.msisdn import Imsi
from tenure.values.screens import fits
from tests.numbers.stocked import AT, card
from tests.peers.osmo import Osmo, osmo_hlr
from tests.peers.ussd import ROUTES, Phones, entity
from tests.selfcare.given import ADA, DESK, ENDS, FUNDS, NUMBER, cards, flat, funds, held, said

pytestmark = pytest.mark.peer("osmo-hlr")
PHONE: Imsi = card(0).imsi
LATIN, KHMER = 0x0F, 0x48


class Times:
    """The clock of the test."""

    def __init__(self) -> None:
        self.at = AT

    def now(self) -> Instant:
        """Now; each look is a little later."""
        self.at = Instant(self.at + 1)
        return self.at


@pytest.fixture
async def osmo(tmp_path: Path) -> AsyncIterator[Osmo]:
    async with osmo_hlr(tmp_path, ROUTES) as running:
        yield running


@pytest.fixture
def times() -> Times:
    return Times()


@pytest.fixture
def engine(pool: Pool, times: Times) -> Engine:
    return Engine(pool, DESK, times.now)


async def test_a_whole_menu_in_english(osmo: Osmo, pool: Pool, engine: Engine) -> None:
    await held(pool, language="en")
    [pin] = await cards(pool)
    async with entity(engine, osmo.host), Phones(osmo.host).connected() as phones:
        menu, balance = await phones.walk(PHONE, "*888#", "1")
        assert menu.text.startswith(f"Smart Axiata\n1 {said('item-balance', 'en')}\n2 ")
        assert (menu.ends, menu.dcs) == (False, LATIN)
        until = "15/04/2027 15:00"
        assert balance.text == said("say-balance", "en", funds="$5.00", until=until)
        assert balance.ends
        *_, added = await phones.walk(PHONE, "*888#", "2", pin)
        assert "$7.00" in added.text
        assert await phones.walk(PHONE, f"*888*2*{pin}#") == [added], "the same card once more"
        assert await funds(pool) == FUNDS + 2_000_000
        locked = await phones.walk(PHONE, "*888#", "3", "1", "1")
        assert locked[-1].text == said("say-locked", "en", number=NUMBER)
        assert await perform(pool, numbers.requests.lock_of, DESK.terms, ADA, AT) is not None
    assert engine.open == 0


async def test_a_whole_menu_in_khmer(osmo: Osmo, pool: Pool, engine: Engine, times: Times) -> None:
    await held(pool)
    async with entity(engine, osmo.host), Phones(osmo.host).connected() as phones:
        first, second, purpose = await phones.walk(PHONE, "*888#", "9", "4")
        assert (first.dcs, second.dcs, purpose.dcs) == (KHMER, KHMER, KHMER)
        assert first.text.startswith(f"Smart Axiata\n1 {said('item-balance')}\n")
        assert all(fits(screen.text) for screen in (first, second, purpose))
        session, screen = await phones.dial(PHONE, "*888*4*1#")
        while screen.text.endswith(said("foot-more")):
            screen = await phones.answer(PHONE, session, "9")
        screen = await phones.answer(PHONE, session, "1")
        assert flat(said("say-given", purpose="")).startswith(flat(screen.text)[:8])
        [stand, *_] = await perform(pool, consent.overview, DESK.terms, 1, times.now())
        assert stand.open
        [ended] = await phones.walk(PHONE, "*1204#")
        assert ended.text.startswith("Smart Axiata")
        [stand, *_] = await perform(pool, consent.overview, DESK.terms, 1, times.now())
        assert not stand.open


async def test_a_phone_that_nobody_has_is_refused(osmo: Osmo, pool: Pool, engine: Engine) -> None:
    await held(pool)
    async with entity(engine, osmo.host), Phones(osmo.host).connected() as phones:
        _, screen = await phones.dial(Imsi("456060999999999"), "*888#")
        assert (screen.ends, screen.failed) == (True, True)


async def test_a_dialogue_that_is_over_is_refused_and_dialled_again(
    osmo: Osmo, pool: Pool, engine: Engine, times: Times
) -> None:
    await held(pool, language="en")
    async with entity(engine, osmo.host), Phones(osmo.host).connected() as phones:
        session, _ = await phones.dial(PHONE, "*888#")
        times.at = Instant(times.at + DAY_MS)
        refused = await phones.answer(PHONE, session, "1")
        assert (refused.ends, refused.failed) == (True, True)
        session, _ = await phones.dial(PHONE, "*888#")
        await phones.leave(PHONE, session)
        [screen] = await phones.walk(PHONE, "*888*1#")
        assert screen.ends


async def test_the_register_dies_and_comes_back(osmo: Osmo, pool: Pool, engine: Engine) -> None:
    await held(pool, language="en")
    async with entity(engine, osmo.host) as euse:
        await osmo.kill()
        async with asyncio.timeout(20):
            await euse.lost.wait()
            await osmo.start()
            await euse.known.wait()
        async with Phones(osmo.host).connected() as phones:
            [screen] = await phones.walk(PHONE, "*887#")
            assert "$5.00" in screen.text


async def test_forty_phones_at_once_get_their_own(osmo: Osmo, pool: Pool, engine: Engine) -> None:
    await held(pool, language="en")
    async with entity(engine, osmo.host), Phones(osmo.host).connected() as phones:
        codes = ["*888#", "*887#", "*888*3#", "*123#"] * 10
        found = await asyncio.gather(*(phones.walk(PHONE, code) for code in codes))
        texts = [{one[0].text for one in found[index::4]} for index in range(4)]
        assert [len(several) for several in texts] == [1, 1, 1, 1]
        assert len(set.union(*texts)) == 4


@pytest.mark.peer("osmo-euse-demo")
async def test_the_entity_of_others_beside_ours(osmo: Osmo, pool: Pool, engine: Engine) -> None:
    """The control: what osmo-hlr does with osmo-euse-demo it does with us."""
    await held(pool, language="en")
    demo = await asyncio.create_subprocess_exec(
        "osmo-euse-demo", osmo.host, stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    try:
        async with entity(engine, osmo.host), Phones(osmo.host).connected() as phones:
            screen = None
            for _ in range(100):
                _, screen = await phones.dial(PHONE, "*101#")
                if not screen.failed:
                    break
                await asyncio.sleep(0.05)
            assert screen is not None
            assert screen.ends
            assert "*101#" in screen.text
            assert [one.ends for one in await phones.walk(PHONE, "*888#", "1")] == [False, True]
    finally:
        with contextlib.suppress(ProcessLookupError):
            demo.kill()
        await demo.wait()


@pytest.mark.peer("curl")
async def test_a_form_as_curl_sends_it(pool: Pool, engine: Engine) -> None:
    await held(pool)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    forms = Forms(FormSettings("a secret of aggregators", port=port), engine)
    await forms.start()
    try:
        fields = {"sessionId": "c1", "serviceCode": "*888#", "phoneNumber": f"+{ADA}", "text": "1"}
        typed = [part for pair in fields.items() for part in ("--data-urlencode", "=".join(pair))]
        curl = await asyncio.create_subprocess_exec(
            "curl", "-sf", "-H", "Authorization: Bearer a secret of aggregators", *typed,
            f"http://127.0.0.1:{port}/ussd", stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        answer, _ = await curl.communicate()
    finally:
        await forms.stop()
    assert answer.decode() == f"END {said('say-balance', funds='$5.00', until=ENDS)}"
