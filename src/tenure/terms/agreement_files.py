"""consent.toml and documents/: what a subscriber may say yes to, and the texts that bind."""

import hashlib
import itertools
from collections.abc import Mapping
from typing import Final

import msgspec

from tenure.terms.agreements import (
    DOCUMENTS,
    MEDIA,
    NO_MEDIUM,
    Agreements,
    Controller,
    DocumentVersion,
    Purpose,
    PurposeText,
)
from tenure.terms.documents import Folder, Section
from tenure.terms.text_files import read_messages
from tenure.values.instant import Instant

FILE: Final = "consent.toml"
VAGUE: Final = frozenset(
    {"other", "others", "misc", "miscellaneous", "any", "all", "general", "legitimate", "various"}
)
"""Nobody can say yes to what does not say what it is."""
DATA: Final = ("contact", "identification", "product", "it", "service-account", "biometric")
"""Kinds of data (PRV-DATA-C) that a purpose may use; financial and sensitive data are for none."""
RECIPIENTS: Final = ("group", "partners", "service-providers", "research")
DAYS_MAX: Final = 3660
MEANINGS_MAX: Final = 1000
VERSION: Final = r"\d{4}-\d{2}(-\d{2})?"
PARTS: Final = ("", "-text", "-without")


def text_ids(purpose: str) -> tuple[str, ...]:
    """The names of a purpose's texts in the files of the pack: title, text, and without it."""
    return tuple(f"purpose-{purpose}{part}" for part in PARTS)


def read_agreements(
    folder: Folder, languages: tuple[str, ...]
) -> tuple[Agreements, dict[str, dict[str, str]]]:
    """Controller, purposes with their words, and documents with their texts, in every language;
    and the words again by language and message id."""
    top = folder.toml(FILE)
    controller = _controller(top.section("controller"))
    purposes = [_purpose(section) for section in top.sections("purpose")]
    versions = [_version(folder, section, languages) for section in top.sections("document")]
    top.done()
    for name in {one.name for one in purposes}:
        if sum(one.name == name for one in purposes) > 1:
            folder.note(FILE, 0, f"the purpose {name} is there twice", "keep one of them")
    documents = sorted(
        (one for one in versions if one is not None),
        key=lambda one: (one.document, one.effective_from, one.version),
    )
    _check_order(folder, documents)
    words = {language: _words(folder, language, purposes) for language in languages}
    worded = tuple(_worded(one, words) for one in purposes)
    return Agreements(controller, worded, tuple(documents)), words


def _words(folder: Folder, language: str, purposes: list[Purpose]) -> dict[str, str]:
    """The messages of one language by id; every purpose has all of its own, and nothing else."""
    file = f"texts/purposes.{language}.ftl"
    messages = read_messages(folder, file, {}, {})
    needed = [name for one in purposes for name in text_ids(one.name)]
    for name in needed:
        if not messages.get(name, ""):
            what = f"the text {name} is missing in {language}"
            folder.note(file, 0, what, f"add a line: {name} = …", "GTC-LANG")
    for name in messages.keys() - set(needed):
        folder.note(
            file,
            0,
            f"the text {name} is of no purpose",
            "remove it, or name a purpose so in consent.toml",
        )
    return messages


def _worded(purpose: Purpose, words: Mapping[str, Mapping[str, str]]) -> Purpose:
    texts = {
        language: PurposeText(*(" ".join(found.get(one, "").split()) for one in names))
        for language, found in words.items()
        for names in (text_ids(purpose.name),)
    }
    return msgspec.structs.replace(purpose, texts=texts)


def _controller(section: Section) -> Controller:
    found = Controller(
        name=section.text("name", "Smart Axiata Co., Ltd."),
        address=section.text("address", "Phnom Penh, Cambodia"),
        contact=section.text("contact", "privacy@example.com"),
        jurisdiction=section.matching("jurisdiction", r"[A-Z]{2}", "KH"),
        locations=section.texts("locations", r"[A-Z]{2}", "KH"),
        evidence_days=section.whole("evidence_days", 1, DAYS_MAX, 1826),
    )
    section.done()
    return found


def _purpose(section: Section) -> Purpose:
    found = Purpose(
        name=section.matching("name", r"[a-z][a-z0-9-]{1,39}", "offers"),
        version=section.matching("version", VERSION, "2026-01"),
        meaning=section.whole("meaning", 1, MEANINGS_MAX, 1),
        direct_marketing=section.flag("direct_marketing"),
        media=section.texts("media", "|".join(MEDIA), "sms"),
        data=section.texts("data", "|".join(DATA), "contact"),
        recipients=section.texts("recipients", "|".join(RECIPIENTS), "partners"),
        valid_days=section.whole("valid_days", 0, DAYS_MAX, 0),
    )
    section.done()
    if VAGUE & set(found.name.split("-")):
        section.note(
            "name",
            f"the purpose {found.name} says nothing: nobody can say yes to it",
            "name what is done; what has no name is not done",
        )
    if found.direct_marketing and not found.media:
        section.note(
            "media", "marketing that contacts nobody is none", f"name some of {', '.join(MEDIA)}"
        )
    if not found.data:
        section.note("data", "a purpose uses some data", f"name some of {', '.join(DATA)}")
    return found if found.media else msgspec.structs.replace(found, media=(NO_MEDIUM,))


def _version(
    folder: Folder, section: Section, languages: tuple[str, ...]
) -> DocumentVersion | None:
    document = section.choice("name", DOCUMENTS)
    version = section.matching("version", VERSION, "2026-01")
    published_at = section.instant("published_at")
    effective_from = section.instant("effective_from")
    texts = {
        language: _text(folder, section, f"documents/{document}/{version}/{language}.md", language)
        for language in languages
    }
    changes = {language: section.text(f"changes_{language}", "…") for language in languages}
    section.done()
    if published_at is None or effective_from is None:
        return None
    if effective_from < published_at:
        section.note(
            "effective_from",
            "it takes effect before anybody could read it",
            "write an instant that is not before published_at",
        )
    hashes = {language: digest(text) for language, text in texts.items()}
    return DocumentVersion(
        document, version, Instant(published_at), Instant(effective_from), texts, hashes, changes
    )


def _text(folder: Folder, section: Section, file: str, language: str) -> str:
    text = folder.text(file) or ""
    if text and not text.strip():
        folder.note(file, 0, "the document is empty", "write its text", section.clause)
    key = f"sha256_{language}"
    written = section.matching(key, r"[0-9a-f]{64}", "0" * 64)
    if text and written and written != digest(text):
        section.note(
            key,
            f"{file} is not the text that was published",
            "give the changed text a version of its own; if nobody has seen this one yet, write "
            f'{key} = "{digest(text)}"',
        )
    return text


def _check_order(folder: Folder, documents: list[DocumentVersion]) -> None:
    there = {one.document for one in documents}
    for missing in [name for name in DOCUMENTS if name not in there]:
        folder.note(FILE, 0, f"there is no {missing}", f'add [[document]] with name = "{missing}"')
    for earlier, later in itertools.pairwise(documents):
        if earlier.document != later.document:
            continue
        if earlier.version == later.version:
            what = f"the version {later.version} of {later.document} is there twice"
            folder.note(FILE, 0, what, "keep one of them", "GTC-ACCEPT")
        elif earlier.effective_from == later.effective_from:
            what = f"two versions of {later.document} take effect at the same instant"
            folder.note(FILE, 0, what, "let one of them take effect later", "GTC-ACCEPT")


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
