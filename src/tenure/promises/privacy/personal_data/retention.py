"""What is held about what ended, what stays and what is held back: numbers without names."""

from typing import Final

from tenure.values.holding import (
    Category,
    End,
    Export,
    Holding,
    Lead,
    Row,
    Subject,
    Way,
    impersonal,
)


def _of(table: str, column: str, why: str, keep: str, export: Export | None = None) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.SUBSCRIBER,
        category=Category.EVIDENCE,
        why=why,
        keep=keep,
        end=End.DELETE,
        export=export,
    )


_PERIODS: Final = "what the pack says of how long what is kept"
_PLAN: Final = "what the register says of what ends how"
_COUNTS: Final = "what came of an entry, in numbers"

HOLDINGS: Final = (
    *impersonal("keeping", _PERIODS, "keep", "kind", "starts", "minimum_ms", "maximum_ms"),
    *impersonal("keeping", _PERIODS, "disputed"),
    *impersonal("step", _PLAN, "nth", "store", "keep", "act", "columns", "since", "kinds", "whoms"),
    *impersonal("step", _PLAN, "about", "needed", "emptied", "undone", "of_kind", "after"),
    *impersonal("plan", "whether it is still so", "one", "digest", "late_ms"),
    *impersonal("erasure", "which line of the ledger it is", "entry_id", "why", "kind"),
    _of("erasure", "whom", "finds them again in a copy that is put back", "erasures"),
    *impersonal("erasure", "that it was written before", "written_at", "written_in", "leaf_seq"),
    *impersonal("ended", _COUNTS, "entry_id", "store", "act", "rows", "last_at"),
    *impersonal("deferred", _COUNTS, "entry_id", "store", "keep", "ground", "rows", "until_at"),
    *impersonal("again", "when it is looked at next", "entry_id", "next_at"),
    *impersonal("hold", "which hold it is", "hold_id", "kind", "leaf_seq", "release_leaf_seq"),
    # Whom an authority looks into is not told of it by us.
    *(
        _of("hold", column, why, "privacy", Export.NEVER)
        for column, why in (
            ("whom", "whose data it keeps"),
            ("keeps", "which classes it keeps"),
            ("during", "what was over when it keeps"),
            ("reference", "the case it is for"),
            ("authority", "who wants it"),
            ("document", "the hash of what it rests on"),
            ("review_at", "when somebody looks whether it is still needed"),
            ("asked_at", "since when it counts"),
            ("body", "exactly what was approved"),
            ("request_hash", "what was approved"),
            ("released_at", "when it was over"),
            ("release_hash", "what was approved of its end"),
        )
    ),
    *impersonal("hold_release", "that its end was asked", "request_hash", "hold_id", "asked_at"),
    *impersonal("hold_release", "why it may end, in words about no person", "body"),
)

_WHOM: Final = (
    Lead(Way.PERSON, "whom", where="t.kind = 'person'"),
    Lead(Way.SUBJECT, "whom", where="t.kind = 'subject'"),
    Lead(Way.HUMAN, "whom", where="t.kind = 'human'"),
)

ROWS: Final = (
    Row("erasure", ("entry_id",), _WHOM, "t.written_at"),
    Row("hold", ("hold_id",), _WHOM, "t.released_at"),
)
