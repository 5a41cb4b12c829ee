"""The page of recent updates (PRV-UPDATE): every version of what binds, and what is new in each."""

import difflib
import re
from collections.abc import Sequence
from html import escape
from typing import Final

import msgspec

from tenure.gateways.web.wire.pages.frame import Frame, page

WORDS: Final = {
    "en": {
        "title": "Recent updates",
        "intro": "What binds us and you, in every version there was.",
        "last": "Last update: {at}",
        "general-terms": "General terms",
        "privacy-notice": "Privacy notice",
        "prices": "Prices",
        "version": "Version",
        "published": "Published",
        "holds": "Holds from",
        "new": "What is new",
        "read": "Read all of it",
        "differs": "What differs from {former}",
        "first": "This is the first version.",
        "all": "The whole text",
        "back": "All updates",
        "announced": "announced; not in force yet",
        "none": "Nothing was published yet.",
        "held": "What is held of whom, and why",
    },
    "km": {
        "title": "ការផ្លាស់ប្តូរថ្មីៗ",
        "intro": "អ្វីដែលចងភ្ជាប់យើង និងលោកអ្នក គ្រប់កំណែទាំងអស់។",
        "last": "ធ្វើបច្ចុប្បន្នភាពចុងក្រោយ៖ {at}",
        "general-terms": "លក្ខខណ្ឌទូទៅ",
        "privacy-notice": "សេចក្តីជូនដំណឹងអំពីឯកជនភាព",
        "prices": "តម្លៃ",
        "version": "កំណែ",
        "published": "បានផ្សាយ",
        "holds": "មានសុពលភាពចាប់ពី",
        "new": "អ្វីថ្មី",
        "read": "អានទាំងស្រុង",
        "differs": "អ្វីដែលខុសពី {former}",
        "first": "នេះជាកំណែដំបូង។",
        "all": "អត្ថបទទាំងមូល",
        "back": "ការផ្លាស់ប្តូរទាំងអស់",
        "announced": "បានប្រកាស មិនទាន់មានសុពលភាព",
        "none": "មិនទាន់មានការផ្សាយណាមួយទេ។",
        "held": "អ្វីដែលរក្សាទុករបស់នរណា និងមូលហេតុ",
    },
    "id": {
        "title": "Perubahan terbaru",
        "intro": "Yang mengikat kami dan Anda, dalam setiap versinya.",
        "last": "Pembaruan terakhir: {at}",
        "general-terms": "Syarat dan ketentuan",
        "privacy-notice": "Pemberitahuan privasi",
        "prices": "Harga",
        "version": "Versi",
        "published": "Diterbitkan",
        "holds": "Berlaku sejak",
        "new": "Yang baru",
        "read": "Baca selengkapnya",
        "differs": "Yang berbeda dari {former}",
        "first": "Ini versi pertama.",
        "all": "Teks lengkap",
        "back": "Semua perubahan",
        "announced": "diumumkan; belum berlaku",
        "none": "Belum ada yang diterbitkan.",
        "held": "Apa yang disimpan tentang siapa, dan mengapa",
    },
}
NAMES: Final = {"en": "English", "km": "ភាសាខ្មែរ", "id": "Bahasa Indonesia"}
ADDRESS: Final = "/updates"
HELD: Final = "/updates/what-is-held"
NEXT: Final = "\n"


class Shown(msgspec.Struct, frozen=True):
    """A version as it is listed."""

    version: str
    published: str
    holds: str
    """From when; "" when that is not known yet."""
    new: str
    readable: bool = True
    """Whether its text can be opened."""


class Listed(msgspec.Struct, frozen=True):
    """All versions of one thing, newest first."""

    name: str
    """general-terms, privacy-notice or prices."""
    versions: tuple[Shown, ...]


class Text(msgspec.Struct, frozen=True):
    """A version with its text, and that of the one before it."""

    document: str
    shown: Shown
    text: str
    former: str
    """The name of the version before; "" for none."""
    former_text: str


def listed(frame: Frame, languages: Sequence[str], language: str, found: Sequence[Listed]) -> str:
    """The list of all updates."""
    words = WORDS[language]
    cards = "".join(_card(words, language, one) for one in found)
    held = f"<a href='{HELD}?language={language}'>{escape(words['held'])}</a>"
    intro = f"<p>{escape(words['intro'])} {held}</p>"
    body = f"{choice(languages, language, ADDRESS)}{intro}{cards}"
    return page(frame, words["title"], f"<div lang='{language}'>{body}</div>")


def choice(languages: Sequence[str], language: str, where: str) -> str:
    """The same page in each language."""
    links = " · ".join(
        f"<b lang='{one}'>{NAMES[one]}</b>"
        if one == language
        else f"<a lang='{one}' hreflang='{one}' href='{where}?language={one}'>{NAMES[one]}</a>"
        for one in languages
    )
    return f"<p class='note'>{links}</p>"


