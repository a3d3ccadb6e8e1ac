"""What `git hivemind doctor` finds, and what it says mends it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from repos import Repo

from hivemind_git.git.trees import FILE
from hivemind_git.model import Json
from hivemind_git.pipeline import sealing, workspace
from hivemind_git.store import layout

if TYPE_CHECKING:
    from cli.conftest import Hivemind

NAMES = ("claude-code", "codex", "cursor", "hermes", "openclaw", "pi")


@pytest.fixture
def wired(hivemind: Hivemind, repo: Repo) -> Repo:
    repo.commit("base", **{"a.txt": "a\n"})
    assert hivemind(repo.path, "install", *NAMES).code == 0
    return repo


def checks(hivemind: Hivemind, repo: Repo) -> tuple[int, dict[str, list[tuple[str, str, str]]]]:
    said = hivemind(repo.path, "doctor", "--json")
    told = json.loads(said.out)
    assert (said.err, told["version"]) == ("", 1)
    found: dict[str, list[tuple[str, str, str]]] = {}
    for one in told["checks"]:
        found.setdefault(one["name"], []).append((one["state"], one["text"], one["mend"]))
    return said.code, found


def test_a_live_event_goes_through_each_hook_and_no_session_holds_it(hivemind: Hivemind, wired: Repo) -> None:
    code, found = checks(hivemind, wired)
    assert code == 1
    assert [text for _, text, _ in found["codex"] if "live event" not in text] == [
        "Codex does not trust our hooks, so it runs none of them"
    ]
    for name in NAMES:
        assert [state for state, text, _ in found[name] if text.startswith("wired; a live event arrived in ")] == ["ok"]
    assert found["git-hooks"] == [("ok", "wired: post-commit, post-rewrite, pre-push", "")]
    assert found["journal"] == [("ok", "0 events wait for the next seal", "")]
    assert list((wired.path / ".git/hivemind/journal").iterdir()) == []
    space = workspace.open_workspace(wired.path)
    sealing.seal(space)
    assert space.store().sessions() == []


def test_an_event_that_a_seal_took_first_tells_nothing(hivemind: Hivemind, wired: Repo) -> None:
    """The probe waits for the lock; whatever gets past it is nobody's event."""
    for name in NAMES:
        entry = wired.path / f".git/hivemind/journal/{name}.7.0"
        entry.parent.mkdir(exist_ok=True)
        entry.write_text(json.dumps({"hook_event_name": "HivemindProbe", "session_id": "probe-1", "cwd": "/"}))
    space = workspace.open_workspace(wired.path)
    assert (sealing.seal(space).events, space.store().sessions()) == (0, [])
    assert not (wired.path / ".git/hivemind/lost").read_text()


def test_all_is_well_in_lines_of_text(hivemind: Hivemind, wired: Repo) -> None:
    for name in ("codex", "hermes"):  # which nobody trusts here
        hivemind(wired.path, name, "uninstall")
    said = hivemind(wired.path, "doctor")
    assert (said.code, said.err) == (0, "")
    assert [line.split(None, 1)[0] for line in said.out.splitlines()] == ["ok"] * 7
    assert "Claude Code" in said.out


def test_nothing_is_installed(hivemind: Hivemind, repo: Repo) -> None:
    said = hivemind(repo.path, "doctor")
    assert (said.code, said.out) == (
        1,
        "broken  scripts  nothing is installed in this repository: `git hivemind install`\n",
    )


def state(repo: Repo) -> Path:
    return repo.path / ".git" / "hivemind"


def drop_hook(repo: Repo) -> None:
    path = repo.path / ".claude" / "settings.local.json"
    told = json.loads(path.read_text())
    del told["hooks"]["Stop"]
    path.write_text(json.dumps(told))


def switch_off(repo: Repo) -> None:
    path = repo.path / ".claude" / "settings.local.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "disableAllHooks": True}))


def strange_event(repo: Repo) -> None:
    path = repo.path / ".cursor" / "hooks.json"
    told = json.loads(path.read_text())
    told["hooks"]["onSave"] = [{"command": "true"}]
    path.write_text(json.dumps(told))


