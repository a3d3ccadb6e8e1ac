"""What was forgotten is in no object after git's own collection, and in no file of ours."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from pipeline.claude_log import Log
from repos import Repo

from hivemind_git.errors import HivemindError
from hivemind_git.pipeline import deriving, forgetting, importing, listing, sealing, selecting
from hivemind_git.pipeline.forgetting import Report, Request
from hivemind_git.pipeline.workspace import Workspace, open_workspace
from hivemind_git.store.verify import verify

SECRET = 'tr0ub4dor"&3 of the vault'


def everything(repo: Repo) -> bytes:
    """All objects that are left after a collection."""
    repo.git("gc", "-q", "--prune=now")
    command = ["git", "-C", str(repo.path), "cat-file", "--batch-all-objects", "--batch"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def local(space: Workspace) -> list[str]:
    """Names and contents of all that is below `.git/hivemind`, images as they were."""
    state = space.repository.state_dir
    images = selecting.ImageStore(state / "images")
    pictures = [str(image) for folder in images.events() for image in images.load(folder).values()]
    files = [path for path in state.rglob("*") if path.is_file()]
    return [*pictures, *(f"{path} {path.read_bytes()!r}" for path in files)]


def store_holds(repo: Repo, text: str) -> bool:
    return text.encode() in everything(repo)


@pytest.fixture
def log(repo: Repo, hermetic: Path) -> Callable[..., Log]:
    """Makes transcripts of sessions in the repository."""

    def make(session: str, **how: object) -> Log:
        return Log(hermetic, repo.path, session, **how)  # type: ignore[arg-type]

    return make


def sealed(repo: Repo, *logs: Log) -> Workspace:
    """Seals the sessions at their ends."""
    space = open_workspace(repo.path)
    for one in logs:
        one.hook(space.repository.state_dir, "Stop")
    sealing.seal(space)
    return open_workspace(repo.path)


def test_a_session_goes_with_forks_sub_agents_corrections_images_and_journal(
    repo: Repo, log: Callable[..., Log]
) -> None:
    one, other = log("one-session"), log("other-session", minute=30)
    one.prompt("Please write the secret-plan.")
    one.writes("toolu_1", "plan.py", "plan = 'secret-plan'\n")
    side = log("one-session", agent="side", minute=1)
    side.runs("toolu_2", "cat plan.py", "secret-plan from the side")
    fork = one.fork("fork-session")
    fork.prompt("Go on with the secret-plan.")
    other.prompt("Something else.")
    other.writes("toolu_3", "b.py", "b = 1\n")
    repo.commit("Start")
    space = sealed(repo, one, other, fork)
    repo.commit("Accept", when=1_767_400_000, **{"plan.py": "plan = None\n"})
    assert [one.before for one in deriving.derive(space).corrections] == ["plan = 'secret-plan'\n"]
    state = space.repository.state_dir
    one.hook(state, "UserPromptSubmit", prompt="secret-plan, once more")
    (state / "log").write_text("seal: one-session: secret-plan\nseal: fine\n")
    assert store_holds(repo, "secret-plan")

    dry = forgetting.forget(space, Request(("one-",)), dry_run=True)
    assert (dry.sessions, dry.forks, dry.corrections, dry.journal, dry.log) == (
        ("one-session",),
        ("fork-session",),
        1,
        1,
        1,
    )
    assert store_holds(repo, "secret-plan")
    done = forgetting.forget(space, Request(("one-",)))
    assert (done.events, done.journal) == (dry.events, 1)
    assert set(done.transcripts) == {one.path, side.path, fork.path}
    assert not store_holds(repo, "secret-plan")
    assert [text for text in local(space) if "secret-plan" in text or "one-session" in text] == []
    assert (state / "log").read_text() == "seal: fine\n"
    space = open_workspace(repo.path)
    assert [one.session for one in listing.sessions(space)] == ["other-session"]
    assert verify(space.repository, space.ref) == []

    importing.import_transcripts(space, "claude-code", [one.path, side.path, fork.path])
    sealed(repo, one, fork)
    assert not store_holds(repo, "secret-plan")
    assert [text for text in local(space) if "secret-plan" in text] == []


def test_a_value_goes_wherever_it_stands(repo: Repo, log: Callable[..., Log]) -> None:
    repo.commit("Start")
    one, two = log("one-session"), log("two-session", minute=30)
    one.prompt("A harmless word.")
    one.prompt(f"The password is {SECRET}, as I said.")
    one.runs("toolu_1", "cat config.json", '{"password": "tr0ub4dor\\"&3 of the vault"}')
    two.writes("toolu_2", "config.py", f"word = '{SECRET}'\n")
    two.prompt("Another harmless word.")
    space = sealed(repo, one, two)
    state = space.repository.state_dir
    one.prompt(f"Not sealed yet: {SECRET}")
    one.hook(state, "UserPromptSubmit", prompt=f"Not sealed yet: {SECRET}")
    (state / "journal/broken").mkdir()
    (state / "journal/broken/claude-code.9.9").write_text('{"torn": "tr0ub4dor\\"&3 of the vault')
    assert store_holds(repo, "of the vault")

    done = forgetting.forget(space, Request(value=SECRET))
    assert (done.journal, set(done.transcripts), done.left) == (2, {one.path, two.path}, ())
    assert not store_holds(repo, "of the vault")
    assert [text for text in local(space) if "of the vault" in text] == []
    # What the assistants' own logs still hold comes back by no door.
    sealed(repo, one, two)
    importing.import_transcripts(open_workspace(repo.path), "claude-code", [one.path, two.path])
    assert not store_holds(repo, "of the vault")
    assert [text for text in local(space) if "of the vault" in text] == []
    prompts = [event.fields["text"] for event in space.store().events() if event.kind == "prompt"]
    assert prompts == ["A harmless word.", "Another harmless word."]


def test_an_event_goes_alone(repo: Repo, log: Callable[..., Log]) -> None:
    repo.commit("Start")
    one = log("one-session")
    one.prompt("First.")
    one.prompt("Second, by mistake.")
    space = sealed(repo, one)
    wrong = next(event.id for event in space.store().events() if event.fields.get("text") == "Second, by mistake.")
    assert forgetting.forget(space, Request(events=(wrong,))).events == 1
    assert not store_holds(repo, "by mistake")
    sealed(repo, one)
    assert not store_holds(repo, "by mistake")
    assert forgetting.forget(space, Request(events=(wrong,))).nothing


def test_forgetting_again_ends_what_a_kill_left(
    repo: Repo, log: Callable[..., Log], monkeypatch: pytest.MonkeyPatch
) -> None:
    repo.commit("Start")
    one = log("one-session")
    one.writes("toolu_1", "a.py", "secret-plan\n")
    space = sealed(repo, one)
    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "_erase", lambda *_: None)
        forgetting.forget(space, Request(("one-session",)))
    assert [text for text in local(space) if "secret-plan" in text] != []
    forgetting.forget(space, Request(("one-session",)))
    assert [text for text in local(space) if "secret-plan" in text or "one-session" in text] == []


@pytest.mark.parametrize("before", ["2026-02", "2026-01-20"])
def test_prune_takes_what_began_before(repo: Repo, log: Callable[..., Log], before: str) -> None:
    repo.commit("Start")
    old, new = (
        log("old-session", day="2026-01-19"),
        log("new-session", day="2026-02-02" if before == "2026-02" else "2026-01-20"),
    )
    old.writes("toolu_1", "a.py", "secret-plan\n")
    new.writes("toolu_2", "b.py", "kept\n")
    space = sealed(repo, old, new)
    dry = forgetting.prune(space, before, dry_run=True)
    assert (dry.sessions, dry.image_events, store_holds(repo, "secret-plan")) == (("old-session",), 1, True)
    done = forgetting.prune(space, before)
    assert (done.sessions, done.events) == (dry.sessions, dry.events)
    assert not store_holds(repo, "secret-plan")
    assert [text for text in local(space) if "secret-plan" in text] == []
    assert [one.session for one in listing.sessions(open_workspace(repo.path))] == ["new-session"]
    importing.import_transcripts(open_workspace(repo.path), "claude-code", [old.path])
    assert not store_holds(repo, "secret-plan")
    assert [text for text in local(space) if "secret-plan" in text] == []


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request(), "nothing to forget was named"),
        (Request(("nobody",)), "no session starts with nobody"),
        (Request(("",)), "no session starts with "),
        (Request(events=("x",)), "is not an event's id"),
        (Request(value="short"), "a value of 5 characters"),
    ],
)
def test_what_means_nothing_is_refused(repo: Repo, request_: Request, why: str) -> None:
    with pytest.raises(HivemindError, match=why):
        forgetting.forget(open_workspace(repo.path), request_)
    assert repo.git("for-each-ref") == ""


def test_a_value_that_stands_nowhere_changes_nothing(repo: Repo, log: Callable[..., Log]) -> None:
    repo.commit("Start")
    one = log("one-session")
    one.prompt("First.")
    space = sealed(repo, one)
    tip = repo.git("rev-parse", space.ref)
    assert forgetting.forget(space, Request(value="stands nowhere")) == Report()
    assert repo.git("rev-parse", space.ref) == tip
