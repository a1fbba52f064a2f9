// The official Node client: its plain calls, its loops, its stream helpers and `parse`.
import OpenAI from "openai";
import { makeParseableResponseFormat, makeParseableTextFormat } from "openai/lib/parser";
import { BASE, filled, list, main, replaying, usageOf } from "./common.mjs";

const COUNTS = ["prompt_tokens", "input_tokens", "completion_tokens", "output_tokens", "total_tokens"];
const client = (given) => new OpenAI({ baseURL: BASE, apiKey: "none", maxRetries: 0, fetch: replaying(given) });
const usage = (value) => usageOf(value, COUNTS);

const called = (call) => (call.type === "custom"
  ? [Boolean(call.id), call.custom.name, call.custom.input]
  : [Boolean(call.id), call.function.name, call.function.arguments]);

function choices(completion) {
  const messages = completion.choices.map((choice) => choice.message);
  return {
    first: Boolean(completion.choices[0].message),
    text: messages.map((message) => message.content),
    refusal: messages.map((message) => message.refusal).filter(Boolean),
    audio: messages.filter((message) => message.audio).map((message) => Boolean(message.audio.data)),
    "tool calls": messages.flatMap((message) => (message.tool_calls ?? []).map(called)),
    "finish reason": filled(completion.choices.map((choice) => choice.finish_reason)),
    logprobs: completion.choices.filter((choice) => choice.logprobs).map((one) => list(one.logprobs.content).length),
    usage: usage(completion.usage),
  };
}

async function chatLoop(given) {
  const asked = Boolean(given.request?.stream_options?.include_usage);
  let [text, chunks, finish, counted] = ["", 0, null, null];
  const calls = new Map();
  for await (const chunk of await client(given).chat.completions.create({ model: "m", messages: [], stream: true })) {
    chunks += 1;
    counted = chunk.usage || counted;
    if (asked && !chunk.choices.length) continue;
    for (const choice of [chunk.choices[0], ...chunk.choices.slice(1)]) {
      text += choice.delta.content ?? "";
      finish = choice.finish_reason || finish;
      for (const call of choice.delta.tool_calls ?? []) {
        if (!calls.has(call.index)) calls.set(call.index, [Boolean(call.id), call.function?.name ?? null, ""]);
        calls.get(call.index)[2] += call.function?.arguments ?? "";
      }
    }
  }
  return { text, "tool calls": [...calls.values()], "finish reason": finish, usage: usage(counted), chunks: chunks > 0 };
}

function read(response) {
  return {
    text: response.output_text,
    "tool calls": response.output.filter((item) => item.type === "function_call")
      .map((item) => [Boolean(item.call_id), item.name, item.arguments]),
    items: response.output.map((item) => item.type),
    status: response.status,
    usage: usage(response.usage),
  };
}

async function told(stream) {
  let [text, last] = ["", null];
  const kinds = [];
  for await (const event of await stream) {
    kinds.push(event.type);
    if (event.type === "response.output_text.delta") text += event.delta;
    if (["response.completed", "response.incomplete", "response.failed"].includes(event.type)) last = event.response;
  }
  const ended = last === null ? {} : read({ output_text: "", ...last });
  return {
    text, chunks: kinds,
    ...Object.fromEntries(Object.entries(ended).filter(([name]) => name !== "text").map(([k, v]) => [`final ${k}`, v])),
  };
}

const schemaOf = (given) => {
  const format = given.request?.response_format ?? given.request?.text?.format;
  return format?.type === "json_schema" ? format : null;
};

const CALLS = {
  "POST chat/completions": (given) => ({
    create: async () => choices(await client(given).chat.completions.create({ model: "m", messages: [] })),
    ...(schemaOf(given) && {
      parse: async () => {
        const format = makeParseableResponseFormat(schemaOf(given), JSON.parse);
        const completion = await client(given).chat.completions.parse({ model: "m", messages: [], response_format: format });
        return { ...choices(completion), parsed: completion.choices.map((one) => one.message.parsed ?? null) };
      },
    }),
  }),
  "POST chat/completions streamed": () => ({
    loop: chatLoop,
    "stream helper": async (given) => choices(
      await client(given).chat.completions.stream({ model: "m", messages: [] }).finalChatCompletion(),
    ),
  }),
  "POST responses": (given) => ({
    create: async () => read(await client(given).responses.create({ model: "m", input: "" })),
    ...(schemaOf(given) && {
      parse: async () => {
        const format = makeParseableTextFormat(schemaOf(given), JSON.parse);
        const found = await client(given).responses.parse({ model: "m", input: "", text: { format } });
        return { ...read(found), parsed: [found.output_parsed ?? null] };
      },
    }),
  }),
  "POST responses streamed": () => ({
    loop: (given) => told(client(given).responses.create({ model: "m", input: "", stream: true })),
    "stream helper": async (given) => read(await client(given).responses.stream({ model: "m", input: "" }).finalResponse()),
  }),
  "POST completions": () => ({
    create: async (given) => {
      const found = await client(given).completions.create({ model: "m", prompt: "" });
      return {
        text: found.choices.map((one) => one.text),
        "finish reason": filled(found.choices.map((one) => one.finish_reason)),
        usage: usage(found.usage),
      };
    },
  }),
  "POST embeddings": () => ({
    create: async (given) => {
      const asked = given.request?.encoding_format;
      const found = await client(given).embeddings.create({ model: "m", input: "", ...(asked && { encoding_format: asked }) });
      return {
        vectors: found.data.map((one) => [one.index, one.embedding.length, list(one.embedding).slice(0, 4)]),
        usage: usage(found.usage),
      };
    },
  }),
  "POST moderations": () => ({
    create: async (given) => {
      const found = (await client(given).moderations.create({ input: "" })).results;
      return { verdicts: found.map((one) => one.flagged), scores: found.map((one) => Boolean(one.category_scores)) };
    },
  }),
  "POST images/generations": () => ({
    generate: async (given) => {
      const found = (await client(given).images.generate({ prompt: "" })).data ?? [];
      return { pictures: found.map((one) => [Boolean(one.b64_json), Boolean(one.url)]) };
    },
  }),
  "GET models": () => ({
    list: async (given) => {
      const found = [];
      for await (const model of client(given).models.list()) found.push(model.id);
      return { models: found };
    },
  }),
  "GET models/": () => ({
    retrieve: async (given) => {
      const model = await client(given).models.retrieve("m");
      return { id: model.id, created: Number.isInteger(model.created), owner: model.owned_by };
    },
  }),
};

main(["openai"], (given) => {
  const place = given.place.startsWith("GET models/") ? "GET models/" : given.place;
  return CALLS[place]?.(given) ?? {};
});
