"""Configuration files as people have them, for each assistant, before install and after uninstall."""

from __future__ import annotations

import json
from dataclasses import dataclass

from hivemind_git.agents.base import Scope

Edit = tuple[bytes, bytes]
"""What a person replaces while our hooks are in the file."""


@dataclass(frozen=True)
class Case:
    """A file of an assistant's, below the home folder where `path` starts with `~/`, else below the repository's top.

    `real` is where the file stands if `path` is a link to it, and `link` how the link is written. `holds`: it is this
    file that our hooks go into, and not one of our own beside it.
    """

    name: str
    agent: str
    scope: Scope
    path: str
    content: bytes
    edit: Edit | None = None
    real: str = ""
    link: str = ""
    holds: bool = True


def text(value: object, indent: int | str | None = 2, end: str = "\n") -> bytes:
    return (json.dumps(value, indent=indent, ensure_ascii=False) + end).encode()


def crlf(content: bytes) -> bytes:
    return content.replace(b"\n", b"\r\n")


CLAUDE: dict[str, object] = {
    "$schema": "https://json.schemastore.org/claude-code-settings.json",
    "model": "opus",
    "permissions": {"allow": ["Bash(npm test:*)", "Read(~/.zshrc)"], "deny": ["Read(./.env)"]},
    "env": {"FOO": "bar — “quoted”"},
    "hooks": {
        "PostToolUse": [{"matcher": "Edit|Write", "hooks": [{"type": "command", "command": "npx prettier --write"}]}],
        "Stop": [{"hooks": [{"type": "command", "command": "notify-send 'done'", "timeout": 5}]}],
        "Notification": [{"matcher": "", "hooks": [{"type": "command", "command": "say hi"}]}],
    },
    "statusLine": {"type": "command", "command": "~/.claude/line.sh"},
}
CODEX: dict[str, object] = {
    "description": "of the platform team",
    "hooks": {
        "PreToolUse": [{"matcher": "Bash", "hooks": [{"type": "command", "command": "guard", "timeout": 30}]}],
        "Stop": [{"hooks": [{"type": "command", "command": "notify-send done", "statusMessage": "…"}]}],
    },
}
CURSOR: dict[str, object] = {
    "version": 1,
    "hooks": {
        "afterFileEdit": [{"command": "./hooks/format.sh"}],
        "beforeShellExecution": [{"command": "./guard.sh", "matcher": "curl|wget", "failClosed": True}],
        "stop": [{"command": "./audit.sh", "loop_limit": None}],
    },
}
COMMENTED = b"""// mine, synced by chezmoi
{
  /* the fast one */ "model": "opus", // or sonnet
  "hooks": {
    // formatters first
    "PostToolUse": [
      { "matcher": "Edit", "hooks": [ { "type": "command", "command": "fmt" }, ] }, // trailing commas, too
    ],
  },
}
"""
HERMES = b"""# Hermes, kept by hand
model:
  default: opus   # or sonnet
  provider: anthropic

terminal: {backend: local, timeout: 180}
toolsets: [hermes-cli]
hooks:
  post_tool_call:
    # formats what was written
    - matcher: "write_file|patch"
      command: '~/bin/fmt --quiet'
      timeout: 30
skills:
  external_dirs:
    - ~/.agents/skills
    - "${HOME}/more skills"
prompt: |
  Be terse.

  Say "I do not know".
"""
OPENCLAW = b"""{
  // onboarded, then kept by hand
  "gateway": { "mode": "local", "port": 18789 },
  "agents": { "defaults": { "model": { "primary": "anthropic/opus" }, "workspace": "~/shop", } },
  "plugins": {
    "allow": ["telegram"], // nothing else
    "entries": {
      "telegram": { "enabled": true },
    },
  },
}
"""
CURSOR_COMMENTED = b"""{
\t"version": 1, // do not raise
\t"hooks": {
\t\t"stop": [
\t\t\t{ "command": "./audit.sh" }, // of the team
\t\t],
\t},
}"""
OPUS = (b"opus", b"sonnet")
DONE = (b"notify-send", b"terminal-notifier")
AUDIT = (b"./audit.sh", b"./audit-2.sh")
LOCAL, PROJECT, USER = Scope.LOCAL, Scope.PROJECT, Scope.USER
_C, _CP, _CU = ".claude/settings.local.json", ".claude/settings.json", "~/.claude/settings.json"
_X, _XP = "~/.codex/hooks.json", ".codex/hooks.json"
_H = "~/.hermes/config.yaml"
_O = "~/.openclaw/openclaw.json"
_K, _KU = ".cursor/hooks.json", "~/.cursor/hooks.json"


