"""The models of other tools, from their own packages (tests/formats/install)."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest
from cli.conftest import forking, hivemind, skilled, taught

# Tests run without the variables of this product: what is told through them is read before.
_UNPACKED = Path(os.environ.get("HIVEMIND_TEST_FORMATS", "/nowhere"))
_IN_CI = bool(os.environ.get("CI"))

__all__ = ["forking", "hivemind", "skilled", "taught"]


def foreign(package: str) -> Path:
    """The folder of an unpacked package."""
    folder = _UNPACKED / package
    if not folder.is_dir():
        reason = f"{package} is not there: tests/formats/install FOLDER, and HIVEMIND_TEST_FORMATS=FOLDER"
        if _IN_CI:
            pytest.fail(reason)
        pytest.skip(reason)
    return folder


@pytest.fixture
def harbor(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """harbor's models of a trajectory."""
    monkeypatch.syspath_prepend(str(foreign("harbor==0.25.0")))
    return importlib.import_module("harbor.models.trajectories")


@pytest.fixture
def cogx_models() -> ModuleType:
    """cognee's models of an archive."""
    path = foreign("cognee==1.6.5") / "cognee" / "modules" / "migration" / "cogx.py"
    spec = importlib.util.spec_from_file_location("cognee_cogx", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["cognee_cogx"] = module  # pydantic looks its annotations up there
    spec.loader.exec_module(module)
    return module


def bare_packages(root: Path, name: str) -> None:
    """Makes a package and those around it importable without running what they do when they are imported."""
    parts = name.split(".")
    for end in range(1, len(parts) + 1):
        package = ModuleType(".".join(parts[:end]))
        package.__path__ = [str(root.joinpath(*parts[:end]))]
        sys.modules[package.__name__] = package


@pytest.fixture
def cognee_source() -> Callable[[str], ModuleType]:
    """cognee's own readers of other tools' exports, by the tool's name."""
    bare_packages(foreign("cognee==1.6.5"), "cognee.modules.migration.sources")
    return lambda tool: importlib.import_module(f"cognee.modules.migration.sources.{tool}")


@pytest.fixture
def mem0_models() -> ModuleType:
    """mem0's own models."""
    bare_packages(foreign("mem0ai==2.2.1"), "mem0")
    return importlib.import_module("mem0.configs.base")
