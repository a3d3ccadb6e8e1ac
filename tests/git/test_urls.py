from __future__ import annotations

from pathlib import Path

import pytest

from hivemind_git.git import urls

SPELLINGS = (
    "https://github.com/Acme/shop.git",
    "https://ada:secret@GitHub.com:443/acme/shop",
    "git@github.com:acme/shop.git",
    "ssh://git@github.com:22/Acme/shop/",
    "ssh://git@ssh.github.com:443/acme/shop.git",
    "git+ssh://git@github.com//acme/shop.git",
    "git://github.com/acme/shop",
    "github.com:/acme/shop",
)


def home(url: str, base: str = "") -> tuple[str, str]:
    found = urls.parse(url, base)
    assert found is not None
    return found.home


@pytest.mark.parametrize("url", SPELLINGS)
def test_one_repository_in_all_its_spellings_has_one_home(url: str) -> None:
    assert home(url) == ("github.com", "acme")


@pytest.mark.parametrize(
    "url",
    [
        "https://github.com/acme-labs/shop.git",
        "https://github.com.evil.example/acme/shop.git",
        "https://evil.example/github.com/acme/shop.git",
        "https://github.com@evil.example/acme/shop",
        "git@evil.example:acme/shop",
        "https://gitlab.com/acme/shop",
        "https://github.com/other/acme/shop",
        "acme/shop",
        "./github.com:acme/shop",
        "/github.com/acme/shop",
    ],
)
def test_others_do_not(url: str) -> None:
    assert home(url, "/somewhere") != ("github.com", "acme")


def test_a_group_of_a_group_is_an_owner_of_its_own() -> None:
    assert home("https://gitlab.com/acme/secret/shop.git") == ("gitlab.com", "acme/secret")
    assert home("git@gitlab.com:acme/secret/shop.git") == ("gitlab.com", "acme/secret")


def test_files_are_told_by_their_real_folder(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    spellings = [f"{tmp_path}/a.git", f"file://{tmp_path}/b.git", f"{tmp_path}/link/c", "../d.git"]
    assert {home(url, f"{tmp_path}/here") for url in spellings} == {("", str(tmp_path))}


@pytest.mark.parametrize("url", ["ext::sh -c foo", "https://[::1", "https://host:port/x", "https:///x"])
def test_what_nobody_can_read_has_no_home(url: str) -> None:
    assert urls.parse(url) is None


@pytest.mark.parametrize(
    ("url", "shown", "anonymous"),
    [
        ("https://ada:secret@host:8443/a/b.git", "https://host:8443/a/b.git", "https://host:8443/a/b.git"),
        ("git@host:a/b.git", "git@host:a/b.git", "https://host/a/b.git"),
        ("ssh://git@host:2222/a/b.git", "ssh://host:2222/a/b.git", "https://host/a/b.git"),
        ("ssh://git@ssh.github.com:443/a/b", "ssh://ssh.github.com:443/a/b", "https://github.com/a/b.git"),
        ("git://host/a/b", "git://host/a/b", "git://host/a/b"),
        ("/srv/a/b.git", "/srv/a/b.git", None),
        ("https://[::1", "https://…", None),
    ],
)
def test_how_it_is_shown_and_asked_for_by_nobody(url: str, shown: str, anonymous: str | None) -> None:
    assert (urls.shown(url), urls.anonymous(url)) == (shown, anonymous)