def _claude(name: str, content: bytes, edit: Edit | None = None, **more: str) -> Case:
    return Case(f"claude: {name}", "claude-code", LOCAL, _C, content, edit, **more)


def _codex(name: str, content: bytes, edit: Edit | None = None, **more: str) -> Case:
    return Case(f"codex: {name}", "codex", USER, _X, content, edit, **more)


def _cursor(name: str, content: bytes, edit: Edit | None = None, **more: str) -> Case:
    return Case(f"cursor: {name}", "cursor", LOCAL, _K, content, edit, **more)


def _pi(name: str, path: str, content: bytes, edit: Edit | None = None, **more: str) -> Case:
    return Case(f"pi: {name}", "pi", USER, path, content, edit, **more, holds=False)


def _openclaw(name: str, content: bytes, edit: Edit | None = None, **more: str) -> Case:
    return Case(f"openclaw: {name}", "openclaw", USER, _O, content, edit, **more, holds=False)


def _hermes(name: str, content: bytes, edit: Edit | None = None, **more: str) -> Case:
    return Case(f"hermes: {name}", "hermes", USER, _H, content, edit, **more, holds=False)


CASES = (
    _claude("tidy", text(CLAUDE), OPUS),
    _claude("four spaces, no last line end", text(CLAUDE, 4, ""), DONE),
    _claude("tabs", text(CLAUDE, "\t"), OPUS),
    _claude("Windows line ends", crlf(text(CLAUDE)), OPUS),
    _claude("byte order mark", b"\xef\xbb\xbf" + text(CLAUDE), OPUS),
    _claude("minified", text(CLAUDE, None, ""), OPUS),
    _claude("minified, with a line end", text({"model": "opus"}, None), OPUS),
    _claude("comments and trailing commas", COMMENTED, OPUS),
    _claude("empty object", b"{}"),
    _claude("empty object over lines", b"{\n\n}\n"),
    _claude("empty hooks", text({"model": "opus", "hooks": {}}), OPUS),
    _claude("empty events", text({"hooks": {"Stop": [], "PreToolUse": []}, "model": "opus"}), OPUS),
    _claude("no byte", b""),
    _claude("white space", b"\n \n"),
    _claude(
        "a dotfile of its own", text(CLAUDE), OPUS, real=".claude/shared/settings.json", link="shared/settings.json"
    ),
    Case("claude: of the team", "claude-code", PROJECT, _CP, text(CLAUDE), OPUS),
    Case("claude: of the person", "claude-code", USER, _CU, text(CLAUDE, "\t", ""), OPUS),
    Case(
        "claude: of the person, linked dotfiles",
        "claude-code",
        USER,
        _CU,
        COMMENTED,
        OPUS,
        real="~/dotfiles/claude/settings.json",
        link="../dotfiles/claude/settings.json",
    ),
    _codex("tidy", text(CODEX), DONE),
    _codex("tabs, no last line end", text(CODEX, "\t", ""), DONE),
    _codex("Windows line ends", crlf(text(CODEX, 4)), DONE),
    _codex("minified", text(CODEX, None, ""), DONE),
    _codex("odd space", b'{ "z":1\n , "hooks":{"Stop":[ ]}\n,"a" : "opus"}\n\n\n', OPUS),
    _codex("empty object", b"{}\n"),
    _codex("no byte", b""),
    _codex("linked dotfiles", text(CODEX), DONE, real="~/dotfiles/codex.json", link="../dotfiles/codex.json"),
    Case("codex: of the team", "codex", PROJECT, _XP, text(CODEX, 4), DONE),
    Case("codex: of one person here", "codex", LOCAL, _XP, text(CODEX), DONE),
    _cursor("tidy", text(CURSOR), AUDIT),
    _cursor("tabs and comments, no last line end", CURSOR_COMMENTED, AUDIT),
    _cursor("Windows line ends", crlf(text(CURSOR)), AUDIT),
    _cursor("byte order mark", b"\xef\xbb\xbf" + text(CURSOR, 4, ""), AUDIT),
    _cursor("minified", text(CURSOR, None, ""), AUDIT),
    _cursor("no version", text({"hooks": CURSOR["hooks"]}), AUDIT),
    _cursor("version alone", text({"version": 1})),
    _cursor("empty object", b"{}\n"),
    _cursor("no byte", b""),
    Case("cursor: of the team", "cursor", PROJECT, _K, text(CURSOR), AUDIT),
    Case("cursor: of the person", "cursor", USER, _KU, text(CURSOR, 4), AUDIT),
    Case(
        "cursor: of the person, linked dotfiles",
        "cursor",
        USER,
        _KU,
        text(CURSOR),
        AUDIT,
        real="~/dotfiles/cursor.json",
        link="../dotfiles/cursor.json",
    ),
    _pi("settings beside", "~/.pi/agent/settings.json", text({"defaultModel": "opus"}, "\t", ""), OPUS),
    _pi("decisions beside", "~/.pi/agent/trust.json", crlf(text({"/home/ada/shop": True}))),
    _pi("an extension of theirs", "~/.pi/agent/extensions/mine.ts", b"export default (pi) => { notify('opus') }", None),
    _pi("linked extensions", "~/.pi/agent/extensions", b"", None, real="~/dotfiles/pi/.keep", link="../../dotfiles/pi"),
    _hermes("tidy", HERMES, OPUS),
    _hermes("Windows line ends", crlf(HERMES), OPUS),
    _hermes("no last line end", HERMES.rstrip(b"\n"), OPUS),
    _hermes("no hooks, no skills", b"model:\n  default: opus\n", OPUS),
    _hermes("four spaces", b"---\nmodel:\n    default: opus\nhooks:\n    on_session_end: []\n", OPUS),
    _hermes("lists at the left", b"hooks:\n  pre_llm_call:\n  - command: opus\n    timeout: 5\n", OPUS),
    _hermes("hooks in braces", b"hooks: {}\nskills: {external_dirs: []}\nmodel: opus\n", OPUS),
    _hermes("all in braces", b'{"model": "opus", "hooks": {"pre_llm_call": [{"command": "a"}]}}\n', OPUS),
    _hermes("anchors", b"base: &base\n  timeout: 5\nother:\n  <<: *base\n  model: opus\n", OPUS),
    _hermes("comments alone", b"# nothing yet: opus\n", OPUS),
    _hermes("no byte", b""),
    _hermes("linked dotfiles", HERMES, OPUS, real="~/dotfiles/hermes.yaml", link="../dotfiles/hermes.yaml"),
    _openclaw("tidy", OPENCLAW, OPUS),
    _openclaw("tabs, no last line end", text({"model": "opus", "plugins": {"entries": {}}}, "\t", ""), OPUS),
    _openclaw("Windows line ends", crlf(OPENCLAW), OPUS),
    _openclaw("byte order mark", b"\xef\xbb\xbf" + OPENCLAW, OPUS),
    _openclaw("minified", text({"model": "opus", "plugins": {"allow": ["a", "b"]}}, None, ""), OPUS),
    _openclaw("no plugins", text({"model": "opus"}, 4), OPUS),
    _openclaw("no byte", b""),
    _openclaw("linked dotfiles", OPENCLAW, OPUS, real="~/dotfiles/claw.json", link="../dotfiles/claw.json"),
    Case("pi: of the team", "pi", PROJECT, ".pi/settings.json", text({"skills": []}), holds=False),
    Case("pi: of one person here", "pi", LOCAL, ".pi/extensions/mine.js", b"// opus\n", OPUS, holds=False),
)

