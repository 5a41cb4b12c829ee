"""Which allowances of bundles may be spent on which routes."""

from tenure.promises.tariffs.rules.book import Book
from tenure.terms.pricelist import ANY


def covers(book: Book, allowance: str, route_key: str) -> bool:
    """Whether an allowance may be spent on a route; False for one that the pack does not know.

    A pattern without @ is for home alone, and one with @ for roaming alone: ``data/-/*@*`` covers
    all data while roaming, and none at home.
    """
    known = book.coverage.get((allowance, route_key))
    if known is not None:
        return known
    for bundle in book.bundles.values():
        for each in bundle.allowances:
            if each.name == allowance:
                covered = any(_fits(pattern, route_key) for pattern in each.routes)
                book.coverage[allowance, route_key] = covered
                return covered
    return False


def _fits(pattern: str, key: str) -> bool:
    pattern_home, pattern_at, pattern_visited = pattern.partition("@")
    home, at, visited = key.partition("@")
    return pattern_at == at and _matches(pattern_home, home) and _matches(pattern_visited, visited)


def _matches(pattern: str, text: str) -> bool:
    if pattern.endswith(ANY):
        return text.startswith(pattern.removesuffix(ANY))
    return pattern == text
