"""Sockets, time and chance: sessions with message centres, and with content providers."""
