"""The keys, apart from the database: made at random, wrapped by epochs, destroyed for good.

Read ``words`` (what is kept and why not), ``keepers`` and ``hardware`` (who keeps the key of an
epoch), ``shelf`` (the keys themselves) and ``opening`` (a store in its folder).
"""
