"""Gy and Ro: Diameter credit control (RFC 6733, RFC 8506, TS 32.299).

Read wire, session, translate, server.
"""
