"""Sockets and the work as it comes.

Read register (one home location register), memory (what was proven), papers, gateway (the tasks),
reconciling (what differs, and what is done about it).
"""
