"""The phones of the demo without a browser: what they keep, what the page shows and refuses."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, Final, TypeAlias

import msgspec
import pytest
from litestar.testing import TestClient

from tenure.commands.demo.handset import drawer, page, words
from tenure.commands.demo.handset.centre import Centre
from tenure.commands.demo.handset.dialling import TROUBLE, Dialling
from tenure.commands.demo.handset.drawer import TEXTS_MAX, Drawer
from tenure.commands.demo.handset.orders import Orders, Phone
from tenure.gateways.smpp.wire.bodies import Bind
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn

Browser: TypeAlias = TestClient[Any]
DARA, MONY = Msisdn("85512345678"), Msisdn("85515200003")
ORDERS: Final = Orders(
    operator="Smart Axiata",
    country_code="855",
    host="127.0.0.1",
    page_port=8081,
    smpp_port=0,
    system_id="TENURE",
    password="hunter2",
    ussd_port=1,
    ussd_secret="a secret of the test",
    phones=(Phone(str(DARA), "012 345 678", "en"), Phone(str(MONY), "015 200 003", "km")),
    codes=("*888#", "*1204#"),
    short_codes=("888", "1204"),
)


class Seen(HTMLParser):
    """The attributes of a page's elements, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def one(self, **wanted: str) -> dict[str, str | None]:
        """The element with these attributes."""
        [found] = [have for _, have in self.elements if wanted.items() <= have.items()]
        return found


@pytest.fixture
def centre() -> Centre:
    return Centre(Drawer(), ORDERS.system_id, ORDERS.password, lambda: Instant(1_000))


@pytest.fixture
def browser(centre: Centre) -> Iterator[Browser]:
    dialling = Dialling("127.0.0.1", ORDERS.ussd_port, ORDERS.ussd_secret, ORDERS.operator)
    app = page.application(ORDERS, centre, dialling)
    with TestClient(app, base_url="http://127.0.0.1:8081") as client:
        yield client


def test_a_phone_keeps_its_own_texts_and_forgets_the_oldest() -> None:
    kept = Drawer()
    for count in range(TEXTS_MAX + 1):
        kept.keep(DARA, "888", f"text {count}", count, sent=bool(count % 2))
    kept.keep(MONY, "888", "another", 0, sent=False)
    texts = kept.after(DARA, 0)
    assert [one.text for one in texts[:2]] == ["text 1", "text 2"]
    assert [one.sent for one in texts[:2]] == [True, False]
    assert len(texts) == TEXTS_MAX
    assert kept.after(DARA, texts[-2].place) == texts[-1:]
    assert kept.after(Msisdn("85599999999"), 0) == []
    assert kept.newest(9) == [MONY, DARA]


def test_phones_that_were_quiet_for_longest_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawer, "NUMBERS_MAX", 2)
    kept = Drawer()
    for number in ("85510000001", "85510000002", "85510000001", "85510000003"):
        kept.keep(Msisdn(number), "888", "x", 0, sent=False)
    assert kept.newest(9) == ["85510000003", "85510000001"]


def test_an_open_page_sees_what_comes_after_the_program_began_again() -> None:
    before = Drawer(1_000)
    seen = before.keep(DARA, "888", "before", 0, sent=False).place
    after = Drawer(2_000)
    after.keep(DARA, "888", "after", 0, sent=False)
    assert [one.text for one in after.after(DARA, seen)] == ["after"]


def test_nobody_is_named_by_what_is_logged() -> None:
    one = Drawer().keep(DARA, "888", "a word of Dara's", 0, sent=True)
    told = f"{one!r}{ORDERS!r}{ORDERS.phones!r}{page.Dialled(DARA, '*888#')!r}"
    told += repr(page.Written(DARA, "888", "a word of Dara's"))
    for secret in (DARA, "012 345 678", "hunter2", "a secret", "Dara"):
        assert secret not in told


def test_orders_arrive_as_they_were_given() -> None:
    assert msgspec.json.decode(msgspec.json.encode(ORDERS), type=Orders) == ORDERS


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("012 345 678", DARA),
        ("+855 12 345 678", DARA),
        ("012345678", DARA),
        ("hello", None),
        ("", None),
        ("12", None),
        ("0" * 400, None),
    ],
)
def test_a_number_is_read_as_people_here_write_it(typed: str, found: Msisdn | None) -> None:
    assert page.msisdn_of(typed, "855") == found


def test_every_language_has_every_word() -> None:
    assert {language: table.keys() for language, table in words.WORDS.items()} == dict.fromkeys(
        words.WORDS, words.WORDS[words.ENGLISH].keys()
    )
    assert all(text.strip() for table in words.WORDS.values() for text in table.values())
    assert words.words_of("fr") is words.WORDS["en"]


