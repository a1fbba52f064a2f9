// The official Node client: its plain calls, its stream helper, `runTools` and `.parse`.
import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { CITY, HELLO, MODEL, PERSON, RESULT, WEATHER, Person, base, main } from "./common.mjs";

const client = (situation) => new OpenAI({ baseURL: base(situation), apiKey: "none", maxRetries: 0 });
const described = { name: "get_weather", description: "Get the weather in a city.", parameters: CITY };

main({
  chatText: () => client("chat-text").chat.completions.create({ model: MODEL, messages: [{ role: "user", content: HELLO }] }),
  chatStream: () => client("chat-stream").chat.completions.stream({ model: MODEL, messages: [{ role: "user", content: HELLO }] }).done(),
  chatTools: () => client("chat-tools").chat.completions.runTools({
    model: MODEL,
    messages: [{ role: "user", content: WEATHER }],
    tools: [{ type: "function", function: { ...described, parse: JSON.parse, function: () => RESULT } }],
  }).done(),
  chatStructured: () => client("chat-structured").chat.completions.parse({
    model: MODEL,
    messages: [{ role: "user", content: PERSON }],
    response_format: zodResponseFormat(Person, "person"),
  }),
  responsesText: () => client("responses-text").responses.create({ model: MODEL, input: HELLO }),
  responsesStream: () => client("responses-stream").responses.stream({ model: MODEL, input: HELLO }).finalResponse(),
  responsesTools: async () => {
    const { responses } = client("responses-tools");
    const asked = { role: "user", content: WEATHER };
    const tools = [{ type: "function", ...described, strict: true }];
    const first = await responses.create({ model: MODEL, input: [asked], tools });
    const result = { type: "function_call_output", call_id: first.output[0].call_id, output: RESULT };
    await responses.create({ model: MODEL, input: [asked, ...first.output, result], tools });
  },
  responsesStructured: () => client("responses-structured").responses.parse({
    model: MODEL,
    input: PERSON,
    text: { format: zodTextFormat(Person, "person") },
  }),
});
