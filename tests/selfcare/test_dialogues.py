"""Whole dialogues on the screen of a phone, with a real database behind them."""

import msgspec
import pytest

from tenure.postgres.pool import Pool
from tenure.postgres.transaction import perform
from tenure.promises.consent import operations as consent
from tenure.promises.money.model import Grant
from tenure.promises.notices.model import NoticeKind
from tenure.promises.numbers import operations as numbers
from tenure.promises.numbers.model import Bar, ReportLost, Suspend
from tenure.promises.numbers.model import Change as LineChange
from tenure.promises.people import operations as people
from tenure.selfcare import operations as selfcare
from tenure.selfcare.model import Refusal, Text
from tenure.values.instant import DAY_MS, MINUTE_MS, Instant
from tenure.values.msisdn import Imsi, Msisdn
from tenure.values.quantity import Unit
from tenure.values.refused import Refused
from tenure.values.screens import fits
from tests.numbers.stocked import AT, card
from tests.selfcare.given import (
    ADA,
    DESK,
    ENDS,
    FUNDS,
    NUMBER,
    act,
    answered,
    begun,
    cards,
    dialled,
    flat,
    funds,
    granted,
    has,
    held,
    said,
    told,
    whole,
)

BALANCE_KM = said("say-balance", funds="$5.00", until=ENDS)


async def test_the_menu_in_khmer_is_paged_and_each_page_fits(pool: Pool) -> None:
    await held(pool)
    shown = await begun(pool, "*888#")
    assert shown.text.startswith(f"Smart Axiata\n1 {said('item-balance')}\n2 ")
    assert shown.session is not None
    assert len(shown.session.pages) > 1
    assert shown.text.endswith(said("foot-more"))
    assert all(fits(page) for page in shown.session.pages)
    lines = (await whole(pool, shown)).split("\n")
    assert [line[0] for line in lines[1:]] == ["1", "2", "3", "4", "5"]


async def test_balance_by_menu_by_code_and_in_one_go(pool: Pool) -> None:
    await held(pool)
    assert await dialled(pool, "*888#", "1") == BALANCE_KM
    assert await dialled(pool, "*887#") == BALANCE_KM
    assert await dialled(pool, "*888*1#") == BALANCE_KM
    assert (await begun(pool, "*888*1#")).session is None


async def test_any_digits_choose(pool: Pool) -> None:
    await held(pool)
    for one in ("1", " 1 ", "១", "１", "1️⃣"):
        assert await dialled(pool, "*888#", one) == BALANCE_KM


async def test_allowances_and_promotional_money(pool: Pool) -> None:
    await held(pool)
    ends = Instant(AT + 7 * DAY_MS)
    await granted(
        pool,
        Grant(1, Unit.MICROS, 1_500_000, AT, ends, ""),
        Grant(2, Unit.OCTETS, 3 << 29, AT, ends, "data-5gb-internet"),
        Grant(3, Unit.SECONDS, 3_659, AT, ends, "mix-monthly-minutes"),
        Grant(4, Unit.MESSAGES, 7, AT, AT, "mix-monthly-texts"),
    )
    text = await whole(pool, await begun(pool, "*887#"))
    assert "$1.50" in text
    assert "1.5 GB" in text
    assert said("left-minutes", count="60") in text
    assert said("left-messages", count="7") not in text, "what has ended is not told"


@pytest.mark.parametrize(
    ("days", "name", "facts"),
    [
        (89, "say-balance", {"funds": "$5.00", "until": ENDS}),
        (91, "say-balance-ended", {"funds": "$5.00", "since": ENDS}),
        (91, "say-outgoing-blocked", {"until": "14/06/2027 ម៉ោង 15:00"}),
        (155, "say-both-blocked", {"until": "14/07/2027 ម៉ោង 15:00"}),
    ],
)
async def test_the_stage_is_told(pool: Pool, days: int, name: str, facts: dict[str, str]) -> None:
    await held(pool)
    assert has(await dialled(pool, "*887#", at=Instant(AT + days * DAY_MS)), name, **facts)


@pytest.mark.parametrize(
    "change", [Bar(outgoing=True, incoming=True), Suspend()], ids=["barred", "suspended"]
)
async def test_whoever_is_cut_off_still_sees_tops_up_and_protects(
    pool: Pool, change: LineChange
) -> None:
    await held(pool, funds=0, ends=AT)
    [pin] = await cards(pool)
    await perform(pool, numbers.change, ADA, change, act())
    assert "$0.00" in await dialled(pool, "*887#")
    assert "$2.00" in await dialled(pool, "*888#", "2", pin)
    assert await funds(pool) == 2_000_000
    assert has(await dialled(pool, "*888#", "3", "1", "1"), "say-locked", number=NUMBER)
    assert has(await dialled(pool, "*1204#"), "say-marketing-ended")


