"""The connection to a register, and the dialogues that are open: no sockets, no promises."""
