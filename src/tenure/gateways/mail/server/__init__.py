"""The connection to the server of mail, and what hands over to it.

Read submission (one connection), gateway (notices), letters (answers to forms).
"""
