from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import pytest

from hivemind_git import settings
from hivemind_git.errors import HivemindError
from hivemind_git.settings import ConfigValue, Settings, load

LOCAL = ("local", "/r/.git/config")
GLOBAL = ("global", "/home/.gitconfig")


@dataclass
class Given:
    """A repository of nothing but settings."""

    workdir: Path | None
    configuration: tuple[ConfigValue, ...] = ()


@pytest.fixture
def given(tmp_path: Path) -> Given:
    return Given(tmp_path)


def toml(given: Given, text: str | bytes) -> None:
    assert given.workdir is not None
    (given.workdir / ".hivemind.toml").write_bytes(text if isinstance(text, bytes) else text.encode())


def config(given: Given, key: str, value: str, where: tuple[str, str] = LOCAL) -> None:
    given.configuration = (*given.configuration, ConfigValue(key, value, *where))


def test_nothing_set_gives_the_defaults(given: Given) -> None:
    assert load(given) == Settings()
    assert load(Given(None)) == Settings()


def test_every_key_can_be_set_in_git_config(given: Given) -> None:
    for key, value in {
        "store": "team/sessions",
        "trunk": "develop",
        "capture": "no",
        "captureignore": "a/**",
        "checkignore": "b/**",
        "mindecisions": "5",
        "minsessions": "4",
        "guardratio": "0.5",
        "imagesdays": "0",
        "imagesbytes": "512m",
        "skillsdir": ".skills/",
        "agentslink": "off",
        "draft": "Anthropic",
        "draftmodel": "m",
        "drafttokens": "50k",
        "draftdollars": "$0.25",
        "workspace": "w",
        "skillifyevery": "0",
        "sync": "yes",
        "remote": "private",
    }.items():
        config(given, f"hivemind.{key}", value)
    config(given, "core.bare", "false")
    config(given, "hivemind.remote.origin", "somebody else's subsection")
    assert load(given) == Settings(
        store="team/sessions",
        trunk="develop",
        capture=False,
        capture_ignore=("a/**",),
        check_ignore=("b/**",),
        min_decisions=5,
        min_sessions=4,
        guard_ratio=0.5,
        images_days=0,
        images_bytes=512 << 20,
        skills_dir=".skills",
        agents_link=False,
        draft="anthropic",
        draft_model="m",
        draft_tokens=50 << 10,
        draft_dollars=0.25,
        workspace="w",
        skillify_every=0,
        sync=True,
        remote="private",
    )


