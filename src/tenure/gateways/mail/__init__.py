"""E-mail, submitted to a mail server of ours or of a provider (RFC 6409), never without TLS.

Read wire (a letter as octets, and what a server's answers mean), translate, server.
"""
