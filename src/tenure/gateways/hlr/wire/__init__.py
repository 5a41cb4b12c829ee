"""Octets to messages and back: ipa (frames), control (the CTRL interface), terminal (the VTY)."""
