"""Who git says it is on the wire: the user, a token from the environment, or nobody at all.

A token travels to git's helper in the environment alone: a command line can be read by everybody on the machine, and a
file outlives us. Configuration goes the same way (`GIT_CONFIG_COUNT`, git-config(1)).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from hivemind_git.errors import HivemindError
from hivemind_git.git import process, urls

TOKEN = "HIVEMIND_TOKEN"  # noqa: S105 - the variable's name
_PROBE_SECONDS = 20.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# A deploy token of GitLab belongs to the user that its URL names; GitHub takes any name, and this one in its documents.
_HELPER = (
    '!f() { test "$1" = get || return 0; u=; '
    'while IFS="=" read -r key value; do test "$key" != username || u=$value; done; '
    'test -n "$u" || echo username=x-access-token; printf "password=%s\\n" "$HIVEMIND_TOKEN"; }; f'
)


def by_token(url: str) -> dict[str, str]:
    """The environment in which git gives the token, if there is one, to the host of `url` and to nobody else.

    Only over HTTPS (and to this machine): a token is not sent where anybody on the way may read it. No helper of the
    user's gets to see it, and so none keeps it.
    """
    place = urlsplit(url) if "://" in url else None
    if not os.environ.get(TOKEN) or place is None:
        return {}
    if place.scheme != "https" and not (place.scheme == "http" and place.hostname in _LOOPBACK):
        return {}
    # An empty value forgets the helpers named so far, git-credential(1).
    key = f"credential.{place.scheme}://{place.netloc.rpartition('@')[2]}.helper"
    return configured([(key, ""), (key, _HELPER)])


def is_public(url: str) -> bool:
    """Whether somebody without any credential can read the repository at `url`, as far as can be known by asking.

    Asked is the host itself, as a stranger would: no helper, no header, no cookie, no key, no `.netrc`. What cannot be
    asked (a folder, SSH to a host without HTTPS, no network) is not known to be public.
    """
    asked = urls.anonymous(url)
    if asked is None:
        return False
    unknown = [
        ("credential.helper", ""),
        ("core.askPass", ""),
        (f"http.{asked}.extraHeader", ""),
        (f"http.{asked}.cookieFile", ""),
        # The longest prefix wins, so this keeps the user's own rules from turning it into SSH.
        (f"url.{asked}.insteadOf", asked),
    ]
    with tempfile.TemporaryDirectory() as home:
        _borrow_config(Path(home))
        extra = {**configured(unknown), "HOME": home, "GIT_ALLOW_PROTOCOL": "http:https:git"}
        try:
            done = process.run(
                ["ls-remote", "--heads", "--", asked],
                cwd=Path(home),
                extra=extra,
                unattended=True,
                timeout=_PROBE_SECONDS,
            )
        except HivemindError:
            return False
    return done.returncode == 0


def configured(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    """The environment that adds values to git's configuration, after those that are in it already."""
    known = os.environ.get("GIT_CONFIG_COUNT", "")
    start = int(known) if known.isdecimal() else 0
    added: dict[str, str] = {"GIT_CONFIG_COUNT": str(start + len(pairs))}
    for number, (key, value) in enumerate(pairs, start):
        added |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return added


def _borrow_config(home: Path, environment: Mapping[str, str] = os.environ) -> None:
    """Lets a home folder without `.netrc` and keys have the proxies and certificates of the real one."""
    real = environment.get("HOME", "")
    xdg = environment.get("XDG_CONFIG_HOME") or f"{real}/.config"
    files = [f"{xdg}/git/config", f"{real}/.gitconfig"] if real else []
    quoted = (path.replace("\\", "\\\\").replace('"', '\\"') for path in files)
    text = "".join(f'[include]\n\tpath = "{path}"\n' for path in quoted)
    (home / ".gitconfig").write_text(text)
