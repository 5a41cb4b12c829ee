"""The demo population: invented subscribers, drawn from a seed, who use the network like people.

Read population (the lines), identities (who holds them), settling (how they come into the store),
habits (what they do), requests and client (how they reach the Diameter gateway), calling (the
program that does it), shopping (how they top up).
"""
