"""The connection to the server of mail, and the gateway that hands over what waits.

Read submission (one connection), gateway.
"""
