"""Which programs read, write, format, lint and test: tables of names. Reading of arguments is in `programs`."""

from __future__ import annotations

import re
from enum import Enum, auto


class Kind(Enum):
    """What a program is to the files of a worktree. `OTHER` may write anything."""

    READER = auto()
    WRITER = auto()
    GIT = auto()
    FORMATTER = auto()
    LINTER = auto()
    TEST = auto()
    OTHER = auto()


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


READERS = _names(
    """
    ls cat head tail grep egrep fgrep rg ag wc pwd echo printf stat file which type whereis du df ps pgrep cmp diff
    uniq cut tr column nl paste join comm fold rev tac jq yq tree date uname whoami hostname id test [ [[ true false
    : sleep basename dirname realpath readlink md5 md5sum sha1sum sha256sum shasum cksum xxd od hexdump strings less
    more man seq nproc printenv env export set unset alias local declare readonly return exit exec wait jobs kill cd
    pushd popd read shift trap ulimit umask lsof uptime free top groups tput clear history mkdir rmdir chmod chown
    ping dig nslookup bat eza fd tokei cloc uuidgen break continue flake8 pylint mypy pyright pytype shellcheck
    py_compile compileall json.tool hadolint yamllint staticcheck semgrep vulture bandit ) ]]
    """
)
QUIET = _names("cd echo printf export set unset : true mkdir local declare alias sleep pwd date touch shift")
FORMATTERS = _names(
    """
    isort yapf autopep8 rustfmt dprint stylua ktfmt ktlint swiftformat swift-format google-java-format scalafmt
    ormolu fourmolu stylish-haskell nixfmt alejandra taplo djlint perltidy cljfmt zprint elm-format gersemi
    cmake-format docformatter csharpier pre-commit lint-staged treefmt topiary
    """
)
LINTERS = _names(
    """
    standardrb phpcbf php-cs-fixer tslint standard xo rome swiftlint detekt credo markdownlint pyupgrade autoflake
    refurb ast-grep sqlfluff ansible-lint
    """
)
TESTERS = _names(
    """
    pytest py.test unittest tox nox jest vitest mocha ava jasmine karma cypress playwright rspec minitest phpunit
    pest ctest bats gotestsum nosetests behave cucumber
    """
)
ACTIONS: dict[str, dict[str, Kind]] = {
    "go": {
        "test": Kind.TEST,
        "fmt": Kind.FORMATTER,
        "vet": Kind.READER,
        "build": Kind.READER,
        "version": Kind.READER,
        "list": Kind.READER,
    },
    "cargo": {
        "build": Kind.READER,
        "check": Kind.READER,
        "test": Kind.TEST,
        "nextest": Kind.TEST,
        "fmt": Kind.FORMATTER,
        "clippy": Kind.LINTER,
        "fix": Kind.LINTER,
    },
    "deno": {"test": Kind.TEST, "fmt": Kind.FORMATTER, "lint": Kind.LINTER},
    "mix": {"test": Kind.TEST, "format": Kind.FORMATTER, "credo": Kind.LINTER},
    "dotnet": {"test": Kind.TEST, "format": Kind.FORMATTER},
    "swift": {"test": Kind.TEST, "format": Kind.FORMATTER},
    "zig": {"test": Kind.TEST, "fmt": Kind.FORMATTER},
    "dart": {"test": Kind.TEST, "format": Kind.FORMATTER, "fix": Kind.LINTER},
    "flutter": {"test": Kind.TEST, "format": Kind.FORMATTER, "analyze": Kind.READER},
    "terraform": {"fmt": Kind.FORMATTER, "plan": Kind.READER, "validate": Kind.READER},
    "gradle": {"test": Kind.TEST, "check": Kind.TEST},
    "gradlew": {"test": Kind.TEST, "check": Kind.TEST},
    "mvn": {"test": Kind.TEST, "verify": Kind.TEST},
}
RUNNERS = _names("npm yarn pnpm bun make just task mise rake invoke poe hatch pdm composer lerna nx turbo")
RUN_WORDS = _names("run run-script exec r")
SCRIPTS: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile(r"(?:^|[:_-])(?:fmt|format|prettier)(?:$|[:_-])"), Kind.FORMATTER),
    (re.compile(r"lint|(?:^|[:_-])fix(?:$|[:_-])"), Kind.LINTER),
    (re.compile(r"(?:^|[:_-])(?:tests?|spec|e2e|check)(?:$|[:_-])"), Kind.TEST),
)
"""What the name of a project's own script says, in this order."""
MENDS: dict[str, tuple[Kind, frozenset[str]]] = {
    "gofmt": (Kind.FORMATTER, _names("-w")),
    "gofumpt": (Kind.FORMATTER, _names("-w")),
    "goimports": (Kind.FORMATTER, _names("-w")),
    "prettier": (Kind.FORMATTER, _names("-w --write")),
    "shfmt": (Kind.FORMATTER, _names("-w")),
    "clang-format": (Kind.FORMATTER, _names("-i")),
    "buf": (Kind.FORMATTER, _names("-w")),
    "eslint": (Kind.LINTER, _names("--fix")),
    "oxlint": (Kind.LINTER, _names("--fix")),
    "stylelint": (Kind.LINTER, _names("--fix")),
    "golangci-lint": (Kind.LINTER, _names("--fix fmt")),
    "biome": (Kind.LINTER, _names("--write --apply --fix --unsafe")),
    "rubocop": (Kind.LINTER, _names("-a -A --autocorrect --auto-correct --autocorrect-all")),
}
"""Programs that change files only with one of these words."""
WRAPPERS = _names(
    """
    sudo time nice nohup command builtin exec env timeout gtimeout stdbuf npx bunx pnpx uvx xvfb-run caffeinate doas
    setsid ionice rtk
    """
)
WRAPPED = {"uv": "run", "poetry": "run", "pipenv": "run", "rye": "run", "bundle": "exec", "conda": "run"}
WITH_VALUE = _names("-n -u -g -k -s -p --package --python --with")
GIT_READS = _names(
    """
    status log diff show blame annotate ls-files ls-tree ls-remote rev-parse rev-list cat-file describe shortlog
    grep reflog for-each-ref name-rev merge-base count-objects fsck var version help check-ignore check-attr
    diff-tree diff-index diff-files cherry show-ref show-branch whatchanged remote config fetch push tag branch add
    notes interpret-trailers hash-object update-ref write-tree verify-commit symbolic-ref
    """
)
"""Git's commands that leave the files of the worktree alone."""
GIT_WITH_VALUE = _names("-C -c --git-dir --work-tree --namespace --exec-path --config-env")