def talk(repo: Repo) -> None:
    hook = state(repo) / "hook"
    hook.write_text("echo oops; " + hook.read_text())


def extension() -> Path:
    return Path.home() / ".pi/agent/extensions/hivemind-git/index.js"


def untrusted_skill(repo: Repo) -> None:
    skill = repo.path / ".agents/skills/logging/SKILL.md"
    skill.parent.mkdir(parents=True)
    skill.write_text("---\nname: logging\ndescription: x\n---\n")


BROKEN = {
    "an old script": (
        lambda repo: (state(repo) / "window").write_text("# old\n"),
        "scripts",
        "not those of this version: {state}/window",
        "git hivemind install",
    ),
    "no program": (
        lambda repo: (state(repo) / "sealer").write_text("/gone/git-hivemind\n"),
        "scripts",
        "nothing can be sealed: /gone/git-hivemind: No such file or directory",
        "git hivemind install",
    ),
    "a hook that is gone": (
        drop_hook,
        "claude-code",
        "was wired in {top}/.claude/settings.local.json and is no more",
        "git hivemind install claude-code",
    ),
    "hooks switched off": (
        switch_off,
        "claude-code",
        "{top}/.claude/settings.local.json switches all hooks off",
        'take "disableAllHooks" out of {top}/.claude/settings.local.json',
    ),
    "an event that Cursor does not know": (
        strange_event,
        "cursor",
        "{top}/.cursor/hooks.json names onSave, for which the command line drops the whole file",
        "take onSave out of {top}/.cursor/hooks.json",
    ),
    "a journal that cannot be written": (
        lambda repo: ((state(repo) / "journal").rmdir(), (state(repo) / "journal").write_text("")),
        "journal",
        "{state}/journal cannot be read: Not a directory",
        "mv {state}/journal {state}/journal.old",
    ),
    "a hook that keeps nothing": (
        lambda repo: (state(repo) / "hook").write_text("cat >/dev/null\n"),
        "cursor",
        "a live event did not arrive: is {top}/.git yours, and can /bin/sh read it?",
        "git hivemind install cursor",
    ),
    "a hook that talks": (
        talk,
        "cursor",
        "a live event arrived, but it prints 'oops'",
        "git hivemind install cursor",
    ),
    "an extension of an older version": (
        lambda repo: extension().write_text("// hivemind-git: begin\n// hivemind-git: end\n"),
        "pi",
        "not of this version: {home}/.pi/agent/extensions/hivemind-git/index.js",
        "git hivemind install pi",
    ),
    "a project that pi does not trust": (
        untrusted_skill,
        "pi",
        "pi does not trust this project, so it passes over the skills in .agents/skills",
        "start `pi` here and trust the project, or give it `--approve`",
    ),
    "a full journal": (
        lambda repo: (state(repo) / "full").touch(),
        "journal",
        "not sealed for 14 days, so nothing more is kept",
        "git hivemind seal",
    ),
}


@pytest.mark.parametrize("case", BROKEN.values(), ids=BROKEN)
def test_what_is_broken_comes_with_what_mends_it(hivemind: Hivemind, wired: Repo, case) -> None:
    breaks, name, text, mend = case
    (state(wired) / "journal").mkdir(exist_ok=True)
    breaks(wired)
    named = {"top": wired.path, "state": state(wired), "home": Path.home()}
    code, found = checks(hivemind, wired)
    assert code == 1
    assert ("broken", text.format(**named), mend.format(**named)) in found[name]


def test_losses_and_a_capture_that_is_off_are_noted(hivemind: Hivemind, wired: Repo) -> None:
    (state(wired) / "lost").write_text("codex write\ncursor open\ncodex write\n")
    wired.git("config", "hivemind.capture", "false")
    for name in ("codex", "hermes"):
        hivemind(wired.path, name, "uninstall")
    code, found = checks(hivemind, wired)
    assert code == 0
    assert found["capture"] == [
        ("note", "hivemind.capture is false, so nothing is recorded", "git config hivemind.capture true")
    ]
    lost = state(wired) / "lost"
    assert found["journal"][1] == (
        "note",
        "lost since install: codex write 2, cursor open 1",
        f"rm {lost}",
    )
    assert found["cursor"] == [("ok", f"wired in {wired.path}/.cursor/hooks.json", "")]


