"""Reads the decision tables: text that a person in product or legal can read and extend."""

from pathlib import Path

FOLDER = Path(__file__).parent / "decisions"


class Case:
    """One line of a table, and where it stands."""

    def __init__(self, place: str, cells: dict[str, str]) -> None:
        self.place = place
        self.cells = cells

    def __getitem__(self, column: str) -> str:
        """The cell of a column."""
        return self.cells[column]


def cases(name: str) -> list[Case]:
    """The lines of a table.  The first line names the columns; # and blank lines are for people."""
    found: list[Case] = []
    header: list[str] = []
    text = (FOLDER / name).read_text(encoding="utf-8")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        cells = [cell.strip() for cell in line.split("|")]
        if not header:
            header = cells
            continue
        assert len(cells) == len(header), f"{name}:{number} has {len(cells)} cells"
        found.append(Case(f"{name}:{number}", dict(zip(header, cells, strict=True))))
    assert found, f"{name} has no cases"
    return found
