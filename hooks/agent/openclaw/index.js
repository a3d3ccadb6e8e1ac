// hivemind-git: begin
// A native plugin of OpenClaw: what happens in a session, handed to the hook of the repository that the agent works in.
//
// Every message of a session passes before it is written, without access to conversations being granted. What a handler of
// before_tool_call throws, or is late with, would block the tool: ours does neither.

import { join } from "node:path";

import { absolute, image, said, slim, teller, version } from "./tell.js";

const WRITERS = new Map([
  ["edit", "Edit"],
  ["write", "Write"],
  ["apply_patch", "apply_patch"],
]);
const READERS = new Set(["read", "ls", "grep", "find", "web_fetch", "web_search", "tool_search", "tool_describe"]);
const PATIENCE_MS = 12_000; // the client's is 15 seconds

const [tell, kept] = teller("openclaw");

// The client registers a plugin more than once, and what a session's hooks saw must be known where the gateway stops.
// uses: the tool calls under way. sessions, by key: id, what was said since the last payload, the run and its answers.
const { uses, sessions } = (globalThis[Symbol.for("hivemind-git openclaw")] ??= { uses: new Map(), sessions: new Map() });

const soon = (promise) => Promise.race([promise, new Promise((done) => setTimeout(done, PATIENCE_MS).unref())]);

export default {
  id: "hivemind",
  name: "hivemind-git",
  description: "Hands what happens to the hook of the git repository that the agent works in.",
  register(api) {
    const started = version(/^openclaw$/);

    const on = (name, handler) =>
      api.on(name, (event, ctx) => {
        try {
          return handler(event, ctx)?.catch?.(() => undefined);
        } catch {
          return undefined;
        }
      });

    const session = (ctx) => {
      const key = ctx.sessionKey ?? ctx.sessionId ?? "";
      if (!sessions.has(key)) sessions.set(key, { entries: [], run: "", answers: 0, began: Date.now() });
      const found = sessions.get(key);
      found.id = ctx.sessionId ?? found.id;
      found.agent = ctx.agentId ?? found.agent;
      return found;
    };

    const folder = ({ agent }) => {
      const config = api.runtime?.config?.current?.() ?? api.config;
      return api.runtime.agent.resolveAgentWorkspaceDir(config, agent ?? "main");
    };

    // Nothing is told before the session's id is known; what was said waits for it.
    const report = (name, of, more) => {
      if (!of.id) return undefined;
      const cwd = folder(of);
      if (of.told !== of.id && name !== "SessionStart") report("SessionStart", of, { source: "startup" });
      of.told = of.id;
      const payload = {
        hook_event_name: name,
        session_id: of.id,
        cwd,
        transcript_path: join(api.runtime.state.resolveStateDir(process.env), "agents", of.agent ?? "main", "agent", "openclaw-agent.sqlite", of.id),
        permission_mode: "ask",
        model: of.model,
        client_version: started,
        at: name === "SessionStart" ? of.began : Date.now(), // told in turn, it may be kept later
        ...more,
        entries: name === "SessionStart" ? [] : of.entries.splice(0),
      };
      return tell(cwd, payload);
    };

    on("session_start", (event, ctx) => {
      const of = session({ ...ctx, ...event });
      report("SessionStart", of, { source: event.resumedFrom ? "resume" : "startup" });
    });

    on("before_message_write", (event, ctx) => {
      const of = session(ctx);
      const { message } = event;
      const at = new Date().toISOString();
      if (message.role === "user") {
        const key = message.idempotencyKey ?? `at-${message.timestamp}`;
        Object.assign(of, { run: key, answers: 0, prompted: true });
        of.entries.push({ type: "message", id: key, timestamp: at, message: slim(message) });
      } else if (message.role === "assistant") {
        of.model = message.model ?? of.model;
        of.entries.push({ type: "message", id: `${of.run}#${of.answers}`, timestamp: at, message: slim(message) });
        of.answers += 1;
        if (message.stopReason !== "toolUse") report("Stop", of);
      }
    });

    on("model_call_started", (_, ctx) => {
      const of = session(ctx);
      if (!of.prompted) return;
      of.prompted = false;
      report("UserPromptSubmit", of);
    });

    on("before_tool_call", async (event, ctx) => {
      const of = session(ctx);
      const { toolName: tool, toolCallId: id, params } = event;
      const use = { reads: READERS.has(tool) };
      uses.set(id, use);
      if (use.reads) return;
      if (tool === "exec") {
        // The worktree must stand still until it was looked at.
        use.watched = true;
        await soon(report("PreToolUse", of, { tool_name: "Bash", tool_use_id: id, tool_input: params }));
        return;
      }
      await soon(kept());
      const paths = tool === "edit" ? [absolute(params.path, folder(of))] : (event.derivedPaths ?? []);
      use.stood = Object.fromEntries(await Promise.all(paths.map(async (path) => [path, await image(path)])));
    });

    on("after_tool_call", async (event, ctx) => {
      const of = session(ctx);
      const { toolName: tool, toolCallId: id, params, result, error, durationMs } = event;
      const use = uses.get(id);
      uses.delete(id);
      const { status, exitCode, deniedReason, reason, patch, created, kind } = result?.details ?? {};
      const more = {
        tool_name: tool === "exec" ? "Bash" : (WRITERS.get(tool) ?? tool),
        tool_use_id: id,
        tool_input: params.path ? { ...params, file_path: absolute(params.path, folder(of)) } : params,
        duration_ms: durationMs,
        failed: error !== undefined,
        said: said(result?.content),
        details: { status, exitCode, deniedReason, reason, patch, created, kind },
        stood: use?.stood,
      };
      await report(deniedReason && !use?.watched ? "PermissionDenied" : "PostToolUse", of, more);
    });

    on("after_compaction", (event, ctx) => {
      if (event.compactedCount !== 0) report("PostCompact", session(ctx), { trigger: "auto" });
    });

    on("session_end", async (event, ctx) => {
      const of = session({ ...ctx, ...event });
      if (of.told === of.id) await report("SessionEnd", of, { reason: event.reason });
      sessions.delete(ctx.sessionKey ?? ctx.sessionId ?? "");
    });

    // Of a conversation that came over HTTP nothing else tells the end.
    on("gateway_stop", async () => {
      for (const of of sessions.values()) report("SessionEnd", of, { reason: "shutdown" });
      sessions.clear();
      await kept();
    });
  },
};
// hivemind-git: end
