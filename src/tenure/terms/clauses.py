"""The register of clauses that the figures of a pack refer to."""

import tomllib
from functools import cache
from importlib.resources import files


@cache
def register() -> dict[str, str]:
    """Every clause id and what it promises, in our words."""
    text = files("tenure.terms").joinpath("clauses.toml").read_text(encoding="utf-8")
    return {clause: str(promise) for clause, promise in tomllib.loads(text).items()}
