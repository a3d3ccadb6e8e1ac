"""An agent, a person and git in one repository, and what is derived of it: for files that are moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from repos import Repo

from hivemind_git.corrections.attribution import attribute
from hivemind_git.corrections.creations import settled
from hivemind_git.corrections.derive import derive
from hivemind_git.corrections.evidence import Edit, Evidence, Item, Session, Sight
from hivemind_git.corrections.new_files import NewFiles
from hivemind_git.git.diff import diff_lines
from hivemind_git.git.objects import Repository
from hivemind_git.pipeline import commits

START = 1_767_225_600
HOUR = 3600


def text(name: str, lines: int = 8) -> str:
    """A file of which no line stands in a file of another name."""
    return "".join(f"{name}_{number} = compute_{name}({number})\n" for number in range(lines))


ONE = text("one")
BETTER = ONE.replace("one_3 = compute_one(3)", "one_3 = measured(3)")
CHANGED = ("replaced", "one_3 = compute_one(3)\n", "one_3 = measured(3)\n")


@dataclass
class Play:
    """A repository with one commit in it; each step takes a minute."""

    repo: Repo
    now: int = START
    items: list[Item] = field(default_factory=list)

    def git(self, *arguments: str, top: Path | None = None, stdin: str | None = None) -> str:
        self.now += 60
        date = f"{self.now} +0000"
        env = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        return Repo(top or self.repo.path).git(*arguments, stdin=stdin, env=env)

    def commit(self, *arguments: str, top: Path | None = None) -> str:
        self.git("add", "-A", top=top)
        self.git("commit", "-qm", "change", *arguments, top=top)
        return self.git("rev-parse", "HEAD", top=top)

    def write(self, path: str, content: str, top: Path | None = None) -> None:
        """An agent writes a file."""
        self.now += 60
        target = (top or self.repo.path) / path
        before = target.read_bytes() if target.exists() else None
        Repo(top or self.repo.path).write(path, content)
        edit = Edit(event=f"e{len(self.items)}", t=self.now + 0.5, tool_use=f"u{len(self.items)}",
                    worktree=top.name if top else "main", path=path, before=before, after=content.encode())  # fmt: skip
        self.items.append(edit)

    def see(self, path: str) -> None:
        """An agent reads a file."""
        self.now += 60
        content = (self.repo.path / path).read_bytes()
        self.items.append(
            Sight(event=f"e{len(self.items)}", t=self.now + 0.5, worktree="main", path=path, content=content)
        )

    def move(self, old: str, new: str, content: str | None = None, top: Path | None = None) -> None:
        """A person moves a file, and saves another content there."""
        there = top or self.repo.path
        (there / new).parent.mkdir(parents=True, exist_ok=True)
        (there / old).rename(there / new)
        if content is not None:
            Repo(there).write(new, content)

    def evidence(self) -> Evidence:
        read = (Session(id="s1", agent="an-agent", model=None, items=tuple(self.items)),)
        repository = Repository.containing(self.repo.path)
        paths = {item.path for item in self.items if isinstance(item, Edit)}
        made = commits.makings(repository)
        starts = commits.tips(repository, "hivemind/sessions")
        found = commits.records(repository, starts, paths, START, made=made, new=NewFiles(read))
        return settled(Evidence(sessions=read, commits=tuple(found), logs=commits.logs(repository)))

    def corrections(self) -> list[tuple[str, str, str]]:
        found = derive(self.evidence(), diff_lines).corrections
        return [(str(one.kind), one.before, one.after) for one in found]

    def moves(self) -> dict[str, str]:
        """Path of each moved file → the name under which the agent had made it."""
        files = (file for commit in self.evidence().commits for file in commit.files)
        return {file.path: file.previous_path for file in files if file.renamed and file.before is None}

    def writers(self, path: str, content: str) -> str:
        """The first letter of who wrote each line; empty where nothing is known of the image."""
        origins = attribute(self.evidence(), diff_lines).of(path, content.encode())
        return "".join(str(one.writer)[0] for one in origins or ())
