"""What the database is to enforce of a pack: ages, clocks, and the kinds of people; pure."""

from tenure.promises.record.model import Plain
from tenure.terms.model import Terms
from tenure.terms.subjects import PROFILE, SubjectKind


def published(terms: Terms) -> dict[str, Plain]:
    """What the pack says, as the database keeps it; the same pack is the same text."""
    return {
        "adult_years": terms.keeping.adult_years,
        "time_zone": terms.time_zone,
        "passkey_age_ms": terms.keeping.transfer.sim_age_ms,
        "kinds": [_kind(kind) for kind in terms.people.kinds],
    }


def _kind(kind: SubjectKind) -> dict[str, Plain]:
    items: list[Plain] = [
        {
            "item": one.item.name,
            "form": one.item.form,
            "many": one.item.many,
            "of_another": one.item.of_another,
            "sensitive": one.item.is_sensitive,
        }
        for one in kind.wanted
        # A profile is a table of its own, whose columns have types.
        if not (kind.registered and one.item.name in PROFILE)
    ]
    return {
        "kind": kind.name,
        "third_party": kind.third_party,
        "registered": kind.registered,
        "items": items,
    }
