"""What a person types: one file for each family of commands.

Each file has ``app = typer.Typer(...)``.  A family with several commands (``vouchers issue``)
registers several; a file with one command (``tenure rate``) registers one and gets no sub-command.
``tenure.main`` mounts them by the table COMMANDS and imports only the file that was asked for, so
imports that are slow belong inside the functions or behind them, never in ``tenure.main``.

A command ends with exit code 0 when it did what was asked, 1 when it was refused or failed (in
words on stderr: cause and remedy, no traceback), 2 when it was asked wrongly.  Its docstring is its
help and ends with an example.
"""
