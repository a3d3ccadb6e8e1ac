"""The only door to git: objects through pygit2, the user's own git through GitPython."""
