"""What tariffs hold of a person: nothing; they have no tables."""

HOLDINGS: tuple[object, ...] = ()
"""Numbers dialled are looked at to find a route, and neither kept nor shown."""
