// What every driver does: reads recorded exchanges as lines of JSON, gives each to every call of its client, and says
// what the client gave as one line of JSON. The client's `fetch` is replaced: nothing is sent to anybody.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

// The second time, because a machine that is busy is no hang.
const CALL_MS = [4000, 20000];
const LONGEST = 200;
export const BASE = "http://127.0.0.1:9/v1";

// Returns a `fetch` that answers with the recorded bytes, whatever it is called with.
export function replaying(given) {
  const headers = new Headers();
  for (const [name, value] of given.headers) {
    try { headers.append(name, value); } catch { /* a header that no client can be given */ }
  }
  headers.delete("content-encoding"); // the body is decoded already, as a real `fetch` does it
  headers.delete("content-length");
  const bodiless = [101, 103, 204, 205, 304].includes(given.status);
  return async () => new Response(bodiless ? null : streamOf(given), { status: given.status, headers });
}

function streamOf(given) {
  const parts = given.parts.map((part) => Buffer.from(part, "base64"));
  return new ReadableStream({
    pull(controller) {
      const part = parts.shift();
      if (part !== undefined) return controller.enqueue(new Uint8Array(part));
      return given.broken ? controller.error(new TypeError("terminated")) : controller.close();
    },
  });
}

export const filled = (values) => (values.some((value) => value) ? values : []);
export const list = (value) => (Array.isArray(value) ? value : []);
export const usageOf = (usage, names) => (usage ? names.map((name) => usage[name] ?? null) : []);

async function viewOf(call, given) {
  const first = await tried(call, given, CALL_MS[0]);
  return first.raised === "Hangs" ? tried(call, given, CALL_MS[1]) : first;
}

async function tried(call, given, limit) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error("it never ends"), { name: "Hangs" })), limit);
  });
  try {
    return { got: await Promise.race([call(given), late]) };
  } catch (error) {
    return raised(error);
  } finally {
    clearTimeout(timer);
  }
}

function raised(error) {
  const said = detailOf(error) ?? String(error?.message ?? error);
  const at = error instanceof TypeError || error instanceof ReferenceError ? lineOf(error) : "";
  const name = error?.name && error.name !== "Error" ? error.name : error?.constructor?.name;
  const told = error?.error && typeof error.error === "object" ? error.error : {};
  const got = error?.status === undefined ? {} : {
    code: error.code ?? null, type: error.type ?? null, param: error.param ?? null,
    message: typeof told.message === "string" && told.message !== "", "request id": Boolean(error.requestID),
  };
  const words = said.split(/\s+/).join(" ").slice(0, LONGEST) + (at ? `, at \`${at}\`` : "");
  return { got, raised: String(name || "Error").slice(0, LONGEST), words };
}

// Returns what a validation found: the whole message of such an error begins with the whole value.
function detailOf(error) {
  for (let inner = error; inner; inner = inner.cause) {
    const found = list(inner.issues).flatMap((issue) => (issue?.path ? nearest(issue) : []));
    const event = typeof inner.value?.type === "string" ? `in ${inner.value.type}, ` : "";
    if (found.length) return event + found.slice(0, 4).join("; ");
  }
  return null;
}

// Of a value that may have one of several shapes, what is wrong for the shape that it is nearest to: that of its type.
function nearest(issue, before = []) {
  const path = [...before, ...issue.path];
  const shapes = list(issue.errors).filter((one) => Array.isArray(one) && one.length);
  const far = (shape) => (shape.some((one) => one.path?.at(-1) === "type") ? 1000 : 0) + shape.length;
  const [shape] = shapes.sort((one, other) => far(one) - far(other));
  return shape ? shape.flatMap((one) => nearest(one, path)) : [[path.join("."), issue.message].filter(Boolean).join(": ")];
}

// Returns the line of the client that raised: it names the keys that it reads.
function lineOf(error) {
  const found = /\(?(?:file:\/\/)?(\/[^\s()]*node_modules[^\s()]*):(\d+):\d+\)?/.exec(error.stack ?? "");
  if (!found) return "";
  try {
    return readFileSync(found[1], "utf8").split("\n")[Number(found[2]) - 1].trim().slice(0, 100);
  } catch {
    return "";
  }
}

export function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`../node_modules/${name}/package.json`, import.meta.url), "utf8")).version;
}

// Answers every line until the input ends. `callsOf` returns the calls of an exchange by name.
export async function main(versions, callsOf) {
  // What a client drops and nobody awaits would end the process.
  process.on("unhandledRejection", () => {});
  process.on("uncaughtException", () => {});
  const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  for (const name of ["log", "info", "warn", "error", "debug"]) console[name] = () => {};
  say({ versions: Object.fromEntries(versions.map((name) => [name, versionOf(name)])) });
  for await (const line of createInterface({ input: process.stdin })) {
    const given = JSON.parse(line);
    const views = {};
    for (const [name, call] of Object.entries(callsOf(given))) views[name] = await viewOf(call, given);
    say({ number: given.number, views });
  }
  process.exit(0);
}
