// What every driver says, and where to. A driver is run as `node DRIVER.mjs ADDRESS/CLIENT`.
import { readFileSync } from "node:fs";
import { z } from "zod";

const said = JSON.parse(readFileSync(new URL("../said.json", import.meta.url), "utf8"));
export const { model: MODEL, hello: HELLO, weather: WEATHER, result: RESULT, person: PERSON } = said;
export const CITY = {
  type: "object",
  properties: { city: { type: "string" } },
  required: ["city"],
  additionalProperties: false,
};
// `.int()` would send bounds that OpenAI itself rejects in a strict schema.
export const Person = z.object({ name: z.string(), age: z.number() });
export const base = (situation) => `${process.argv[2]}/${situation}/v1`;

// Runs every situation. One that fails is told, and the others go on.
export async function main(situations) {
  for (const [name, run] of Object.entries(situations)) {
    try {
      await run();
    } catch (error) {
      console.error(name, error);
      process.exitCode = 1;
    }
  }
}
