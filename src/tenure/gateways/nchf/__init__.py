"""5G charging: Nchf_ConvergedCharging v3 (3GPP TS 32.291 Release 17) over HTTP/2 and HTTP/1.1.

Reading order: ``wire`` (JSON to message and back, the reference in a URL), ``translate`` (message
to Ask, Answer to message: tables), ``server`` (sockets, the instant, notifications).
"""
