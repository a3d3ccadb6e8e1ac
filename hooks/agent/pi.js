// hivemind-git: begin
// Hands what happens in pi to the hook of the repository that pi works in. Kept by `git hivemind install`.
//
// A guest here: it prints nothing, changes nothing, throws nothing, and where no hook is installed its events go nowhere.
// What stands in the session file is read from there; told is what the file lacks: files as they were before they were
// written, the moments around a shell command, refusals, and messages that the file may not hold yet. Payloads have the
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
const SHELLS = new Set(["bash"]);
const WRITERS = new Map([
  ["edit", "Edit"],
  ["write", "Write"],
]);
const READERS = new Set(["read", "grep", "find", "ls"]);

// The same file may be loaded for the user and for the project: each event is told once.
const told = (globalThis[Symbol.for("hivemind-git")] ??= new WeakSet());

let last = Promise.resolve();

// One process at a time, so that the journal has the order in which things happened.
function tell(cwd, payload) {
  last = last.then(() => run(cwd, payload)).catch(() => {});
  return last;
}

function run(cwd, payload) {
  return new Promise((done) => {
    const { CLAUDE_PROJECT_DIR: _, ...env } = process.env; // another client's, of which pi may be a child
    const hook = spawn("sh", ["-c", COMMAND, "hivemind", "pi"], { cwd, env, stdio: ["pipe", "ignore", "ignore"] });
    const timer = setTimeout(() => hook.kill("SIGKILL"), LONGEST_MS);
    const end = () => {
      clearTimeout(timer);
      done();
    };
    hook.on("error", end);
    hook.on("exit", end);
    hook.stdin.on("error", () => {});
    hook.stdin.end(JSON.stringify(payload));
  });
}

// The version of pi is in no event: it stands in the package that was started.
function version() {
  try {
    let folder = dirname(realpathSync(process.argv[1]));
    while (folder !== dirname(folder)) {
      try {
        const found = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
        if (found.name) return /\/pi-coding-agent$/.test(found.name) ? found.version : undefined;
      } catch {}
      folder = dirname(folder);
    }
  } catch {}
  return undefined;
}

// As pi resolves the paths that a model writes.
function absolute(path, cwd) {
  const bare = path.startsWith("@") ? path.slice(1) : path;
  return resolve(cwd, bare === "~" || bare.startsWith("~/") ? homedir() + bare.slice(1) : bare);
}

