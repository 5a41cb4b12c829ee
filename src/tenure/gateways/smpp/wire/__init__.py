"""The octets of SMPP 3.4: PDUs, optional parameters, alphabets, parts and receipts."""
