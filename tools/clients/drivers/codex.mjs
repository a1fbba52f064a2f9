// Codex, without a terminal. It speaks the Responses API alone, always streams, and brings tools of its own.
import { spawnSync } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HELLO, MODEL, base, main } from "./common.mjs";

const CODEX = fileURLToPath(new URL("../node_modules/@openai/codex/bin/codex.js", import.meta.url));
const SETTINGS = {
  model: MODEL,
  model_provider: "captured",
  "model_providers.captured.name": "captured",
  "model_providers.captured.env_key": "CAPTURED_KEY",
  "model_providers.captured.wire_api": "responses",
};

function run(situation) {
  const home = mkdtempSync(join(tmpdir(), "codex-"));
  const all = { ...SETTINGS, "model_providers.captured.base_url": base(situation) };
  const options = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${JSON.stringify(value)}`]);
  const command = [CODEX, "exec", "--skip-git-repo-check", "--sandbox", "read-only", ...options, HELLO];
  const env = { ...process.env, HOME: home, CODEX_HOME: home, CAPTURED_KEY: "none" };
  const ended = spawnSync(process.execPath, command, { cwd: home, env, encoding: "utf8", timeout: 60000, input: "" });
  if (ended.status !== 0) throw new Error(ended.stderr);
}

main({ responsesTools: () => run("responses-tools") });
