"""Bytes to Diameter messages and back, without input or output."""
