"""Which text is in force, which are to be shown as updates, and that none is ever changed."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from tenure.promises.consent.model import Kept, Refusal, TextKey
from tenure.terms.agreements import DocumentVersion, Purpose
from tenure.terms.model import Terms
from tenure.values.instant import Instant
from tenure.values.refused import Refused

GAP: Final = "\n\n"
NONE: Final = "none"


class Wording(msgspec.Struct, frozen=True):
    """A purpose as somebody read it once."""

    title: str
    text: str
    without: str
    data: tuple[str, ...]
    recipients: tuple[str, ...]


def sha256_of(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hexadecimal: what ``sha256sum`` says of its file."""
    return hashlib.sha256(text.encode()).hexdigest()


def in_force(terms: Terms, document: str, at: Instant) -> DocumentVersion | None:
    """The version of a document that binds at an instant; None before the first."""
    begun = [
        one
        for one in terms.consents.documents
        if one.document == document and one.effective_from <= at
    ]
    return max(begun, key=lambda one: one.effective_from, default=None)


def updates(terms: Terms, document: str, at: Instant) -> tuple[DocumentVersion, ...]:
    """PRV-UPDATE: the published versions, newest first; also one that is still to begin."""
    shown = [
        one
        for one in terms.consents.documents
        if one.document == document and one.published_at <= at
    ]
    return tuple(sorted(shown, key=lambda one: one.effective_from, reverse=True))


def published(
    terms: Terms, document: str, version: str | None, at: Instant
) -> DocumentVersion | Refused[Refusal]:
    """A version by its name, or the one in force; refused when nobody could have read it."""
    known = [one for one in terms.consents.documents if one.document == document]
    if not known:
        names = ", ".join(sorted({one.document for one in terms.consents.documents}))
        return Refused(Refusal.UNKNOWN_DOCUMENT, f"the documents are {names}")
    if version is None:
        found = in_force(terms, document, at)
        detail = "no version of it is in force yet; name one that is published"
        return found or Refused(Refusal.NOT_IN_FORCE, detail)
    named = next((one for one in known if one.version == version), None)
    if named is None:
        detail = f"the versions are {', '.join(one.version for one in known)}"
        return Refused(Refusal.UNKNOWN_VERSION, detail)
    if at < named.published_at:
        return Refused(Refusal.NOT_IN_FORCE, "it is not published yet; nobody can have read it")
    return named


def shown_of(purpose: Purpose, language: str) -> str:
    """All that is shown of a purpose before a yes, as one text: what is hashed and kept."""
    text = purpose.texts[language]
    uses = f"data: {', '.join(purpose.data) or NONE}"
    given = f"recipients: {', '.join(purpose.recipients) or NONE}"
    return f"{GAP.join((text.title, text.text, text.without, uses, given))}\n"


def read_back(shown: str) -> Wording:
    """What ``shown_of`` put together; our own mistake for any other text."""
    title, text, without, uses, given = shown.removesuffix("\n").split(GAP)
    listed = [one.partition(": ")[2] for one in (uses, given)]
    data, recipients = (() if one == NONE else tuple(one.split(", ")) for one in listed)
    return Wording(title, text, without, data, recipients)


def texts_of(version: DocumentVersion) -> dict[TextKey, str]:
    """The texts of a version by language."""
    return {
        TextKey(version.document, version.version, language): text
        for language, text in version.texts.items()
    }


def wordings(purpose: Purpose) -> dict[TextKey, str]:
    """The words of a purpose by language."""
    return {
        TextKey(f"purpose/{purpose.name}", purpose.version, language): shown_of(purpose, language)
        for language in purpose.texts
    }


def unchanged(
    texts: Mapping[TextKey, str], kept: Sequence[Kept]
) -> Sequence[TextKey] | Refused[Refusal]:
    """Which of these texts are not kept yet; refused when one of them is kept otherwise."""
    known = {one.key: one.sha256 for one in kept}
    for key, text in texts.items():
        if known.get(key, "") not in ("", sha256_of(text)):
            return Refused(
                Refusal.TEXT_CHANGED,
                f"{key.document} {key.version} in {key.language} is not what was published; give"
                " the changed text a version of its own",
            )
    return [key for key in texts if key not in known]