// A file's bytes in base64; null where there is no file, undefined where it is no ordinary one, or too large.
async function image(path) {
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

// What is told of an entry of the session: its words and what they cost. Tool results and arguments stay where they are.
function slim({ type, id, parentId, timestamp, message }) {
  if (type !== "message" || (message.role !== "user" && message.role !== "assistant")) return [];
  const { role, provider, model, usage, stopReason, errorMessage } = message;
  const blocks = typeof message.content === "string" ? [{ type: "text", text: message.content }] : (message.content ?? []);
  const content = blocks.filter((block) => block.type === "text").map(({ text }) => ({ type: "text", text }));
  return [{ type, id, parentId, timestamp, message: { role, content, provider, model, usage, stopReason, errorMessage } }];
}

export default function (pi) {
  const uses = new Map(); // the tool calls under way
  const started = version();
  let seen = 0; // entries of the session that were told
  let questions = 0;
  let source;

  const on = (name, handler) =>
    pi.on(name, async (event, ctx) => {
      try {
        if (told.has(event)) return;
        told.add(event);
        await handler(event, ctx);
      } catch {}
    });

  const payload = (name, ctx, more) => ({
    hook_event_name: name,
    session_id: ctx.sessionManager.getSessionId(),
    cwd: ctx.cwd,
    transcript_path: ctx.sessionManager.getSessionFile(),
    permission_mode: "dontAsk",
    model: ctx.model?.id,
    client_version: started,
    mode: ctx.mode,
    at: Date.now(), // told in turn, it may be kept later
    ...more,
  });

  const news = (ctx, told = () => true) => {
    const entries = ctx.sessionManager.getEntries();
    const found = entries.slice(seen).flatMap(slim);
    if (!told(found)) return [];
    seen = entries.length;
    return found;
  };

  on("session_start", (event, ctx) => {
    const entries = ctx.sessionManager.getEntries();
    seen = entries.length;
    if (event.reason === "reload") return;
    const again = event.reason === "startup" && entries.some((entry) => entry.type === "message");
    tell(ctx.cwd, payload("SessionStart", ctx, { source: again ? "resume" : event.reason }));
  });

  on("input", (event) => {
    source = event.source;
  });

  // Before each request to the model: by now the words that it answers have an entry.
  on("context", (_, ctx) => {
    const entries = news(ctx, (found) => found.some(({ message }) => message.role === "user"));
    if (entries.length) tell(ctx.cwd, payload("UserPromptSubmit", ctx, { source, entries }));
  });

  on("ui_prompt_start", () => {
    questions += 1;
  });

  on("tool_execution_start", ({ toolName: tool, toolCallId: id, args }) => {
    const use = { tool, input: args, questions, alone: true };
    for (const other of uses.values()) {
      if (READERS.has(tool) || READERS.has(other.tool)) continue;
      use.alone = other.alone = false;
    }
    uses.set(id, use);
  });

  // Another extension may have refused it before: then this is not called.
  on("tool_call", async (event, ctx) => {
    const { toolName: tool, toolCallId: id } = event;
    const use = uses.get(id) ?? {};
    if (SHELLS.has(tool)) {
      use.watched = true;
      // The worktree must stand still until it was looked at.
      await tell(ctx.cwd, payload("PreToolUse", ctx, { tool_name: "Bash", tool_use_id: id, tool_input: event.input }));
    } else if (WRITERS.has(tool)) {
      use.path = absolute(event.input.path, ctx.cwd);
      use.before = await image(use.path);
    }
  });

  on("tool_result", async (event, ctx) => {
    const use = uses.get(event.toolCallId);
    if (!use) return;
    use.ran = true;
    const { content, details, isError } = event;
    const said = content.filter((block) => block.type === "text").map((block) => block.text);
    const asked = use.questions !== questions;
    const more = {
      tool_name: WRITERS.get(use.tool) ?? "Bash",
      tool_use_id: event.toolCallId,
      tool_input: use.path ? { ...event.input, file_path: use.path } : event.input,
      ...(asked ? { permission_mode: "ask" } : {}),
      failed: isError,
      said: said.join("\n"),
    };
    if (SHELLS.has(use.tool)) {
      await tell(ctx.cwd, payload("PostToolUse", ctx, more));
    } else if (use.path) {
      const after = isError ? undefined : await image(use.path);
      // Two at once: nobody can tell which of them wrote what.
      const images = use.alone && after ? { before: use.before, after } : {};
      tell(ctx.cwd, payload("PostToolUse", ctx, { ...more, patch: details?.patch, ...images }));
    }
  });

  // A call that never ran has no result, only an end: it was refused, interrupted, or not understood.
  on("tool_execution_end", (event, ctx) => {
    const use = uses.get(event.toolCallId);
    uses.delete(event.toolCallId);
    if (!use || use.ran) return;
    const said = event.result.content.filter((block) => block.type === "text").map((block) => block.text);
    tell(
      ctx.cwd,
      payload(use.watched ? "PostToolUse" : "PermissionDenied", ctx, {
        tool_name: SHELLS.has(use.tool) ? "Bash" : (WRITERS.get(use.tool) ?? use.tool),
        tool_use_id: event.toolCallId,
        tool_input: use.path ? { ...use.input, file_path: use.path } : use.input,
        failed: true,
        refused: use.questions === questions ? "hook" : "person",
        said: said.join("\n"),
      }),
    );
  });

  on("session_compact", (event, ctx) => {
    const { id, timestamp } = event.compactionEntry;
    const trigger = event.reason === "manual" ? "manual" : "auto";
    tell(ctx.cwd, payload("PostCompact", ctx, { entry: { type: "compaction", id, timestamp }, trigger }));
  });

  on("agent_settled", (_, ctx) => {
    const entries = news(ctx);
    tell(ctx.cwd, payload("Stop", ctx, { entries }));
  });

  on("session_shutdown", async (event, ctx) => {
    if (event.reason !== "reload") tell(ctx.cwd, payload("SessionEnd", ctx, { reason: event.reason, entries: news(ctx) }));
    await last;
  });
}
// hivemind-git: end
