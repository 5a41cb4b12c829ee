"""An import-linter contract: a promise is entered only by its doors."""

from collections.abc import Iterable
from typing import cast

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output


class DoorsContract(Contract):
    """From outside a room, only the modules named as doors may be imported.

    A door ``model`` is one of every room, ``tariffs.rules`` is one of that room alone.  What lies
    behind a door that is a folder (``rules/steps.py``) is not a door.
    """

    type_name = "doors"

    house = fields.StringField()
    doors = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:  # noqa: ARG002, FBT001 -- its signature
        """Find every import that goes past the doors."""
        house = str(self.house)
        doors = frozenset(map(str, cast("Iterable[object]", self.doors)))  # a set, once it is read
        forced = [
            (importer, imported)
            for imported in sorted(graph.modules)
            for room in graph.find_children(house)
            if imported.startswith(f"{room}.")
            and imported.removeprefix(f"{room}.") not in doors
            and imported.removeprefix(f"{house}.") not in doors
            for importer in sorted(graph.find_modules_that_directly_import(imported))
            if not importer.startswith(f"{room}.")
        ]
        return ContractCheck(kept=not forced, metadata={"forced": forced})

    def render_broken_contract(self, check: ContractCheck) -> None:
        """Say who went where."""
        for importer, imported in check.metadata["forced"]:
            output.print_error(f"{importer} goes past the doors, into {imported}")
