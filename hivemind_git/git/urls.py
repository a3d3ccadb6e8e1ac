"""What a remote's URL says: where it is, who owns it, and how it may be shown. The spellings are git's (gitglossary and
git-fetch(1), "GIT URLS").

One repository has at least five spellings: HTTPS, the same with a user in it, `ssh://`, the scp-like `git@host:path`
and `git://`; each with or without `.git`, a port that goes without saying, and capitals. Taking them for five remotes
split one team into five (hivemind #119).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

_SCP = re.compile(r"(?:(?P<user>[^@/:\[\]]+)@)?(?P<host>[^/:\[\]]+|\[[^\]]+\]):(?P<path>(?!//).*)", re.DOTALL)
_PORTS = {"http": 80, "https": 443, "ssh": 22, "git": 9418}
_SCHEMES = {"git+ssh": "ssh", "ssh+git": "ssh"}
# Where SSH is let through port 443, under a name of its own: the hosts' own documentation.
_SAME_HOST = {
    "ssh.github.com": "github.com",
    "altssh.gitlab.com": "gitlab.com",
    "altssh.bitbucket.org": "bitbucket.org",
}


@dataclass(frozen=True, slots=True)
class Address:
    """A remote's place. `scheme` is `file` for a path of this machine, and then `host` is empty.

    `port` None: the one that goes without saying. `path` has neither a leading slash (but for files) nor `.git`.
    """

    scheme: str
    host: str
    port: int | None
    path: str

    @property
    def owner(self) -> str:
        """The organisation, person or group, with its sub-groups: all of the path but its last part."""
        return self.path.rpartition("/")[0]

    @property
    def home(self) -> tuple[str, str]:
        """Host and owner, the same in every spelling; capitals do not tell hosts or owners apart, folders they do."""
        if self.scheme == "file":
            return "", self.owner
        return _SAME_HOST.get(self.host, self.host), self.owner.casefold()


def parse(url: str, base: str = "") -> Address | None:
    """Where a URL or path leads; None where no rule of ours says.

    Args:
        url: as git has it, `insteadOf` applied.
        base: the folder that a relative path counts from.
    """
    if "::" in url.partition("/")[0]:  # `helper::address` is the helper's own business
        return None
    if "://" in url:
        return _url(url)
    scp = None if Path(url).is_absolute() else _SCP.fullmatch(url)
    if scp is None:
        return _file(Path(base, url))
    return Address("ssh", scp["host"].strip("[]").lower(), None, _trimmed(scp["path"]))


def shown(url: str) -> str:
    """The URL without user and password, which people put there and which no terminal or log may show."""
    if "://" not in url:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url.partition("://")[0] + "://…"
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def anonymous(url: str) -> str | None:
    """Where anybody could read the repository without saying who they are, if it is public; None: nowhere known.

    For SSH that is the same path over HTTPS, as all large hosts have it.
    """
    address = parse(url)
    if address is None or address.scheme not in {"http", "https", "git", "ssh"}:
        return None
    if address.scheme in {"http", "https", "git"}:
        return shown(url)
    host = f"[{address.host}]" if ":" in address.host else _SAME_HOST.get(address.host, address.host)
    return f"https://{host}/{address.path}.git"


def _url(url: str) -> Address | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    scheme = _SCHEMES.get(parts.scheme.lower(), parts.scheme.lower())
    if scheme == "file":
        return _file(Path(unquote(parts.path)))
    if not parts.hostname:
        return None
    return Address(scheme, parts.hostname, None if port == _PORTS.get(scheme) else port, _trimmed(unquote(parts.path)))


def _file(path: Path) -> Address:
    return Address("file", "", None, str(path.resolve()).removesuffix("/.git").removesuffix(".git"))


def _trimmed(path: str) -> str:
    return re.sub("/+", "/", path).strip("/").removesuffix(".git").rstrip("/")