def test_what_is_lost_is_where_it_is_said_to_be(hivemind: Hivemind, wired: Repo) -> None:
    for number in (1, 2):
        entry = state(wired) / f"journal/codex.7.{number}"
        entry.parent.mkdir(exist_ok=True)
        entry.write_text("no payload")
        os.utime(entry, (1, 1))
    assert hivemind(wired.path, "seal").code == 0
    told = hivemind(wired.path, "status").out.splitlines()
    assert [line for line in told if line.startswith("journal")] == [
        "journal      0 events pending, 2 lost: `git hivemind doctor`"
    ]
    log, broken = state(wired) / "log", state(wired) / "journal/broken"
    _, found = checks(hivemind, wired)
    assert found["journal"][1] == (
        "note",
        f"lost since install: codex broken 2; see {log} and {broken}",
        f"rm {state(wired) / 'lost'}",
    )
    assert sorted(path.name for path in broken.iterdir()) == ["codex.7.1", "codex.7.2"]
    assert [line.split(" ", 1)[1] for line in log.read_text().splitlines() if line] == [
        f"journal: codex.7.{number} could not be read or understood: it is in journal/broken" for number in (1, 2)
    ]


def an_edit(**fields: Json) -> dict[str, Json]:
    """An edit of `a.txt` as a hook would have told it, with these fields."""
    event: dict[str, Json] = {"v": 1, "t": "2026-01-02T03:04:05.678Z", "session": "s1", "kind": "edit"}
    told: dict[str, Json] = {"agent": "codex", "source": "hook", "seq": 0, "path": "a.txt", "op": "modify"}
    return event | told | fields


def a_hunk(before: int, after: int) -> dict[str, Json]:
    """One changed line."""
    return {"hunks": [{"before": "a\n", "after": "b\n", "before_start": before, "after_start": after}]}


NONSENSE = (
    b"no JSON",
    {"path": "../../etc/passwd"},
    {"kind": "unheard-of"},
    a_hunk(99999, 0),
    b"[]",
)


def plant(repo: Repo, *told: bytes | dict[str, Json], session: str = "s1") -> str:
    """Puts a segment into the store that no command of ours would write; returns its path."""
    space = workspace.open_workspace(repo.path)
    lines = [
        json.dumps(an_edit(session=session, id=f"{number:032x}") | one).encode() if isinstance(one, dict) else one
        for number, one in enumerate(told)
    ]
    data = b"\n".join([*lines, b""])
    path = layout.Segment(layout.Area.SESSIONS, "2026-01", session, layout.segment_name(data)).path
    git = space.repository
    tip = git.ref(space.ref)
    tree = git.write_tree(tip, {layout.FORMAT_PATH: (layout.FORMAT, FILE), path: (data, FILE)})
    parent = ["-p", tip] if tip else []
    repo.git("update-ref", space.ref, repo.git("commit-tree", "-m", "Plant", *parent, tree))
    return path


def test_what_makes_no_sense_in_the_store_is_named(hivemind: Hivemind, repo: Repo) -> None:
    repo.commit("base", **{"a.txt": "a\n"})
    path = plant(repo, {}, *NONSENSE)
    said = hivemind(repo.path, "sessions")
    assert (said.code, len(said.out.splitlines()), said.err) == (
        0,
        1,
        "Some of the store makes no sense and was passed over: `git hivemind doctor`\n",
    )
    assert hivemind(repo.path, "doctor") == (
        1,
        "broken  scripts  nothing is installed in this repository: `git hivemind install`\n"
        f"broken  store    hivemind/sessions:{path} line 2 is out of form: it is not JSON (and 2 more)\n"
        f"broken  store    hivemind/sessions:{path} line 3 is an edit that cannot be: its path leads out of the "
        "repository (and 1 more)\n",
        "",
    )


