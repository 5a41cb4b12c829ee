"""Who may be entered as a person; pure."""

from tenure.promises.people.model import Person, Refusal
from tenure.terms.model import Terms
from tenure.values.instant import moment_of
from tenure.values.refused import Refused


def entered(person: Person, known: Person | None, terms: Terms) -> Person | Refused[Refusal]:
    """The person, or why not.  ``known`` is who has the same document already."""
    if not person.name.strip():
        return Refused(Refusal.NAME_MISSING, "give the name as it stands in the document")
    if person.language not in terms.languages:
        detail = f"the languages are {', '.join(terms.languages)}"
        return Refused(Refusal.UNKNOWN_LANGUAGE, detail)
    if person.born_on is not None and person.born_on > moment_of(person.since).date():
        return Refused(Refusal.BORN_LATER, "correct the date of birth")
    if known is not None and known.person_id != person.person_id:
        detail = f"this document belongs to person {known.person_id}; use that one"
        return Refused(Refusal.DOCUMENT_KNOWN, detail)
    return person
