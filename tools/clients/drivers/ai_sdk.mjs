// The AI SDK: its provider for compatible endpoints over chat completions, its OpenAI provider over the Responses API.
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { Output, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";
import { HELLO, MODEL, PERSON, RESULT, WEATHER, Person, base, main } from "./common.mjs";

const model = (situation) => situation.startsWith("responses")
  ? createOpenAI({ baseURL: base(situation), apiKey: "none" }).responses(MODEL)
  : createOpenAICompatible({
    name: "captured", baseURL: base(situation), apiKey: "none", includeUsage: true, supportsStructuredOutputs: true,
  })(MODEL);

const weather = tool({
  description: "Get the weather in a city.",
  inputSchema: z.object({ city: z.string() }),
  execute: () => RESULT,
});

const text = (situation) => generateText({ model: model(situation), prompt: HELLO, maxRetries: 0 });
const stream = (situation) => streamText({ model: model(situation), prompt: HELLO, maxRetries: 0 }).consumeStream();
const tools = (situation) => generateText({
  model: model(situation), prompt: WEATHER, tools: { get_weather: weather }, stopWhen: stepCountIs(2), maxRetries: 0,
});
const structured = (situation) => generateText({
  model: model(situation), prompt: PERSON, output: Output.object({ schema: Person }), maxRetries: 0,
});

main(Object.fromEntries(["chat", "responses"].flatMap((api) => Object.entries({ text, stream, tools, structured })
  .map(([name, run]) => [`${api}-${name}`, () => run(`${api}-${name}`)]))));
