"""Remotes as they are elsewhere, on loopback: git's own smart HTTP with a password, and an SSH daemon."""

from __future__ import annotations

import base64
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from waiting import PATIENCE_SECONDS, free_port


@dataclass
class Http:
    """A server of the repositories below a folder. `passwords` None: anybody reads and writes; `asked`: who came."""

    url: str
    passwords: dict[str, str] | None
    asked: list[str] = field(default_factory=list)


@contextmanager
def http(folder: Path, passwords: dict[str, str] | None = None, any_user: str = "") -> Iterator[Http]:
    """Git's `http-backend` behind Python's server. `any_user` is a password that lets every name in."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            user = self._user()
            state.asked.append(f"{self.command} {user}")
            if passwords is not None and not user:
                self.send_response(401)
                self.send_header("WWW-Authenticate", 'Basic realm="hub"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self._backend(user or "nobody", self._body())

        do_POST = do_GET  # noqa: N815 - the server's name for it

        def _user(self) -> str:
            kind, _, coded = self.headers.get("Authorization", "").partition(" ")
            user, _, password = base64.b64decode(coded).decode().partition(":") if kind == "Basic" else ("", "", "")
            known = (passwords or {}).get(user) == password or (any_user and password == any_user)
            return user if user and known else ""

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))
            data = b""
            while size := int(self.rfile.readline(), 16):
                data += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return data

        def _backend(self, user: str, body: bytes) -> None:
            place = urlsplit(self.path)
            environment = {
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "PATH_INFO": place.path,
                "QUERY_STRING": place.query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "REMOTE_USER": user,
                "REMOTE_ADDR": "127.0.0.1",
            }
            command = ["git", "-c", "safe.directory=*", "http-backend"]
            done = subprocess.run(
                command,
                input=body,
                env=environment,
                capture_output=True,
                check=False,
            )
            head, _, content = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
            self.send_response(int(headers.pop("Status", "200").split()[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:  # type: ignore[override]
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        state = Http(f"http://127.0.0.1:{server.server_port}", passwords)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield state
        finally:
            server.shutdown()


@dataclass(frozen=True)
class Ssh:
    """An SSH daemon; `command` is the GIT_SSH_COMMAND of a user whom it knows, `stranger` of one whom it does not."""

    url: str
    command: str
    stranger: str


@contextmanager
def ssh(folder: Path) -> Iterator[Ssh]:
    """A daemon of its own keys, on loopback. Where there is none the test skips and says so; under CI it fails."""
    program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin:/sbin")
    if program is None:
        said = "there is no sshd here: `apt-get install openssh-server` (it need not run)"
        if os.environ.get("CI"):
            pytest.fail(said)
        pytest.skip(said)
    folder.mkdir()
    for name in ("host", "ada", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / name)], check=True)
    (folder / "authorized").write_bytes((folder / "ada.pub").read_bytes())
    port = free_port()
    (folder / "config").write_text(
        f"Port {port}\nListenAddress 127.0.0.1\nHostKey {folder}/host\nAuthorizedKeysFile {folder}/authorized\n"
        "PidFile none\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
        "PermitRootLogin prohibit-password\n"
    )
    (folder / "known").write_text(f"[127.0.0.1]:{port} {(folder / 'host.pub').read_text()}")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where it leaves its privileges
    running = subprocess.Popen([program, "-D", "-e", "-f", str(folder / "config")], stderr=subprocess.PIPE)
    try:
        _wait_for(port, running)
        common = f"ssh -F none -o UserKnownHostsFile={folder}/known -o IdentitiesOnly=yes -i {folder}/"
        yield Ssh(f"ssh://127.0.0.1:{port}", f"{common}ada", f"{common}stranger")
    finally:
        running.kill()
        running.communicate()


def _wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            if running.poll() is not None or time.monotonic() > until:
                assert running.stderr is not None
                raise AssertionError(f"sshd does not run: {running.stderr.read1().decode()}") from None  # type: ignore[attr-defined]
            time.sleep(0.05)