def _card(words: dict[str, str], language: str, one: Listed) -> str:
    title = escape(words[one.name])
    if not one.versions:
        none = escape(words["none"])
        return f"<section class='card'><h2>{title}</h2><p class='none'>{none}</p></section>"
    last = escape(words["last"].format(at=one.versions[0].published))
    heads = "".join(
        f"<th scope='col'>{escape(words[head])}</th>"
        for head in ("version", "published", "holds", "new")
    )
    rows = "".join(_row(words, language, one.name, shown) for shown in one.versions)
    return (
        f"<section class='card'><h2>{title}<small>{last}</small></h2>"
        f"<table class='stacks'><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        "</section>"
    )


def _row(words: dict[str, str], language: str, name: str, shown: Shown) -> str:
    version = escape(shown.version)
    if shown.readable:
        where = f"{ADDRESS}/{name}/{version}?language={language}"
        version = f"<a href='{where}' title='{escape(words['read'])}'>{version}</a>"
    holds = escape(shown.holds or words["announced"])
    return (
        f"<tr><th scope='row'>{version}</th>"
        f"<td data-head='{escape(words['published'])}'>{escape(shown.published)}</td>"
        f"<td data-head='{escape(words['holds'])}'>{holds}</td><td>{escape(shown.new)}</td></tr>"
    )


def read(frame: Frame, languages: Sequence[str], language: str, found: Text) -> str:
    """One version: what is new, what differs from the one before, and all of it."""
    words = WORDS[language]
    title = f"{words[found.document]} {found.shown.version}"
    where = f"{ADDRESS}/{found.document}/{escape(found.shown.version)}"
    facts = (
        f"<p>{escape(words['published'])}: {escape(found.shown.published)} · "
        f"{escape(words['holds'])}: {escape(found.shown.holds or words['announced'])}</p>"
        f"<p>{escape(found.shown.new)}</p>"
    )
    if found.former:
        head = escape(words["differs"].format(former=found.former))
        differs = f"<h2>{head}</h2>{difference(found.former_text, found.text)}"
    else:
        differs = f"<h2>{escape(words['first'])}</h2>"
    back = f"<p><a href='{ADDRESS}?language={language}'>{escape(words['back'])}</a></p>"
    body = (
        f"{choice(languages, language, where)}{back}"
        f"<section class='card'><h2>{escape(title)}</h2>{facts}</section>"
        f"<section class='card'>{differs}</section>"
        f"<section class='card'><h2>{escape(words['all'])}</h2>{markdown(found.text)}</section>"
    )
    return page(frame, title, f"<div lang='{language}'>{body}</div>")


def held(frame: Frame, languages: Sequence[str], language: str, text: str) -> str:
    """The notice's tables, as the register makes them."""
    words = WORDS[language]
    back = f"<p><a href='{ADDRESS}?language={language}'>{escape(words['back'])}</a></p>"
    title = f"<h2>{escape(words['privacy-notice'])}</h2>"
    body = (
        f"{choice(languages, language, HELD)}{back}"
        f"<section class='card'>{title}{_folded(text)}</section>"
    )
    return page(frame, words["held"], f"<div lang='{language}'>{body}</div>")


def _folded(text: str) -> str:
    """The tables, those of each kind of people behind its name: nobody is all of them."""
    first, *kinds = re.split(r"^## (?=.)", text, flags=re.MULTILINE)
    shown = "".join(
        f"<details><summary><h4>{escape(kind.partition(NEXT)[0])}</h4></summary>"
        f"{markdown(kind.partition(NEXT)[2])}</details>"
        for kind in kinds
    )
    return markdown(first) + shown


def difference(former: str, new: str) -> str:
    """What went and what came, paragraph by paragraph; what stayed is left out."""
    marks = {"- ": "del", "+ ": "ins"}
    rows = [
        f"<p><{marks[line[:2]]}>{escape(line[2:])}</{marks[line[:2]]}></p>"
        for line in difflib.ndiff(_paragraphs(former), _paragraphs(new))
        if line[:2] in marks
    ]
    return "".join(rows) or "<p class='none'>=</p>"


def _paragraphs(text: str) -> list[str]:
    """Each item of a list is one; where a line was broken says nothing."""
    parts = re.split(r"\n\s*\n|\n(?=- )", text.strip())
    return [" ".join(part.split()) for part in parts if part.strip()]


def markdown(text: str) -> str:
    """The few marks that our documents use: headings, lists and paragraphs."""
    shown: list[str] = []
    in_list = False
    for part in _paragraphs(text):
        if part.startswith("- ") != in_list:
            shown.append("</ul>" if in_list else "<ul>")
            in_list = not in_list
        shown.append(_block(part))
    return "".join(shown) + ("</ul>" if in_list else "")


def _block(part: str) -> str:
    if part.startswith("- "):
        return f"<li>{escape(part[2:])}</li>"
    marks = len(part) - len(part.lstrip("#"))
    if marks and part[marks : marks + 1] == " ":
        level = min(marks + 2, 6)
        return f"<h{level}>{escape(part[marks + 1 :])}</h{level}>"
    return f"<p>{escape(part)}</p>"
