"""Lets atheris choose a target's inputs, by the branches that they reach. Linux only; atheris is installed by hand."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.fuzz.running import Met
from benchmarks.fuzz.targets import targets

_LONGEST_INPUT = 65_536
_HANGING_SECONDS = 60
"""For one input, by the clock on the wall: on a busy machine five seconds of the processor take long."""


def guided(name: str, seconds: int) -> Met:
    """Runs one target in a process of its own, because libFuzzer ends the process that it runs in.

    Raises:
        FileNotFoundError: atheris is not installed.
    """
    if importlib.util.find_spec("atheris") is None:
        raise FileNotFoundError("atheris is not installed: pip install atheris")
    with tempfile.TemporaryDirectory() as folder:
        corpus = Path(folder, "corpus")
        corpus.mkdir()
        for number, seed in enumerate(targets()[name].seeds):
            (corpus / str(number)).write_bytes(seed[:_LONGEST_INPUT])
        limits = [f"-max_total_time={seconds}", f"-timeout={_HANGING_SECONDS}", f"-max_len={_LONGEST_INPUT}"]
        command = [
            sys.executable,
            "-m",
            "benchmarks.fuzz.process",
            name,
            str(corpus),
            *limits,
            f"-artifact_prefix={folder}/",
        ]
        run = subprocess.run(command, check=False, capture_output=True, text=True, errors="replace")
    executed = re.findall(r"^#(\d+)\s", run.stderr, re.MULTILINE)
    inputs = max(map(int, executed), default=0)
    broke = () if run.returncode == 0 else (f"{name}, guided: {_last_words(run.stderr)}",)
    return Met(name, inputs, None, broke, None)


def _last_words(printed: str) -> str:
    """What was raised, else what libFuzzer says, and the input as it prints it."""
    lines = printed.splitlines()
    telling = [line for word in ("RuntimeError: ", " ERROR: ", "Base64: ") for line in lines if word in line]
    return " ".join(telling or lines[-1:])[:600]
