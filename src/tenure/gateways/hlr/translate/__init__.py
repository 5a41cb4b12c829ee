"""What the network is to believe, and why it may.

Read subscriber (what it believes now), steps (how it is changed, in the one order that works),
then the gate: trust (whom we believe), dossier (what is laid before us, and why we would not act),
judging (whether it is proven).
"""
