"""Who may be entered as which kind, and what may be known of them: as the pack says; pure."""

from collections.abc import Collection, Mapping, Sequence

from tenure.promises.people.model import Asked, Given, Item, Refusal, Subject
from tenure.promises.people.rules.forms import EXAMPLES, read
from tenure.promises.staff.model import Member
from tenure.promises.staff.model import Refusal as StaffRefusal
from tenure.terms.subjects import PROFILE, THEMSELVES, People, SubjectKind, Wanted, Words
from tenure.values.instant import Instant
from tenure.values.refused import Refused


def acting(member: Member | None) -> Member | Refused[StaffRefusal]:
    """The one of ours who enters, if they may do anything at all."""
    if member is None:
        detail = "no such login; enrol it with: tenure staff enrol"
        return Refused(StaffRefusal.UNKNOWN_MEMBER, detail)
    if member.suspended_at is not None:
        detail = "this login is suspended; a supervisor can tell why"
        return Refused(StaffRefusal.SUSPENDED, detail)
    return member


def kind_of(
    name: str, roles: Collection[str], given: Given, people: People
) -> SubjectKind | Refused[Refusal]:
    """The kind, if whoever enters may do so on this occasion (PRV-WHEN)."""
    kind = people.kind(name)
    if kind is None:
        names = ", ".join(one.name for one in people.kinds)
        return Refused(Refusal.UNKNOWN_KIND, f"the kinds are {names}")
    who = {THEMSELVES} if given.by_themselves else set(roles)
    if not who & set(kind.entered_by):
        detail = f"a {name} is entered by {' or '.join(kind.entered_by)}; ask one of them"
        return Refused(Refusal.MAY_NOT_ENTER, detail)
    occasions = [one.name for one in kind.occasions]
    if given.occasion not in occasions:
        detail = f"data of a {name} is collected on these occasions: {', '.join(occasions)}"
        return Refused(Refusal.UNKNOWN_OCCASION, detail)
    return kind


def entered(
    new: Subject, given: Given, kind: SubjectKind, language: str
) -> tuple[Subject, tuple[Item, ...]] | Refused[Refusal]:
    """The subject with their items, or the gravest reason why not.

    Refused without the representation of whoever names another person (PRV-THIRD), with anything
    that nobody asks of this kind, and without what is obligatory: then the consequence is told.
    """
    wrong = _standing(new, given, kind)
    if wrong is not None:
        return wrong
    items = told(given, kind, (), new.since)
    if isinstance(items, Refused):
        return items
    lacking = missing(kind, [one.item for one in items])
    if lacking is not None:
        assert lacking.without is not None
        name, why = lacking.item.name, lacking.without.get(language) or ""
        return Refused(Refusal.ITEM_MISSING, f"{name} is obligatory. {why}".strip())
    return new, items


def _standing(new: Subject, given: Given, kind: SubjectKind) -> Refused[Refusal] | None:
    if kind.registered and new.person_id is None:
        detail = "enter the person first, with their document: tenure person enter"
        return Refused(Refusal.PROFILE_MISSING, detail)
    if not kind.registered and new.person_id is not None:
        return Refused(Refusal.NOT_REGISTERED, f"a {kind.name} has no profile; name no person")
    if kind.third_party and (new.named_by is None or not given.represented):
        detail = (
            f"a {kind.name} is named by somebody else: say by whom, and that they state that this "
            "person agrees (--named-by, --represented)"
        )
        return Refused(Refusal.NOT_REPRESENTED, detail)
    if not kind.third_party and new.named_by is not None:
        return Refused(Refusal.NOT_REPRESENTED, f"a {kind.name} speaks for themselves")
    return None


def missing(kind: SubjectKind, items: Collection[str]) -> Wanted | None:
    """The first obligatory item that was not given; those of a profile are the profile's."""
    for one in kind.wanted:
        on_profile = kind.registered and one.item.name in PROFILE
        if one.without is not None and not on_profile and one.item.name not in items:
            return one
    return None


def told(
    given: Given, kind: SubjectKind, known: Sequence[Item], at: Instant
) -> tuple[Item, ...] | Refused[Refusal]:
    """What is said of somebody, item by item, in the forms that were declared; or why not."""
    found: list[Item] = []
    for name, values in given.items.items():
        wanted = kind.wants(name)
        if wanted is None:
            names = ", ".join(one.item.name for one in kind.wanted)
            detail = f"nobody asks a {kind.name} for {name}; what is asked for: {names}"
            return Refused(Refusal.ITEM_UNKNOWN, detail)
        read_ = _read(wanted, values, given, kind, [*known, *found], at)
        if isinstance(read_, Refused):
            return read_
        found += read_
    return tuple(sorted(found, key=lambda one: (one.item, one.place)))


def _read(
    wanted: Wanted,
    values: tuple[str, ...],
    given: Given,
    kind: SubjectKind,
    known: Sequence[Item],
    at: Instant,
) -> list[Item] | Refused[Refusal]:
    item = wanted.item
    if kind.registered and item.name in PROFILE:
        detail = f"{item.name} is on the profile: tenure person correct, language or contact"
        return Refused(Refusal.ITEM_ON_PROFILE, detail)
    if item.of_another and not given.represented:
        detail = f"{item.name} tells of somebody else: state that they agree (--represented)"
        return Refused(Refusal.NOT_REPRESENTED, detail)
    same = [one for one in known if one.item == item.name and one.ended_at is None]
    if not item.many and len(same) + len(values) > 1:
        detail = f"{item.name} is known once; end the one before with --instead"
        return Refused(Refusal.ITEM_KNOWN, detail)
    places = [one.place for one in known if one.item == item.name]
    place = max(places, default=-1) + 1 if item.many else 0
    found = []
    for step, typed in enumerate(values):
        value = read(item, typed)
        if value is None:
            choices = f" ({', '.join(item.choices)})" if item.choices else ""
            detail = f"{item.name} is a {item.form}{choices}, such as {EXAMPLES[item.form]}"
            return Refused(Refusal.ITEM_MALFORMED, detail)
        found.append(Item(item.name, place + step, value, given.occasion, given.represented, at))
    return found


def asked(kind: SubjectKind, language: str, prevailing: str) -> tuple[Asked, ...]:
    """PRV-OPTION: all that this kind is asked for, in a language, with what follows without it."""

    def words(text: Words) -> str:
        return text.get(language) or text[prevailing]

    return tuple(
        Asked(
            one.item.name,
            words(one.item.title),
            one.item.form,
            one.item.category,
            "" if one.without is None else words(one.without),
        )
        for one in kind.wanted
    )


def titles(kind: SubjectKind, language: str, prevailing: str) -> Mapping[str, tuple[str, ...]]:
    """When data of this kind is collected, and what it is used for, in words."""
    return {
        "occasions": tuple(
            one.title.get(language) or one.title[prevailing] for one in kind.occasions
        ),
        "purposes": tuple(
            one.title.get(language) or one.title[prevailing] for one in kind.purposes
        ),
    }
