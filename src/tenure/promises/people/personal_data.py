"""What is held about the people who hold numbers."""

from typing import Final

from tenure.values.holding import Category, End, Holding, Subject


def _of_person(column: str, category: Category, why: str, keep: str = "identity") -> Holding:
    return Holding(
        table="person",
        column=column,
        whose=Subject.SUBSCRIBER,
        category=category,
        why=why,
        keep=keep,
        end=End.DELETE,
    )


HOLDINGS: Final = (
    _of_person("person_id", Category.IDENTIFICATION, "ties a person to the lines they hold"),
    _of_person("name", Category.IDENTIFICATION, "SIM registration requires it (PRV-DATA-C)"),
    _of_person("language", Category.PRODUCT, "notices come in the language that was chosen"),
    _of_person(
        "born_on", Category.IDENTIFICATION, "a minor needs a guardian's consent (PRV-MINOR)"
    ),
    _of_person("document_kind", Category.IDENTIFICATION, "SIM registration requires it"),
    _of_person("document_number", Category.IDENTIFICATION, "SIM registration requires it"),
    _of_person("since", Category.EVIDENCE, "when the person was registered"),
)
