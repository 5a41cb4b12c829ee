"""Time: what instant it is, and the effects that only time causes.

Read wire (how a clock is asked for in words), server.
"""
