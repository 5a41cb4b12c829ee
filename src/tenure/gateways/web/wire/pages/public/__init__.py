"""The pages of the public website: read shapes, words, frame, then one file a page."""