async def test_a_lost_sim_is_told_and_given_nothing(pool: Pool) -> None:
    await held(pool)
    shown = await begun(pool, "*888#")
    await perform(pool, numbers.change, ADA, ReportLost(), act())
    for code in ("*888#", "*887#", "*1204#", "*888*3*1*1#"):
        assert has(await dialled(pool, code), "say-lost")
    assert shown.session is not None
    assert has(await whole(pool, await answered(pool, shown.session, "1")), "say-lost")
    assert await perform(pool, numbers.requests.lock_of, DESK.terms, ADA, AT) is None


async def test_a_card_tops_up_once_however_often_it_is_sent(pool: Pool) -> None:
    await held(pool)
    [pin] = await cards(pool)
    shown = await begun(pool, "*888*2#")
    assert has(await whole(pool, shown), "ask-pin", digits="14")
    assert shown.session is not None
    first = await whole(pool, await answered(pool, shown.session, pin))
    again = await whole(pool, await answered(pool, shown.session, pin))
    assert first == again
    assert "$7.00" in first
    assert await funds(pool) == FUNDS + 2_000_000
    assert await dialled(pool, f"*888*2*{pin}#") == first
    assert await funds(pool) == FUNDS + 2_000_000


async def test_digits_of_any_script_with_spaces_are_a_card(pool: Pool) -> None:
    await held(pool)
    [pin] = await cards(pool)
    khmer = pin.translate(str.maketrans("0123456789", "០១២៣៤៥៦៧៨៩"))
    assert "$7.00" in await dialled(pool, "*888#", "2", f"{khmer[:7]} {khmer[7:]}")


async def test_wrong_cards_lock_out_and_the_right_one_waits(pool: Pool) -> None:
    await held(pool)
    [pin] = await cards(pool)
    assert has(await dialled(pool, "*888*2*123#"), "say-pin-malformed", digits="14")
    for _ in range(DESK.terms.vouchers.wrong_pins_max):
        assert has(await dialled(pool, "*888*2*99999999999999#"), "say-pin-unknown")
    assert has(await dialled(pool, f"*888*2*{pin}#"), "say-pin-locked", minutes="60")
    assert await funds(pool) == FUNDS
    later = Instant(AT + 60 * MINUTE_MS)
    assert "$7.00" in await dialled(pool, f"*888*2*{pin}#", at=later)


async def test_a_session_does_not_keep_the_pin(pool: Pool) -> None:
    await held(pool)
    [pin] = await cards(pool)
    shown = await begun(pool, f"*888*2*{pin}#")
    assert shown.session is None or pin not in str([shown.session.path, shown.session.pages])


async def test_a_yes_and_a_no_take_as_many_steps(pool: Pool) -> None:
    await held(pool)
    given = await dialled(pool, "*888#", "4", "1", "1")
    [stand, *_] = await perform(pool, consent.overview, DESK.terms, 1, AT)
    assert stand.open
    title = stand.purpose.texts["km"].title
    assert has(given, "say-given", purpose=title)
    at = Instant(AT + 1)
    withdrawn = await dialled(pool, "*888#", "4", "1", "2", at=at)
    [stand, *_] = await perform(pool, consent.overview, DESK.terms, 1, at)
    assert not stand.open
    assert has(withdrawn, "say-withdrawn", purpose=title)
    kinds = [one.telling.kind for one in await told(pool)]
    assert kinds == [NoticeKind.CONSENT_WITHDRAWN, NoticeKind.CONSENT_GIVEN]


async def test_the_text_of_a_purpose_is_read_before_a_yes(pool: Pool) -> None:
    """No short cut gives a consent: what was not shown was not agreed to."""
    await held(pool)
    shown = await begun(pool, "*888*4*1*1#")
    [stand, *_] = await perform(pool, consent.overview, DESK.terms, 1, AT)
    assert not stand.open
    text = stand.purpose.texts["km"]
    read = flat(await whole(pool, shown))
    for part in (text.title, text.text, text.without):
        assert flat(part) in read


async def test_1204_ends_all_direct_marketing_at_once_and_again(pool: Pool) -> None:
    await held(pool)
    await dialled(pool, "*888#", "4", "1", "1")
    at = Instant(AT + 1)
    first = await dialled(pool, "*1204#", at=at)
    stands = await perform(pool, consent.overview, DESK.terms, 1, at)
    assert not any(stand.open for stand in stands if stand.purpose.direct_marketing)
    assert await dialled(pool, "*1204#", at=at) == first