def test_the_nearer_wins_and_lists_add_up(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    toml(
        given,
        "min_decisions = 4\nmin_sessions = 4\nguard_ratio = 1\nskillify_every = 7\n"
        'capture_ignore = ["t"]\n[check]\nignore = "c"\n',
    )
    config(given, "hivemind.minsessions", "5", GLOBAL)
    config(given, "hivemind.guardratio", "0.1", GLOBAL)
    config(given, "hivemind.captureignore", "g", GLOBAL)
    config(given, "hivemind.guardratio", "0.3")
    config(given, "hivemind.captureignore", "l")
    config(given, "hivemind.skillifyevery", "8")
    monkeypatch.setenv("HIVEMIND_SKILLIFY_EVERY_N_TURNS", "9")
    monkeypatch.setenv("HIVEMIND_WORKSPACE_ID", "team")
    assert load(given) == Settings(
        min_decisions=4,
        min_sessions=5,
        guard_ratio=0.3,
        skillify_every=9,
        capture_ignore=("t", "g", "l"),
        check_ignore=("c",),
        workspace="team",
    )


def test_a_cloned_repository_cannot_make_things_less_private(given: Given) -> None:
    toml(
        given,
        'capture = true\nsync = true\nremote = "https://evil"\ndraft = "anthropic"\ndraft_model = "dear"\n'
        "draft_tokens = 9000000\ndraft_dollars = 99\n"
        "images_days = 900\nimages_bytes = 9999999999\n",
    )
    place = f"{given.workdir}/.hivemind.toml"
    assert load(given) == Settings(
        warnings=tuple(
            f"{place}: {name} is ignored, only `git config hivemind.{key}` can say so"
            for name, key in (
                ("capture", "capture"),
                ("sync", "sync"),
                ("remote", "remote"),
                ("draft", "draft"),
                ("draft_model", "draftModel"),
                ("draft_tokens", "draftTokens"),
                ("draft_dollars", "draftDollars"),
                ("images_days", "imagesDays"),
                ("images_bytes", "imagesBytes"),
            )
        )
    )


def test_a_teams_off_outranks_a_persons_global_on_but_not_the_clones_own(given: Given) -> None:
    toml(given, 'capture = false\nsync = false\ndraft = "template"\nimages_days = 3\n')
    for key, value in {"capture": "on", "sync": "on", "draft": "anthropic", "imagesdays": "60"}.items():
        config(given, f"hivemind.{key}", value, GLOBAL)
    assert load(given) == Settings(capture=False, images_days=3)
    config(given, "hivemind.sync", "on")
    assert load(given) == Settings(capture=False, images_days=3, sync=True)


def test_capture_off_in_the_environment(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    config(given, "hivemind.capture", "true")
    monkeypatch.setenv("HIVEMIND_CAPTURE", "false")
    assert load(given).capture is False
    monkeypatch.setenv("HIVEMIND_CAPTURE", "")
    assert load(given).capture is True


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("store", "a..b", "the name of a branch"),
        ("store", "a//b", "the name of a branch"),
        ("store", "-x", "the name of a branch"),
        ("store", "x.lock", "the name of a branch"),
        ("trunk", "a b", "the name of a branch"),
        ("capture", "maybe", "true or false"),
        ("captureIgnore", "", "a glob pattern, as src/secret/**"),
        ("minDecisions", "0", "a whole number of at least 1"),
        ("minSessions", "two", "a whole number of at least 1"),
        ("guardRatio", "20", "a number from 0 to 1"),
        ("guardRatio", "nan", "a number from 0 to 1"),
        ("imagesDays", "-1", "a whole number, 0 for never"),
        ("imagesBytes", "k", "a number of bytes, as 512m or 1g"),
        ("imagesBytes", "1t", "a number of bytes, as 512m or 1g"),
        ("skillsDir", "../x", "a folder inside the repository"),
        ("skillsDir", "/x", "a folder inside the repository"),
        ("skillsDir", "a/.GIT/x", "a folder inside the repository"),
        ("draft", "gpt", "template, anthropic or claude-code"),
        ("draftDollars", "nan", "an amount in dollars, as 0.50"),
        ("draftDollars", "-1", "an amount in dollars, as 0.50"),
        ("recall", "on", "off or edit"),
        ("workspace", "a\x1b[31m", "one line of text"),
    ],
)
def test_a_wrong_value_names_where_it_stands_and_what_is_taken(given: Given, key: str, value: str, words: str) -> None:
    config(given, f"hivemind.{key.lower()}", value)
    with pytest.raises(HivemindError) as caught:
        load(given)
    assert caught.value.sentence == f"hivemind.{key} in /r/.git/config is {value!r}, and takes {words}"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("capture = 2", "capture in {} is '2', and takes true or false"),
        ("min_decisions = [3]", "min_decisions in {} is '[3]', and takes a whole number of at least 1"),
        ("min_decisions = true", "min_decisions in {} is 'true', and takes a whole number of at least 1"),
        ("trunk = ''", "trunk in {} is '', and takes the name of a branch"),
    ],
)
def test_a_wrong_value_in_the_teams_file(given: Given, text: str, said: str) -> None:
    toml(given, text)
    with pytest.raises(HivemindError) as caught:
        load(given)
    assert caught.value.sentence == said.format(f"{given.workdir}/.hivemind.toml")


def test_a_wrong_value_in_the_environment(given: Given, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIVEMIND_CAPTURE", "perhaps")
    with pytest.raises(HivemindError) as caught:
        load(given)
    assert caught.value.sentence == "HIVEMIND_CAPTURE in the environment is 'perhaps', and takes true or false"
    assert caught.value.step == "Set HIVEMIND_CAPTURE to such a value, or unset it."


@pytest.mark.parametrize(
    "content",
    [b"trunk = ", b"\xff\xfe", b"#" * (1 << 20) + b"\n", b"a = " + b"[" * 20_000, b"trunk='a'\ntrunk='b'"],
    ids=["malformed", "not UTF-8", "huge", "deep", "twice"],
)
def test_a_teams_file_that_cannot_be_read_is_said_to_be_so(given: Given, content: bytes) -> None:
    toml(given, content)
    with pytest.raises(HivemindError, match=r"\.hivemind\.toml (cannot be read|is larger than 1 MiB)"):
        load(given)


def test_a_folder_in_place_of_the_teams_file(given: Given) -> None:
    assert given.workdir is not None
    (given.workdir / ".hivemind.toml").mkdir()
    with pytest.raises(HivemindError, match=r"\.hivemind\.toml cannot be read"):
        load(given)


def test_unknown_keys_are_told_and_change_nothing(given: Given) -> None:
    toml(given, "min_decision = 9\n[check]\nignored = []\n[future]\n")
    config(given, "hivemind.mindecision", "9")
    assert load(given) == Settings(
        warnings=(
            f"{given.workdir}/.hivemind.toml: nobody knows min_decision",
            f"{given.workdir}/.hivemind.toml: nobody knows check.ignored",
            "/r/.git/config: nobody knows hivemind.mindecision",
        )
    )


def test_every_setting_is_documented() -> None:
    page = (Path(__file__).parents[1] / "docs/settings.md").read_text()
    documented = {
        tuple(cell.strip().strip("`") for cell in line.split("|")[1:3])
        for line in page.splitlines()
        if line.startswith("| `hivemind.")
    }
    known = {(f"hivemind.{key.config}", key.toml.replace("check.", "[check] ") or key.name) for key in settings._KEYS}
    assert documented == known
    assert {key.name for key in settings._KEYS} == {field.name for field in fields(Settings)} - {"warnings"}
