"""Writes packages of what is held about somebody, goes on after a kill, and destroys them."""