@pytest.mark.parametrize(
    ("asked", "language", "number"),
    [
        ({}, "en", "012 345 678"),
        ({"number": "015 200 003"}, "km", "015 200 003"),
        ({"number": "015 200 003", "language": "en"}, "en", "015 200 003"),
        ({"number": "016 000 001"}, "en", "+85516000001"),
        ({"number": "016 000 001", "language": "km"}, "km", "+85516000001"),
        ({"language": "no-such"}, "en", "012 345 678"),
    ],
)
def test_the_page_of_a_phone(
    browser: Browser,
    asked: dict[str, str],
    language: str,
    number: str,
) -> None:
    seen = Seen(browser.get("/", params=asked).text)
    assert seen.elements[0] == ("html", {"lang": language})
    assert seen.one(id="number")["value"] == number
    assert words.WORDS[language]["open"] in seen.text
    assert [have["data-dial"] for _, have in seen.elements if "data-dial" in have] == [
        "*888#",
        "*1204#",
    ]
    assert "$" not in seen.text
    assert seen.one(**{"aria-current": "true"})["lang"] == language


@pytest.mark.parametrize("typed", ["hello", "<script>alert(1)</script>", "'><b>"])
def test_what_is_no_number_is_said_and_stays_to_be_corrected(
    browser: Browser,
    typed: str,
) -> None:
    seen = Seen(browser.get("/", params={"number": typed, "language": "km"}).text)
    assert seen.one(id="number")["value"] == typed
    assert seen.one(name="language")["value"] == "km"
    assert words.WORDS["km"]["wrong"] in seen.text
    assert not [tag for tag, _ in seen.elements if tag in {"b", "dialog"}]
    assert [have.get("src") for tag, have in seen.elements if tag == "script"] == ["/handset.js"]


def test_texts_are_read_from_where_one_stopped(
    browser: Browser,
    centre: Centre,
) -> None:
    first = centre.drawer.keep(DARA, "888", "សួស្តី 👍🏽", 5, sent=False)
    centre.drawer.keep(DARA, "888", "two", 6, sent=False)
    told = browser.get("/texts", params={"number": "012 345 678"}).json()
    assert [one["text"] for one in told] == ["សួស្តី 👍🏽", "two"]
    rest = browser.get("/texts", params={"number": f"+{DARA}", "after": first.place}).json()
    assert [one["text"] for one in rest] == ["two"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/texts", {"number": "hello", "to": "888", "text": "x"}),
        ("/texts", {"number": "012 345 678", "to": "8 8", "text": "x"}),
        ("/texts", {"number": "012 345 678", "to": "888", "text": "x" * 1_601}),
        ("/dialled", {"number": "012 345 678", "said": "call me"}),
        ("/dialled", {"number": "012 345 678", "said": ""}),
        ("/dialled", {"number": "hello", "said": "*888#"}),
    ],
)
def test_what_no_phone_can_do_is_refused(
    browser: Browser,
    path: str,
    said: dict[str, str],
) -> None:
    assert browser.post(path, json=said).status_code == 400


def test_what_cannot_be_passed_on_is_not_kept_as_sent(
    browser: Browser,
    centre: Centre,
) -> None:
    said = {"number": "012 345 678", "to": "888", "text": "BAL"}
    assert browser.post("/texts", json=said).json() == {"sent": False}
    assert centre.drawer.after(DARA, 0) == []


def test_a_network_that_is_away_is_told_and_ends_the_dialogue(
    browser: Browser,
) -> None:
    said = browser.post("/dialled", json={"number": "012 345 678", "said": "*888#"}).json()
    assert (said["text"], said["ends"]) == (TROUBLE, True)
    more = {"number": "012 345 678", "said": "1", "session_id": said["session_id"]}
    assert browser.post("/dialled", json=more).json() == {}


def test_pages_of_others_cannot_use_it(
    browser: Browser,
) -> None:
    said = {"number": "012 345 678", "to": "888", "text": "STOP"}
    strange = {"Sec-Fetch-Site": "cross-site"}
    assert browser.post("/texts", json=said, headers=strange).status_code == 403
    assert browser.get("/", headers={"Host": "example.net:8081"}).status_code == 421


@pytest.mark.parametrize("path", ["/handset.css", "/handset.js", "/handset.svg"])
def test_its_files_are_its_own(
    browser: Browser,
    path: str,
) -> None:
    found = browser.get(path)
    assert found.status_code == 200
    assert "http://" not in found.text.replace("http://www.w3.org/2000/svg", "")


@pytest.mark.parametrize(
    ("system_id", "password", "admitted"),
    [("TENURE", "hunter2", True), ("TENURE", "hunter3", False), ("OTHER", "hunter2", False)],
)
def test_who_may_bind(centre: Centre, system_id: str, password: str, *, admitted: bool) -> None:
    assert centre.admits(Bind(system_id, password)) is admitted
