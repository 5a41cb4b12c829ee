"""Who may be entered as a person; pure."""

from typing import Final

from tenure.promises.people.model import Document, Guardian, Key, Person, Presence, Refusal
from tenure.terms.model import Terms
from tenure.values.age import adult
from tenure.values.instant import Instant, moment_of
from tenure.values.refused import Refused

PHOTO_MATCH_MIN_PPM: Final = 950_000
"""PRV-BIO: a live photo that the provider finds less alike than this proves nobody."""
DOCUMENTS: Final = ("national-id", "passport", "monk-id", "family-book")
NUMBER_MAX: Final = 40


def entered(person: Person, known: Person | None, terms: Terms) -> Person | Refused[Refusal]:
    """The person, or why not.  ``known`` is who has the same document already."""
    if not person.name.strip():
        return Refused(Refusal.NAME_MISSING, "give the name as it stands in the document")
    if person.language not in terms.languages:
        detail = f"the languages are {', '.join(terms.languages)}"
        return Refused(Refusal.UNKNOWN_LANGUAGE, detail)
    if person.born_on is not None and person.born_on > moment_of(person.since).date():
        return Refused(Refusal.BORN_LATER, "correct the date of birth")
    if person.document is not None and not is_document(person.document):
        detail = f"write it as KIND:NUMBER; the kinds are {', '.join(DOCUMENTS)}"
        return Refused(Refusal.DOCUMENT_MALFORMED, detail)
    if known is not None and known.person_id != person.person_id:
        detail = f"this document belongs to person {known.person_id}; use that one"
        return Refused(Refusal.DOCUMENT_KNOWN, detail)
    return person


def recognised(person: Person | None, seen: Presence) -> Person | Refused[Refusal]:
    """PRV-BIO: the person, if what was seen in the shop shows that it is them."""
    if person is None:
        return Refused(Refusal.UNKNOWN_PERSON, "nobody has this number; see: tenure person enter")
    if person.merged_into is not None:
        return Refused(Refusal.IS_A_DUPLICATE, f"they are person {person.merged_into} now")
    if seen.document != person.document:
        return Refused(Refusal.DOCUMENT_DIFFERS, "this is not the document they registered with")
    if seen.photo.score_ppm < PHOTO_MATCH_MIN_PPM:
        return Refused(Refusal.PHOTO_DIFFERS, "the live photo does not match; take another one")
    return person


def keyed(key: Key, known: Key | None) -> Key | Refused[Refusal]:
    """The key, or why it cannot be had.  ``known`` is who has the same key already."""
    if known is not None:
        return Refused(Refusal.PASSKEY_KNOWN, "this passkey is in use already; make a new one")
    return key


def guarded(
    ward: Person | None, guardian: Person | None, known: list[Guardian], terms: Terms, at: Instant
) -> Guardian | Refused[Refusal]:
    """The guardian of a minor, or why they cannot be."""
    wrong = _not_two(ward, guardian)
    if wrong is not None:
        return wrong
    assert ward is not None
    assert ward.born_on is not None
    assert guardian is not None
    assert guardian.born_on is not None
    years, zone = terms.keeping.adult_years, terms.time_zone
    if not adult(guardian.born_on, years, zone, at):
        return Refused(Refusal.GUARDIAN_TOO_YOUNG, "a guardian is of age; name somebody else")
    if adult(ward.born_on, years, zone, at):
        return Refused(Refusal.NOT_A_MINOR, "they are of age and consent for themselves")
    if any(one.guardian_id == guardian.person_id for one in known):
        return Refused(Refusal.GUARDIAN_KNOWN, "they are the guardian already")
    return Guardian(ward.person_id, guardian.person_id, at)


def _not_two(ward: Person | None, guardian: Person | None) -> Refused[Refusal] | None:
    """Why these are not two people of known age."""
    if ward is None or guardian is None or ward.born_on is None or guardian.born_on is None:
        detail = "enter both with their date of birth: tenure person enter"
        return Refused(Refusal.UNKNOWN_PERSON, detail)
    for one in (ward, guardian):
        if one.merged_into is not None:
            detail = f"person {one.person_id} is person {one.merged_into} now; name that one"
            return Refused(Refusal.IS_A_DUPLICATE, detail)
    if ward.person_id == guardian.person_id:
        return Refused(Refusal.OWN_GUARDIAN, "nobody is their own guardian; name somebody else")
    return None


def unguarded(known: list[Guardian], guardian_id: int, at: Instant) -> Guardian | Refused[Refusal]:
    """The guardian who answers no more; ``known`` are those who do."""
    for one in known:
        if one.guardian_id == guardian_id:
            return Guardian(one.ward_id, one.guardian_id, one.since, at)
    return Refused(Refusal.NOT_THE_GUARDIAN, "they do not answer for them; see: tenure person show")


def spoken(person: Person | None, language: str, terms: Terms) -> Person | Refused[Refusal]:
    """The person, if they can be told things in this language (GTC-LANG)."""
    if person is None:
        return Refused(Refusal.UNKNOWN_PERSON, "nobody has this number; see: tenure person enter")
    if person.merged_into is not None:
        return Refused(Refusal.IS_A_DUPLICATE, f"they are person {person.merged_into} now")
    if language not in terms.languages:
        detail = f"the languages are {', '.join(terms.languages)}"
        return Refused(Refusal.UNKNOWN_LANGUAGE, detail)
    return person


def is_document(document: Document) -> bool:
    """Whether a document is of a kind that is accepted, with something for a number."""
    number = document.number
    return (
        document.kind in DOCUMENTS
        and 0 < len(number.strip()) <= NUMBER_MAX
        and number.isprintable()
    )