Malformed = tuple[str, str, Scope, str, bytes]
MALFORMED: tuple[Malformed, ...] = (
    ("claude: cut short", "claude-code", LOCAL, _C, b'{"model": "opus", "hooks": {'),
    ("claude: a list", "claude-code", LOCAL, _C, b"[]\n"),
    ("claude: hooks are a list", "claude-code", USER, _CU, b'{"hooks": []}'),
    ("claude: an event is an object", "claude-code", LOCAL, _C, b'{"hooks": {"Stop": {}}}'),
    ("claude: Latin-1", "claude-code", LOCAL, _C, '{"model": "ü"}'.encode("latin-1")),
    ("claude: a conflict", "claude-code", PROJECT, _CP, b"<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n"),
    ("codex: comments, which Codex refuses", "codex", USER, _X, b'{"hooks": {}} // mine\n'),
    ("codex: TOML", "codex", USER, _X, b"[hooks]\n"),
    ("cursor: version 2", "cursor", LOCAL, _K, b'{"version": 2, "hooks": {}}'),
    ("hermes: tabs", "hermes", USER, _H, b"hooks:\n\tstop: []\n"),
    ("hermes: a list", "hermes", USER, _H, b"- model\n"),
    ("hermes: an event is no list", "hermes", USER, _H, b"hooks:\n  pre_llm_call: yes\n"),
    ("openclaw: cut short", "openclaw", USER, _O, b'{"gateway": {'),
    ("openclaw: plugins are a list", "openclaw", USER, _O, b'{"plugins": []}'),
    ("cursor: two documents", "cursor", USER, _KU, b"{}{}"),
)
