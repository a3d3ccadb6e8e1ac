"""`python -m hivemind_git` is `git hivemind`."""

from hivemind_git.cli import main

main()
