"""What subscribers read: whole in every language, in so many parts of a text message at most."""

import re
from typing import Final

import pytest
from fluent.syntax import FluentParser, ast
from fluent.syntax.serializer import FluentSerializer
from fluent.syntax.visitor import Visitor

from tenure.gateways.smpp.wire.parts import parts_of
from tenure.promises.notices import operations as notices
from tenure.promises.notices.model import NoticeKind, Telling
from tenure.terms import pack
from tenure.terms.notice_kinds import facts_of
from tenure.terms.pack import OPERATORS
from tenure.terms.pricelist import Pack
from tenure.values import gsm7
from tenure.values.instant import Instant
from tenure.values.msisdn import Msisdn

PACKS = {name: pack.load(name) for name in pack.names()}
EACH = [(name, language) for name, one in PACKS.items() for language in one.terms.languages]
PARTS_MAX: Final = {"km": 3}
"""A Khmer letter takes as much room as two Latin ones."""
PARTS_MAX_LATIN: Final = 2

# The longest that is realistic: what one of ours types, what a campaign says, what a pack sells.
LONGEST: Final = {
    "en": {
        "what": "names and documents.",
        "handling": "The disk was found again.",
        "right": "a copy of what you gave at registration",
        "answer": "It is ready: fetch it on your page or in a shop.",
        "reason": "repeated nuisance calls to others",
        "purpose": "offers from us and our partners",
        "summary": "calls to other networks cost $0.05 a minute",
        "text": "Double data all weekend: buy any plan before Sunday and get the same again.",
    },
    "km": {
        "what": "ឈ្មោះ និងឯកសារ។",
        "handling": "បានរកឃើញវិញ។",
        "right": "ច្បាប់ចម្លងនៃទិន្នន័យ",
        "answer": "រួចរាល់ហើយ សូមមកយកនៅហាង។",
        "reason": "ហៅរំខានអ្នកដទៃជាញឹកញាប់",
        "purpose": "ការផ្តល់ជូនពីយើង និងដៃគូ",
        "summary": "ការហៅទៅបណ្តាញផ្សេង $0.05 ក្នុងមួយនាទី",
        "text": "ទទួលបានអ៊ីនធឺណិតទ្វេដង ពេញចុងសប្តាហ៍នេះ ពេលទិញគម្រោងណាមួយមុនថ្ងៃអាទិត្យ។",
    },
    "id": {
        "what": "nama dan dokumen.",
        "handling": "Cakram itu ditemukan kembali.",
        "right": "salinan data pendaftaran",
        "answer": "Sudah siap: ambil di halaman Anda atau di gerai.",
        "reason": "panggilan yang berulang kali mengganggu orang lain",
        "purpose": "penawaran dari kami dan mitra kami",
        "summary": "telepon ke operator lain menjadi Rp500 per menit",
        "text": "Kuota ganda akhir pekan: beli paket apa pun sebelum Minggu, dapat dua kali lipat.",
    },
}
ANYWHERE: Final = {
    "days": "29",
    "percent": "90",
    "clause": "GTC-ILLEGAL",
    "when": "20/11/2026 - 21/11/2026",
    "page": "https://www.smart.com.kh/t/2026-10",
}
AMOUNTS: Final = {"USD": "148750000", "IDR": "1487500000000"}
NUMBERS: Final = {"KH": Msisdn("85515000000"), "ID": Msisdn("6288123456789")}


def told(one: Pack, kind: NoticeKind, language: str) -> str:
    """The text of a kind with the longest facts that are realistic."""
    allowances = [a.name for bundle in one.terms.bundles for a in bundle.allowances]
    longest = max(allowances, key=lambda name: len(one.texts[language][f"allowance-{name}"]))
    facts = {}
    for name in facts_of(kind):
        if name.endswith("_at"):
            facts[name] = "2026-11-22T17:30:00Z"
        elif name.endswith("_micros"):
            facts[name] = AMOUNTS[one.terms.currency]
        elif name == "allowance":
            facts[name] = longest
        else:
            facts[name] = (ANYWHERE | LONGEST[language])[name]
    number = NUMBERS[one.terms.country]
    telling = Telling(number, 1, language, kind, facts, Instant(0))
    return notices.words(notices.wording(one), telling)


@pytest.mark.parametrize(("name", "language"), EACH)
def test_no_text_takes_more_parts_than_it_may(name: str, language: str) -> None:
    """Shows the table with ``pytest -rP``."""
    over = []
    for kind in NoticeKind:
        text = told(PACKS[name], kind, language)
        split = parts_of(text, 0)
        assert split is not None
        parts = len(split.contents)
        print(f"{name} {language} {kind.value:22} {parts}  {len(text):3}  {text}")  # noqa: T201 -- the table
        if parts > PARTS_MAX.get(language, PARTS_MAX_LATIN):
            over.append((kind.value, parts, len(text)))
    assert over == []


