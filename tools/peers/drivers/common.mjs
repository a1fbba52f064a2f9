// What the Node drivers share. A driver is run as `node DRIVER.mjs BASE_URL`, and prints as the Python drivers do.
export const BASE_URL = process.argv[2];
export const LIMIT_MS = 60_000;
export const MODELS = ["sim-chat", "sim-thinking"];
export const HELLO = "Say hello in one short sentence.";
export const WEATHER = "What is the weather in Paris? Use get_weather.";
export const BOTH = "What is the weather and what is the time in Paris? Use get_weather and get_time.";
export const PERSON = "Give a person with a name and an age.";
export const RESULTS = { get_weather: "18 degrees and sunny", get_time: "14:30" };

export function expect(condition, said) {
  if (!condition) throw new Error(said);
}

export function tell(name, said) {
  console.log(JSON.stringify({ case: name, outcome: said ? "fails" : "passes", said }));
}

// Runs one case within its time, and tells what came of it.
export async function run(name, body) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${LIMIT_MS} ms`)), LIMIT_MS);
  });
  try {
    await Promise.race([body(), late]);
    tell(name, "");
  } catch (error) {
    tell(name, `${error.name}: ${error.message}`);
  } finally {
    clearTimeout(timer);
  }
}
