"""Sockets, TLS, limits, timers and the instant: all that acts in the Diameter gateway."""
