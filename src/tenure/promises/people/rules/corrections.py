"""INC-PROFILE: when who somebody is on record may be changed; pure."""

import hashlib

from tenure.promises.people.model import Changes, Document, Evidence, Key, Person, Refusal
from tenure.promises.people.rules.persons import DOCUMENTS, PHOTO_MATCH_MIN_PPM, is_document
from tenure.promises.record.model import Plain
from tenure.promises.record.rules import canonical
from tenure.terms.model import Terms
from tenure.values.instant import Instant, moment_of
from tenure.values.refused import Refused


def body(person_id: int, changes: Changes, at: Instant) -> str:
    """Canonical JSON of exactly what is to be changed: what the witness signs the hash of."""
    wanted: dict[str, Plain] = {}
    if changes.name is not None:
        wanted["name"] = changes.name.strip()
    if changes.born_on is not None:
        wanted["born_on"] = changes.born_on.isoformat()
    if changes.document is not None:
        wanted["document_kind"] = changes.document.kind
        wanted["document_number"] = changes.document.number
    said: dict[str, Plain] = {
        "version": 1,
        "kind": "people.correction",
        "person": str(person_id),
        "changes": wanted,
        "at": at,
    }
    return canonical(said)


def body_hash(text: str) -> bytes:
    """What everybody signs."""
    return hashlib.sha256(text.encode()).digest()


def corrected(
    person: Person | None,
    changes: Changes,
    evidence: Evidence,
    known: Person | None,
    witness: Document | None,
    at: Instant,
) -> Changes | Refused[Refusal]:
    """What changes, or the gravest reason why not.

    PRV-BIO: by the document on record, a live photo and a witness.  Who cannot show that document
    signs with a passkey of their own beside it (``evidence.own``, see ``own_key``).  ``known`` is
    who has the new document already, ``witness`` the document of the witness.
    """
    if person is None:
        return Refused(Refusal.UNKNOWN_PERSON, "nobody has this number; see: tenure person enter")
    if person.merged_into is not None:
        detail = f"this row was merged; correct person {person.merged_into}"
        return Refused(Refusal.IS_A_DUPLICATE, detail)
    wrong = _changes(person, changes, known, at) or _seen(person, changes, evidence)
    if wrong is not None:
        return wrong
    if witness is not None and witness == person.document:
        detail = "nobody sees their own document; another colleague has to"
        return Refused(Refusal.SEEN_BY_ONESELF, detail)
    return changes


def _changes(
    person: Person, changes: Changes, known: Person | None, at: Instant
) -> Refused[Refusal] | None:
    if changes.name is not None and not changes.name.strip():
        return Refused(Refusal.NAME_MISSING, "give the name as it stands in the document")
    if changes.born_on is not None and changes.born_on > moment_of(at).date():
        return Refused(Refusal.BORN_LATER, "correct the date of birth")
    document = changes.document
    if document is not None and not is_document(document):
        detail = f"write it as KIND:NUMBER; the kinds are {', '.join(DOCUMENTS)}"
        return Refused(Refusal.DOCUMENT_MALFORMED, detail)
    if known is not None and known.person_id != person.person_id:
        detail = f"it is on record for person {known.person_id}; see: tenure person merge"
        return Refused(Refusal.DOCUMENT_KNOWN, detail)
    same = (
        changes.name in {None, person.name}
        and changes.born_on in {None, person.born_on}
        and document in {None, person.document}
    )
    if same:
        return Refused(Refusal.NOTHING_CHANGES, "this is on record already")
    return None


def _seen(person: Person, changes: Changes, evidence: Evidence) -> Refused[Refusal] | None:
    seen = evidence.seen
    if evidence.own is None:
        if seen.document != person.document:
            detail = (
                "show the document on record, or sign with a passkey of theirs (--own-passkey) and "
                "show the new one"
            )
            return Refused(Refusal.DOCUMENT_DIFFERS, detail)
    elif seen.document != (changes.document or person.document):
        return Refused(Refusal.DOCUMENT_DIFFERS, "show the document that is to be on record")
    if seen.photo.score_ppm < PHOTO_MATCH_MIN_PPM:
        return Refused(Refusal.PHOTO_DIFFERS, "the live photo does not match; take another one")
    return None


def own_key(key: Key, person_id: int, terms: Terms, at: Instant) -> Key | Refused[Refusal]:
    """The person's own key that stands for a lost document: theirs, and not a fresh one."""
    if key.person_id != person_id:
        return Refused(Refusal.NOT_PROVEN, "this passkey is somebody else's; use their own")
    age_ms = terms.keeping.transfer.sim_age_ms
    if at < key.added_at + age_ms:
        detail = "this passkey is too new to stand for a document; show the one on record"
        return Refused(Refusal.PASSKEY_TOO_FRESH, detail)
    return key
