// The AI SDK: OpenAI's provider over the Responses API and over chat, and the one for compatible endpoints.
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { Output, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { BASE_URL, BOTH, HELLO, MODELS, PERSON, RESULTS, WEATHER, expect, run } from "./common.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false;
const openai = createOpenAI({ baseURL: BASE_URL, apiKey: "none" });
const compatible = createOpenAICompatible({
  name: "peer", baseURL: BASE_URL, apiKey: "none", includeUsage: true, supportsStructuredOutputs: true,
});
const PROVIDERS = { responses: openai.responses, chat: openai.chat, compatible };
const Person = z.object({ name: z.string(), age: z.number() });
const Report = z.object({ city: z.string(), weather: z.string() });

function toolsOf(ran, ...names) {
  const made = (name) => tool({
    description: `Get the ${name.slice(4)} in a city.`,
    inputSchema: z.object({ city: z.string() }),
    execute: ({ city }) => {
      expect(city === "Paris", `${name} is called with ${city}`);
      ran.push(name);
      return RESULTS[name];
    },
  });
  return Object.fromEntries(names.map((name) => [name, made(name)]));
}

function expectRun(ran, names, told) {
  expect([...ran].sort().join() === [...names].sort().join(), `the tools run are ${ran}`);
  for (const name of names) expect(told.includes(RESULTS[name]), `the result of ${name} is not in ${told}`);
}

// `onError` is silent: what goes wrong in a stream is raised by its promises.
const asked = (model, prompt, more) => ({
  model, prompt, maxRetries: 0, stopWhen: stepCountIs(6), ...more,
});
const generated = (...all) => generateText(asked(...all));
async function streamed(...all) {
  let failed;
  const result = streamText({ ...asked(...all), onError: ({ error }) => { failed = error; } });
  let text = "";
  for await (const delta of result.textStream) text += delta;
  if (failed) throw failed;
  return { text: await result.text, deltas: text, output: result.output };
}

async function looped(how, model, prompt, ...names) {
  const ran = [];
  const { text } = await how(model, prompt, { tools: toolsOf(ran, ...names) });
  expectRun(ran, names, text);
}

const CASES = {
  text: async (model) => expect((await generated(model, HELLO)).text, "the text is empty"),
  stream: async (model) => {
    const { text, deltas } = await streamed(model, HELLO);
    expect(text && text === deltas, `the deltas ${deltas} are not ${text}`);
  },
  tool: (model) => looped(generated, model, WEATHER, "get_weather"),
  "two-tools": (model) => looped(generated, model, BOTH, "get_weather", "get_time"),
  "tool-stream": (model) => looped(streamed, model, WEATHER, "get_weather"),
  "two-tools-stream": (model) => looped(streamed, model, BOTH, "get_weather", "get_time"),
  "second-turn": async (model) => {
    const messages = [{ role: "user", content: WEATHER }];
    const tools = toolsOf([], "get_weather");
    const common = { model, tools, maxRetries: 0, stopWhen: stepCountIs(6) };
    const first = await generateText({ ...common, messages });
    const next = [...messages, ...first.response.messages, { role: "user", content: HELLO }];
    expect((await generateText({ ...common, messages: next })).text, "the text is empty");
  },
  structured: async (model) => {
    const { output } = await generated(model, PERSON, { output: Output.object({ schema: Person }) });
    Person.parse(output);
  },
  "structured-stream": async (model) => {
    const { output } = await streamed(model, PERSON, { output: Output.object({ schema: Person }) });
    Person.parse(await output);
  },
  "tool-structured": async (model) => {
    const ran = [];
    const more = { tools: toolsOf(ran, "get_weather"), output: Output.object({ schema: Report }) };
    const { output } = await generated(model, WEATHER, more);
    expect(ran.join() === "get_weather", `the tools run are ${ran}`);
    Report.parse(output);
  },
};

for (const [api, provider] of Object.entries(PROVIDERS)) {
  for (const name of MODELS) {
    for (const [title, body] of Object.entries(CASES)) await run(`${api}/${name}/${title}`, () => body(provider(name)));
  }
}