async def test_a_lock_asks_once_and_is_told_once(pool: Pool) -> None:
    await held(pool)
    shown = await begun(pool, "*888*3*1#")
    assert has(await whole(pool, shown), "ask-lock", number=NUMBER)
    assert await perform(pool, numbers.requests.lock_of, DESK.terms, ADA, AT) is None
    assert has(await dialled(pool, "*888*3*1*1#"), "say-locked", number=NUMBER)
    assert await perform(pool, numbers.requests.lock_of, DESK.terms, ADA, AT) is not None
    assert has(await dialled(pool, "*888*3*1*1#"), "say-locked-already", number=NUMBER)
    assert [one.telling.kind for one in await told(pool)] == [NoticeKind.LOCK_SET]


async def test_nothing_to_stop(pool: Pool) -> None:
    await held(pool)
    shown = await dialled(pool, "*888#", "3", "2")
    assert has(shown, "say-nothing-to-stop", number=NUMBER)


async def test_another_language_from_the_next_word_on(pool: Pool) -> None:
    await held(pool)
    menu = await begun(pool, "*888*5#")
    own = [said("own-language", language) for language in ("en", "km")]
    assert f"1 {own[0]}\n2 {own[1]}" in await whole(pool, menu)
    assert await dialled(pool, "*888*5*1#") == said("say-language", "en")
    person = await perform(pool, people.find, 1)
    assert person is not None
    assert person.language == "en"
    english = said("say-balance", "en", funds="$5.00", until="15/04/2027 15:00")
    assert await dialled(pool, "*887#") == english
    items = ("balance", "top-up", "menu-protect", "consent", "language")
    labels = [said(f"item-{name}", "en") for name in items]
    lines = [f"{place} {label}" for place, label in enumerate(labels, 1)]
    assert await dialled(pool, "*888#") == "\n".join([said("title-main", "en"), *lines])


async def test_back_and_wrong_choices(pool: Pool) -> None:
    await held(pool, language="en")
    menu = (await begun(pool, "*888#")).text
    assert await dialled(pool, "*888#", "3", "0") == menu
    wrong = await dialled(pool, "*888#", "7")
    assert wrong == f"{said('say-wrong-choice', 'en')}\n{menu}"
    assert await dialled(pool, "*888#", "") == wrong
    assert await dialled(pool, "*888#", "no", "😀", "1") == await dialled(pool, "*887#")


async def test_codes_that_are_not_ours(pool: Pool) -> None:
    await held(pool, language="en")
    for code in ("*999#", "888", "*888", "", "*" * 200, "*888#1", "😀"):
        shown = await begun(pool, code)
        assert shown.text == said("say-unknown-code", "en")
        assert shown.session is None


async def test_by_sim_and_by_number(pool: Pool) -> None:
    await held(pool)
    imsi = card(0).imsi
    shown = await perform(pool, selfcare.dial, DESK, imsi, "*887#", act())
    assert not isinstance(shown, Refused)
    assert shown.text == BALANCE_KM
    for nobody in (Imsi("456069999999999"), Msisdn("85599999999")):
        refused = await perform(pool, selfcare.dial, DESK, nobody, "*887#", act())
        assert isinstance(refused, Refused)
        assert refused.refusal is Refusal.UNKNOWN_NUMBER


async def test_a_number_in_other_hands_ends_the_dialogue(pool: Pool) -> None:
    """Whoever begins to agree on the old SIM cannot do so for the new holder."""
    await held(pool)
    shown = await begun(pool, "*888*4*1#")
    assert shown.session is not None
    session = shown.session
    changed = msgspec.structs.replace(session, who=(2, session.who[1]))
    assert has(await whole(pool, await answered(pool, changed, "1")), "say-too-late")
    [stand, *_] = await perform(pool, consent.overview, DESK.terms, 1, AT)
    assert not stand.open


async def test_nothing_of_a_person_is_in_a_repr(pool: Pool) -> None:
    await held(pool)
    shown = await begun(pool, "*888*2#")
    shows = repr([shown, shown.session, Text(ADA, "888", "TOPUP 12345678901234")])
    for secret in (str(ADA), str(card(0).imsi), "12345678901234", "14 "):
        assert secret not in shows


async def test_any_inputs_do_no_harm(pool: Pool) -> None:
    """Whatever is typed, in whatever order: every screen fits, and no money appears."""
    await held(pool)
    inputs = [*"0123456789", "", " ", "😀", "x" * 300, "99999999999999", "\x00", "1*1"]
    session = None
    for place in range(250):
        at = Instant(AT + place)
        if session is None:
            code = ["*888#", "*888*3#", "*888*4#", "*888*5*2#", "*887#"][place % 5]
            shown = await begun(pool, code, at=at)
        else:
            typed = inputs[place * 7_919 // 3 % len(inputs)]
            shown = await answered(pool, session, typed, at=at)
        session = shown.session
        assert shown.text
        assert fits(shown.text)
    assert await funds(pool) == FUNDS
