"""A repository with the whole loop behind it, and the program as people run it."""

from __future__ import annotations

from cli.conftest import hivemind, skilled, taught

__all__ = ["hivemind", "skilled", "taught"]
