"""Noise of differential privacy by OpenDP, which is an extra: what it costs is what it computes."""

import math
from collections.abc import Sequence
from typing import Any, Final

from tenure.promises.privacy import model

MILLIONTHS: Final = 1_000_000
WIDER: Final = 1 + 1e-9
"""A scale grows by so much where rounding would cost a hair more than was asked for."""


class Laplace:
    """Discrete Laplace noise over all figures of an answer, drawn by the library's own chance."""

    def __init__(self, library: Any) -> None:
        self._dp = library

    def _mechanism(self, bound: int, epsilon_millionths: int) -> Any:
        dp = self._dp
        space = dp.vector_domain(dp.atom_domain(T=int)), dp.l1_distance(T=int)
        scale = bound * MILLIONTHS / epsilon_millionths
        while True:
            made = dp.m.make_laplace(*space, scale=scale)
            if _millionths(made.map(bound)) <= epsilon_millionths:
                return made
            scale *= WIDER

    def costs(self, bound: int, epsilon_millionths: int) -> int:
        """Epsilon in millionths, rounded up, as the library's own map has it."""
        return _millionths(self._mechanism(bound, epsilon_millionths).map(bound))

    def added(self, figures: Sequence[int], bound: int, epsilon_millionths: int) -> list[int]:
        """The figures with noise of exactly that cost."""
        drawn = self._mechanism(bound, epsilon_millionths)(list(figures))
        return [int(figure) for figure in drawn]


def _millionths(epsilon: float) -> int:
    return math.ceil(epsilon * MILLIONTHS)


def noise() -> model.releases.Noise | None:
    """The mechanism, or None where the extra ``analysis`` is not installed."""
    try:
        import opendp.prelude as library  # noqa: PLC0415 -- an extra, and slow to load
    except ImportError:
        return None
    library.enable_features("contrib")
    return Laplace(library)
