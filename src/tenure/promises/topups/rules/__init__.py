"""The decisions of top-ups: read crediting (what money does to a purse), then vouchers (cards)."""
