"""The process in which atheris feeds one target: `python -m benchmarks.fuzz.process TARGET [OPTION OF LIBFUZZER]…`.

It ends with the process, so each target has its own. Our package is instrumented as it is loaded, which takes seconds;
all that is loaded, with libraries, takes a minute.
"""

from __future__ import annotations

import sys
import time

import atheris


def main() -> None:
    name, *rest = sys.argv[1:]
    # Assistants load their readers when they are asked, so what is loaded while it runs is instrumented too.
    with atheris.instrument_imports(include=["hivemind_git"]):
        from benchmarks.fuzz.running import SLOW_SECONDS, attempt  # noqa: PLC0415
        from benchmarks.fuzz.targets import targets  # noqa: PLC0415

        target = targets()[name]

        def feed(data: bytes) -> None:
            start = time.process_time()
            how = attempt(target, data)
            if how:
                raise RuntimeError(how)
            if (taken := time.process_time() - start) > SLOW_SECONDS:
                raise RuntimeError(f"took {taken:.1f} s")

        atheris.Setup([sys.argv[0], *rest], feed)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
