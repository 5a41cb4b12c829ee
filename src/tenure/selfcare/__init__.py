"""What a subscriber does for themselves from a phone, in words.

Read model (a text, a place, a screen, a dialogue), desk (a pack ready for it), walking (where an
input leads: pure), caller (who it is), deeds (what is done), operations (the doors: keyword, dial,
answer, called).
"""
