"""Sockets and the work as it comes: register (one home location register), gateway (the tasks)."""
