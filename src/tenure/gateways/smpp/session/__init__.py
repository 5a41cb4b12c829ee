"""One SMPP session, from either side: who may say what, and when; no sockets."""
