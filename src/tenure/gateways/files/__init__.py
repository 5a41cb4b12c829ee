"""Offline usage files: records of use that already happened, each charged exactly once."""
