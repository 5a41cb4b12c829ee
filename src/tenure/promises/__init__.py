"""What we promise: one folder for each promise; each knows only the promises below it."""
