"""What is held of exports: who asked, for whom, when, and the package while it is there."""

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


def _export(why: str, *columns: str, shown: Export | None = None) -> tuple[Holding, ...]:
    return tuple(
        Holding(
            table="export",
            column=column,
            whose=Subject.SUBSCRIBER,
            category=Category.EVIDENCE,
            why=why,
            keep="privacy",
            end=End.DELETE,
            export=shown,
        )
        for column in columns
    )


HOLDINGS = (
    *impersonal("export", "how far a job is, and its place in the record", "frames", "leaf_seq"),
    *_export("the name of a package", "export_id", shown=Export.NEVER),
    *_export("whom an export is about", "person_id", "subject_id", "human_id"),
    *_export(
        "that a right was answered, and when",
        "scope",
        "language",
        "case_id",
        "asked_at",
        "finished_at",
        "until_at",
        "fetched_at",
        "destroyed_at",
    ),
    *_export(
        "the package and its key, until it ends",
        "salt",
        "nonce",
        "sealed_key",
        "working_key",
        "file",
        "pins",
        "position",
        shown=Export.NEVER,
    ),
    Holding(
        table="export",
        column="asked_by",
        whose=Subject.STAFF,
        category=Category.EVIDENCE,
        why="who of ours answered for it",
        keep="privacy",
        end=End.EMPTY,
    ),
)

ROWS = (
    Row(
        table="export",
        key=("export_id",),
        leads=(
            Lead(Way.PERSON, "person_id"),
            Lead(Way.SUBJECT, "subject_id"),
            Lead(Way.HUMAN, "human_id"),
            Lead(Way.LOGIN, "asked_by"),
        ),
        since="t.destroyed_at",
    ),
)
