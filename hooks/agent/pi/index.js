// hivemind-git: begin
// An extension of pi: hands what happens in a session to the hook of the repository that pi works in.
//
// A guest here: it changes nothing, throws nothing, and says nothing but once where traces go. What stands in the session's file is read from there;
// told is what the file lacks: files as they were before they were written, the moments around a shell command, refusals, and
// messages that the file may not hold yet.

import { absolute, image, said, slim, teller, version } from "./tell.js";

const SHELLS = new Set(["bash"]);
const WRITERS = new Map([
  ["edit", "Edit"],
  ["write", "Write"],
]);
const READERS = new Set(["read", "grep", "find", "ls"]);

// The same file may be loaded for the user and for the project: each event is told once.
const told = (globalThis[Symbol.for("hivemind-git pi")] ??= new WeakSet());

const [tell, kept] = teller("pi");

// What is told of an entry of the session.
const news = ({ type, id, parentId, timestamp, message }) =>
  type === "message" && (message.role === "user" || message.role === "assistant")
    ? [{ type, id, parentId, timestamp, message: slim(message) }]
    : [];

export default function (pi) {
  const uses = new Map(); // the tool calls under way
  const started = version(/\/pi-coding-agent$/);
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

  const since = (ctx, worth = () => true) => {
    const entries = ctx.sessionManager.getEntries();
    const found = entries.slice(seen).flatMap(news);
    if (!worth(found)) return [];
    seen = entries.length;
    return found;
  };

  on("session_start", async (event, ctx) => {
    const entries = ctx.sessionManager.getEntries();
    seen = entries.length;
    if (event.reason === "reload") return;
    const again = event.reason === "startup" && entries.some((entry) => entry.type === "message");
    const heard = tell(ctx.cwd, payload("SessionStart", ctx, { source: again ? "resume" : event.reason }));
    const { systemMessage } = JSON.parse((await heard) || "{}");
    if (systemMessage) ctx.ui.notify(systemMessage, "info");
  });

  on("input", (event) => {
    source = event.source;
  });

  // Before each request to the model: by now the words that it answers have an entry.
  on("context", (_, ctx) => {
    const entries = since(ctx, (found) => found.some(({ message }) => message.role === "user"));
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
    const asked = use.questions !== questions;
    const more = {
      tool_name: WRITERS.get(use.tool) ?? "Bash",
      tool_use_id: event.toolCallId,
      tool_input: use.path ? { ...event.input, file_path: use.path } : event.input,
      ...(asked ? { permission_mode: "ask" } : {}),
      failed: isError,
      said: said(content),
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
    tell(
      ctx.cwd,
      payload(use.watched ? "PostToolUse" : "PermissionDenied", ctx, {
        tool_name: SHELLS.has(use.tool) ? "Bash" : (WRITERS.get(use.tool) ?? use.tool),
        tool_use_id: event.toolCallId,
        tool_input: use.path ? { ...use.input, file_path: use.path } : use.input,
        failed: true,
        refused: use.questions === questions ? "hook" : "person",
        said: said(event.result.content),
      }),
    );
  });

  on("session_compact", (event, ctx) => {
    const { id, timestamp } = event.compactionEntry;
    const trigger = event.reason === "manual" ? "manual" : "auto";
    tell(ctx.cwd, payload("PostCompact", ctx, { entry: { type: "compaction", id, timestamp }, trigger }));
  });

  on("agent_settled", (_, ctx) => {
    tell(ctx.cwd, payload("Stop", ctx, { entries: since(ctx) }));
  });

  on("session_shutdown", async (event, ctx) => {
    if (event.reason !== "reload") tell(ctx.cwd, payload("SessionEnd", ctx, { reason: event.reason, entries: since(ctx) }));
    await kept();
  });
}
// hivemind-git: end
