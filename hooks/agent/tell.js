// hivemind-git: begin
// Hands what happens in a client that runs JavaScript in its own process to the hook of the repository it works in.
//
// A guest there: it prints nothing and throws nothing, and where no hook is installed events go nowhere. Payloads have the
// form that Claude Code and Codex share, so that one hook serves all (docs/hooks-pi.md says why a process and not a file).

import { spawn } from "node:child_process";
import { readFileSync, realpathSync } from "node:fs";
import { open } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

// The constant command line (hivemind_git/agents/command.py; a test compares the two).
const COMMAND =
  'trap "exit 0" 0; exec 2>/dev/null; case $HIVEMIND_CAPTURE in false|0|off|no) ;; *) unset GIT_DIR GIT_WORK_TREE GIT_COMMON_DIR; case $CLAUDE_PROJECT_DIR in /*) cd "$CLAUDE_PROJECT_DIR";; esac; h=.git; [ -f .git ] && read -r g h <.git; [ -f "$h/commondir" ] && h=$h/../..; h=$h/hivemind/hook; [ -O .git ] && [ -r "$h" ] || h=$(git -c safe.bareRepository=explicit rev-parse --git-common-dir)/hivemind/hook; [ -r "$h" ] && . "$h";; esac; exec cat >/dev/null';
const LONGEST_MS = 10_000;
const LARGEST_FILE = 4 * 1024 * 1024;

// One process at a time, so that the journal has the order in which things happened. Returns what tells an event, with the
// promise of what the hook has to say to the person, and what waits until all that was told is kept.
export function teller(agent) {
  let last = Promise.resolve();
  const tell = (cwd, payload) => {
    last = last.then(() => run(agent, cwd, payload)).catch(() => {});
    return last;
  };
  return [tell, () => last];
}

function run(agent, cwd, payload) {
  return new Promise((done) => {
    const { CLAUDE_PROJECT_DIR: _, ...env } = process.env; // another client's, which may have started this one
    const hook = spawn("sh", ["-c", COMMAND, "hivemind", agent], { cwd, env, stdio: ["pipe", "pipe", "ignore"] });
    let said = "";
    const timer = setTimeout(() => hook.kill("SIGKILL"), LONGEST_MS);
    const end = () => {
      clearTimeout(timer);
      done(said);
    };
    hook.on("error", end);
    hook.on("close", end);
    hook.stdout.on("data", (piece) => {
      said += piece;
    });
    hook.stdin.on("error", () => {});
    hook.stdin.end(JSON.stringify(payload));
  });
}

// The client's version is in no event: it stands in the package that was started.
export function version(name) {
  try {
    let folder = dirname(realpathSync(process.argv[1]));
    while (folder !== dirname(folder)) {
      try {
        const found = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        if (found.name) return name.test(found.name) ? found.version : undefined;
      } catch {}
      folder = dirname(folder);
    }
  } catch {}
  return undefined;
}

// As pi, and what is built on it, resolves the paths that a model writes.
export function absolute(path, cwd) {
  const bare = path.startsWith("@") ? path.slice(1) : path;
  return resolve(cwd, bare === "~" || bare.startsWith("~/") ? homedir() + bare.slice(1) : bare);
}

// A file's bytes in base64; null where there is no file, undefined where it is no ordinary one, or too large.
export async function image(path) {
  let file;
  try {
    file = await open(path, "r");
    const found = await file.stat();
    return found.isFile() && found.size <= LARGEST_FILE ? (await file.readFile()).toString("base64") : undefined;
  } catch (error) {
    return error.code === "ENOENT" ? null : undefined;
  } finally {
    await file?.close();
  }
}

// The words of a message or of a tool's result.
export function words(content) {
  const blocks = typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
  return blocks.filter((block) => block.type === "text").map(({ text }) => ({ type: "text", text }));
}

export function said(content) {
  return words(content)
    .map(({ text }) => text)
    .join("\n");
}

// What is told of a message: its words and what they cost. Tool results and arguments are told with their use, or by the log.
export function slim(message) {
  const { role, provider, model, usage, stopReason, errorMessage } = message;
  return { role, content: words(message.content), provider, model, usage, stopReason, errorMessage };
}
// hivemind-git: end
