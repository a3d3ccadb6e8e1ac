"""A repository with the whole loop behind it, and the program as people run it."""

from __future__ import annotations

from cli.conftest import forking, hivemind, skilled, taught

__all__ = ["forking", "hivemind", "skilled", "taught"]
