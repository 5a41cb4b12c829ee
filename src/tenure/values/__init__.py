"""The words everyone shares: pure, immutable, importing nothing of ours."""