@pytest.mark.parametrize(("name", "language"), [one for one in EACH if one[1] != "km"])
def test_latin_texts_stay_in_the_alphabet_that_is_cheapest(name: str, language: str) -> None:
    for kind in NoticeKind:
        assert gsm7.septets(told(PACKS[name], kind, language)) is not None, kind
    for key, text in PACKS[name].texts[language].items():
        assert gsm7.septets(words(text)) is not None, key


class _Parts(Visitor):
    """What a text says, and what it names."""

    def __init__(self) -> None:
        self.said = ""
        self.names: set[str] = set()

    def visit_TextElement(self, node: ast.TextElement) -> None:  # noqa: N802 -- its name
        self.said += node.value

    def visit_VariableReference(self, node: ast.VariableReference) -> None:  # noqa: N802 -- its name
        self.names.add(node.id.name)


def _parts(text: str) -> _Parts:
    found = _Parts()
    found.visit(FluentParser().parse_entry(f"a = {text}"))
    return found


def words(text: str) -> str:
    return _parts(text).said


def test_every_text_is_there_in_every_language_and_names_the_same() -> None:
    for name, one in PACKS.items():
        first, *others = one.terms.languages
        for other in others:
            assert one.texts[first].keys() == one.texts[other].keys(), name
            for key, text in one.texts[first].items():
                assert _parts(text).names == _parts(one.texts[other][key]).names, (name, key)


THE_SAME: Final = {"Indonesia", "internet"}
"""Words that both languages write alike."""


def test_no_text_is_a_copy_of_another_language() -> None:
    for name, one in PACKS.items():
        first, *others = one.terms.languages
        for other in others:
            for key, text in one.texts[first].items():
                said = words(text).strip()
                if said and said not in THE_SAME:
                    assert said != words(one.texts[other][key]).strip(), (name, key)


def files(language: str) -> dict[str, str]:
    """Every text of the pack's files in a language: notices, letters, menus, purposes."""
    folder = OPERATORS / "smart-kh" / "texts"
    texts = {}
    for path in sorted(folder.glob(f"*{language}.ftl")):
        for entry in FluentParser().parse(path.read_text(encoding="utf-8")).body:
            if isinstance(entry, ast.Message) and entry.value is not None:
                texts[entry.id.name] = FluentSerializer().serialize_entry(entry).partition("=")[2]
    return {key: text.strip() for key, text in texts.items()}


KHMER = files("km")
NOTICES = {key for key in KHMER if key.startswith("notice-")} - {"notice-selfcare-reply"}


@pytest.mark.parametrize("key", sorted(KHMER))
def test_khmer_is_written_as_it_is_written_there(key: str) -> None:
    said = re.sub(r"\{[^}]*\}", "0", KHMER[key])
    assert not re.search(r"[០-៩]", said), "numerals are Arabic in all texts"
    assert not re.search(r"[!;:]|\.(?:\s|$)", said), "marks of Latin texts"
    assert not re.search(r"\s[។៖]", said), "no space before a mark"
    assert not re.search(r"[។](?=\S)", said), "a space after the end of a sentence"
    assert not re.search(r"\u200b\u200b|\s\u200b|\u200b\s|^\u200b|\u200b$", said)
    assert not re.search(r"[\u17a3\u17a4\u17b4\u17b5\u17d8]", said), "deprecated letters"
    # A vowel sign or a subscript begins no word, and no sign is written twice.
    assert not re.search(r"(?:^|\s)[\u17b6-\u17d3]", said)
    assert not re.search(r"([\u17b6-\u17d1])\1", said)
    # A coeng is followed by a consonant.
    assert not re.search(r"\u17d2(?![\u1780-\u17a2])", said)


@pytest.mark.parametrize("key", sorted(NOTICES))
def test_a_khmer_notice_says_who_speaks_and_ends_its_sentence(key: str) -> None:
    assert KHMER[key].startswith("{ $operator }៖ ")
    assert KHMER[key].endswith("។")


@pytest.mark.parametrize(("name", "language"), [one for one in EACH if one[1] != "km"])
def test_a_latin_notice_says_who_speaks_and_ends_its_sentence(name: str, language: str) -> None:
    texts = PACKS[name].texts[language]
    for key in NOTICES:
        assert texts[key].startswith("{ $operator }: "), key
        assert texts[key].endswith("."), key
        assert "!" not in texts[key], key


def test_every_text_of_the_files_is_there_in_khmer_and_is_no_copy() -> None:
    english = files("en")
    assert english.keys() == KHMER.keys()
    for key, text in english.items():
        assert _parts(text).names == _parts(KHMER[key]).names, key
        said = letters(text)
        assert not said or said != letters(KHMER[key]), key


def letters(text: str) -> str:
    """What of a text is words."""
    return re.sub(r"[\W\d_]", "", words(text))


def test_indonesian_addresses_people_politely() -> None:
    said = " ".join(words(text) for text in PACKS["smartfren-id"].texts["id"].values())
    assert not re.search(r"\b(kamu|kau|lo|lu|gue|anda)\b", said), "Anda, with a capital letter"