SAID = "Some of the store makes no sense and was passed over: `git hivemind doctor`\n"


@pytest.mark.parametrize("nonsense", [b"no JSON", a_hunk(99999, 0)], ids=["out of form", "impossible"])
def test_each_command_that_passed_it_over_says_so_each_time(
    hivemind: Hivemind, taught: Repo, nonsense: bytes | dict[str, Json]
) -> None:
    def told() -> dict[str, str]:
        return {each: hivemind(taught.path, *each.split()).err for each in commands}

    reading = ["mine", "codify", "effect", "sessions", "report --output -", "export atif --output out"]
    deriving = ["corrections", "corrections --json", "corrections --rejected"]
    commands = [*reading, *deriving]
    assert {each: SAID in err for each, err in told().items()} == dict.fromkeys(commands, False)
    folder = json.loads(hivemind(taught.path, "sessions", "--json").out)["sessions"][0]["session"]
    held = taught.git("rev-parse", "hivemind/sessions")
    plant(taught, nonsense, session="elsewhere")  # no command but those that read all sessions comes upon it
    assert {each: SAID in err for each, err in told().items()} == {each: each in reading for each in commands}
    taught.git("update-ref", "refs/heads/hivemind/sessions", held)
    plant(taught, nonsense, session=folder)
    assert {each: SAID in err for each, err in told().items()} == dict.fromkeys(commands, True)


def test_damaged_file_images_are_told_by_doctor_and_beside_what_is_derived(hivemind: Hivemind, taught: Repo) -> None:
    listed = hivemind(taught.path, "corrections").out
    objects = list((state(taught) / "images/objects").glob("??/*"))
    for path in objects:
        path.write_bytes(b"zdamaged")
    taught.commit("more", **{"notes.txt": "notes\n"})

    beside = "Some file images are damaged, and edits were passed over: `git hivemind doctor`\n"
    assert hivemind(taught.path, "corrections") == (0, listed, beside)
    assert hivemind(taught.path, "doctor").out.splitlines()[-1] == (
        f"broken  images   {len(objects)} of them gone or damaged: "
        "what was derived of them stays, and nothing more comes of them"
    )


def test_an_edit_far_beyond_what_its_file_ever_was_is_named(hivemind: Hivemind, repo: Repo) -> None:
    repo.commit("base", **{"a.txt": "a\n" * 30, "b.txt": "b\n" * 900})
    repo.commit("cut", **{"b.txt": "b\n"})

    def told(*edits: dict[str, Json]) -> list[str]:
        path = plant(repo, *edits)
        said = hivemind(repo.path, "doctor").out.splitlines()[1:]
        repo.git("update-ref", "-d", "refs/heads/hivemind/sessions")
        return [line.replace(path, "SEGMENT") for line in said]

    far = "is an edit that cannot be: it begins at line 100000, and no version of a.txt known is a tenth as long"
    good = ["ok      store    every line of it makes sense"]
    assert told({}, a_hunk(20, 20), a_hunk(99999, 99999)) == [
        f"broken  store    hivemind/sessions:SEGMENT line 3 {far}"
    ]
    # A file may have grown and shrunk between two commits, be in none yet, or have been longer once.
    assert told(a_hunk(200, 200)) == good
    assert told({"path": "new.txt"} | a_hunk(99999, 99999)) == good
    assert told({"path": "b.txt"} | a_hunk(5000, 5000)) == good
    grown = {"hunks": [{"before": "", "after": "x\n" * 9999, "before_start": 0, "after_start": 0}]}
    assert told(grown, a_hunk(50000, 50000)) == good


def test_a_store_that_holds_is_said_to(hivemind: Hivemind, taught: Repo) -> None:
    assert hivemind(taught.path, "doctor") == (
        1,
        "broken  scripts  nothing is installed in this repository: `git hivemind install`\n"
        "ok      store    every line of it makes sense\n",
        "",
    )
