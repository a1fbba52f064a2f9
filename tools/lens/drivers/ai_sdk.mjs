// The AI SDK: its provider for compatible endpoints, and its OpenAI provider over chat and over the Responses API.
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { Output, embedMany, generateText, jsonSchema, streamText, tool } from "ai";
import { BASE, filled, list, main, replaying } from "./common.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;
const openai = (given) => createOpenAI({ baseURL: BASE, apiKey: "none", fetch: replaying(given) });
const compatible = (given) => createOpenAICompatible({
  name: "lens", baseURL: BASE, apiKey: "none", includeUsage: true, supportsStructuredOutputs: true,
  fetch: replaying(given),
});

// A call of a tool that was not offered is an error here, so those of the request are.
function toolsOf(request) {
  const functions = list(request?.tools).filter((one) => one?.type === "function").map((one) => one.function ?? one);
  const named = functions.filter((one) => typeof one.name === "string");
  return Object.fromEntries(named.map((one) => [one.name, tool({
    description: String(one.description ?? ""), inputSchema: jsonSchema(one.parameters ?? { type: "object" }),
  })]));
}

function asked(model, given) {
  const format = given.request?.response_format ?? given.request?.text?.format;
  const schema = format?.type === "json_schema" ? (format.json_schema ?? format).schema : undefined;
  return {
    model, prompt: "-", maxRetries: 0, tools: toolsOf(given.request),
    ...(schema && { output: Output.object({ schema: jsonSchema(schema) }) }),
    schema,
  };
}

function read({ text, toolCalls, finishReason, usage }) {
  return {
    text,
    "tool calls": toolCalls.map((call) => [Boolean(call.toolCallId), call.toolName, JSON.stringify(call.input ?? null)]),
    invalid: toolCalls.filter((call) => call.invalid).map((call) => call.toolName),
    "finish reason": filled([finishReason === "other" || finishReason === "unknown" ? null : finishReason]),
    usage: usage ? [usage.inputTokens ?? null, usage.outputTokens ?? null, usage.totalTokens ?? null] : [],
  };
}

async function generated(model, given) {
  const { schema, ...options } = asked(model, given);
  const result = await generateText(options);
  // Where nothing was to be parsed, or the response is a call of a tool, `output` raises by design.
  return { ...read(result), ...(schema && result.finishReason === "stop" && { parsed: [await result.output] }) };
}

async function streamed(model, given) {
  const { schema, ...options } = asked(model, given);
  const failed = [];
  const result = streamText({ ...options, onError: ({ error }) => { failed.push(error); } });
  let [text, chunks] = ["", 0];
  for await (const part of result.fullStream) {
    chunks += 1;
    if (part.type === "text-delta") text += part.text;
  }
  if (failed.length) throw failed[0];
  const [toolCalls, finishReason, usage] = await Promise.all([result.toolCalls, result.finishReason, result.totalUsage]);
  return { ...read({ text, toolCalls, finishReason, usage }), chunks: chunks > 0 };
}

async function embedded(model, values) {
  const { embeddings, usage } = await embedMany({ model, values, maxRetries: 0 });
  return { vectors: embeddings.map((one, index) => [index, one.length, one.slice(0, 4)]), usage: [usage?.tokens ?? null] };
}

const CALLS = {
  "POST chat/completions": {
    "compatible generateText": (given) => generated(compatible(given)("m"), given),
    "openai generateText": (given) => generated(openai(given).chat("m"), given),
  },
  "POST chat/completions streamed": {
    "compatible streamText": (given) => streamed(compatible(given)("m"), given),
    "openai streamText": (given) => streamed(openai(given).chat("m"), given),
  },
  "POST responses": { generateText: (given) => generated(openai(given).responses("m"), given) },
  "POST responses streamed": { streamText: (given) => streamed(openai(given).responses("m"), given) },
  "POST embeddings": {
    embedMany: (given) => embedded(
      openai(given).embedding("m"), Array.isArray(given.request?.input) ? given.request.input.map(String) : ["-"],
    ),
  },
};

main(["ai", "@ai-sdk/openai", "@ai-sdk/openai-compatible"], (given) => CALLS[given.place] ?? {});
