"""What is held about releases: what was told of groups, and what that cost; nobody's data."""

from typing import Final

from tenure.values.holding import impersonal

HOLDINGS: Final = (
    *impersonal(
        "spending",
        "what answers about groups of people have cost",
        "dataset",
        "year",
        "seq",
        "after_seq",
        "spent_before_millionths",
        "epsilon_millionths",
        "spent_millionths",
        "budget_millionths",
        "at",
        "leaf_seq",
    ),
    *impersonal(
        "release",
        "answers about groups of people, as they were given",
        "question",
        "month",
        "dataset",
        "method",
        "measure",
        "by_columns",
        "people_min",
        "least_people",
        "bound",
        "year",
        "spending_seq",
        "answer",
        "at",
        "leaf_seq",
    ),
)
