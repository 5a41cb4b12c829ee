"""What the public website holds: sealed forms and letters, contests, cookie answers, visits."""

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

KEEP: Final = "website"


def _of(
    table: str,
    column: str,
    category: Category,
    why: str,
    *,
    end: End = End.DELETE,
    export: Export | None = None,
) -> Holding:
    return Holding(
        table=table,
        column=column,
        whose=Subject.VISITOR,
        category=category,
        why=why,
        keep=KEEP,
        end=end,
        export=export,
    )


HOLDINGS: Final = (
    *impersonal(
        "contest",
        "a contest as it was announced",
        "contest",
        "commitment",
        "rules_sha256",
        "winners",
        "announced_at",
        "opens_at",
        "closes_at",
        "claim_until",
        "winners_until",
        "leaf_seq",
    ),
    *impersonal("entry", "which contest, and the leaf", "contest", "opens_at", "closes_at"),
    *impersonal("entry", "the leaf that tells of it", "leaf_seq"),
    _of("entry", "entry_id", Category.EVIDENCE, "so that what is sent twice is one (WEB-COLLECT)"),
    _of("entry", "form", Category.EVIDENCE, "which form it was"),
    _of("entry", "subject_id", Category.IDENTIFICATION, "whose it is, as a number of its own"),
    _of("entry", "language", Category.EVIDENCE, "in which language it was shown"),
    _of("entry", "notice_version", Category.EVIDENCE, "which notice could be read (PRV-ACK)"),
    _of("entry", "notice_sha256", Category.EVIDENCE, "its very text"),
    _of("entry", "own_notice_sha256", Category.EVIDENCE, "to which rules of a contest they agreed"),
    _of("entry", "given_at", Category.EVIDENCE, "when it was sent"),
    _of("entry", "keep_until", Category.EVIDENCE, "when it ends (WEB-KEEP)"),
    _of(
        "entry",
        "sealed",
        Category.CONTACT,
        "what somebody wrote, for the purpose of the form (WEB-USE)",
        end=End.DESTROY_KEY,
        export=Export.NEVER,
    ),
    _of(
        "entry",
        "contact",
        Category.EVIDENCE,
        "all forms of one address, for who proves that it is theirs (PRV-RIGHTS)",
        export=Export.NEVER,
    ),
    _of("entry", "mark", Category.EVIDENCE, "one entry a person", export=Export.NEVER),
    _of("entry", "answered_at", Category.EVIDENCE, "when it was answered"),
    _of("entry", "answered_by", Category.EVIDENCE, "by whom of ours", export=Export.MASKED),
    *impersonal("letter", "how far a letter is", "tries", "due_at", "handing_at", "reason"),
    _of("letter", "entry_id", Category.EVIDENCE, "which form it answers (WEB-USE)"),
    _of("letter", "number", Category.EVIDENCE, "the how-manieth letter about it"),
    _of("letter", "subject_id", Category.IDENTIFICATION, "to whom it goes, as a number of its own"),
    _of("letter", "kind", Category.EVIDENCE, "whether it answers, or brings a link"),
    _of(
        "letter",
        "sealed",
        Category.CONTACT,
        "what one of ours answered (WEB-USE)",
        end=End.DESTROY_KEY,
        export=Export.NEVER,
    ),
    _of("letter", "written_at", Category.EVIDENCE, "when it was written"),
    _of("letter", "written_by", Category.EVIDENCE, "by whom of ours", export=Export.MASKED),
    _of("letter", "handed_at", Category.EVIDENCE, "when the server of mail had taken it"),
    *impersonal(
        "draw",
        "a draw that anybody can repeat; tickets are random, and lead to nobody without an entry",
        "contest",
        "commitment",
        "closes_at",
        "seed",
        "tickets",
        "drawn_at",
        "leaf_seq",
    ),
    *impersonal("winner", "which contest and prize", "contest", "place"),
    _of("winner", "ticket", Category.EVIDENCE, "whose entry won"),
    _of("winner", "subject_id", Category.IDENTIFICATION, "whose entry won"),
    _of("winner", "shown", Category.IDENTIFICATION, "what is published", end=End.EMPTY),
    _of("winner", "identified_at", Category.EVIDENCE, "when a shop saw that it was them"),
    _of("winner", "identified_by", Category.EVIDENCE, "who of ours saw it", export=Export.MASKED),
    _of("winner", "photo_ppm", Category.EVIDENCE, "how sure the comparison was (PRV-BIO)"),
    _of("winner", "photo_reference", Category.EVIDENCE, "its number at the provider"),
    *impersonal(
        "cookie_answer",
        "what a browser answered about cookies, under a random number that leads to nobody",
        "consent_id",
        "at",
        "version",
        "text_sha256",
        "language",
        "convenience",
        "visits",
        "until_at",
        "keep_until",
    ),
    # WEB-COOKIE: so little is kept of each that it leads to nobody: half an address, kinds of
    # browser and system, a page.  The random number is the browser's alone.
    *impersonal(
        "visit",
        "a page that was opened by a browser that agreed to be counted (WEB-COOKIE)",
        "visit_id",
        "seq",
        "at",
        "address",
        "browser",
        "system",
        "page",
        "consent_id",
        "answered_at",
        "agreed",
        "keep_until",
    ),
)

_OVER: Final = "t.keep_until"
_ENTERED: Final = "(SELECT c.winners_until FROM privacy.contest c WHERE c.contest = t.contest)"
_SUBJECT: Final = (Lead(Way.SUBJECT, "subject_id"),)

_FORM_OVER: Final = "(SELECT e.keep_until FROM privacy.entry e WHERE e.entry_id = t.entry_id)"

ROWS: Final = (
    Row("entry", ("entry_id",), _SUBJECT, _OVER),
    Row("letter", ("entry_id", "number"), _SUBJECT, _FORM_OVER),
    Row("winner", ("contest", "place"), _SUBJECT, _ENTERED),
)
