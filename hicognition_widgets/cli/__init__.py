"""The command ``hicognition``: `main` and one module per group of commands."""

from hicognition_widgets.cli.main import main

__all__ = ["main"]
