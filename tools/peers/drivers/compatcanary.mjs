// CompatCanary's own probes, in its profile for chat and Responses.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { BASE_URL, LIMIT_MS, MODELS, tell } from "./common.mjs";

const CLI = fileURLToPath(new URL("../node_modules/compatcanary/src/cli.js", import.meta.url));

for (const model of MODELS) {
  const options = ["scan", "--base-url", BASE_URL, "--model", model, "--api-key", "none", "--format", "json"];
  const ended = spawnSync(process.execPath, [CLI, ...options, "--fail-on", "never"], { encoding: "utf8", timeout: LIMIT_MS });
  for (const one of JSON.parse(ended.stdout).results) {
    tell(`${model}/${one.id}`, one.status === "pass" ? "" : `${one.status}: ${one.summary}`);
  }
}
