// How Allure presents a run: one environment per target, groups by capability, categories by cause.
// It runs in the folder of the results, and reads there what only the run knows. It imports nothing, so that it can
// stay in this package, away from the folder that Allure is installed in.
import { readFileSync } from "node:fs";

const read = (file, otherwise) => {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return otherwise;
    throw error;
  }
};

const of = (target) => ({ labels }) => labels.some(({ name, value }) => name === "target" && value === target);

// Allure refuses dots in the id of an environment; `_` cannot stand in the name of a target.
const environments = Object.entries(read("environments.json", {})).map(([target, { name, variables }]) => [
  target.replace(/[^A-Za-z0-9-]/g, "_"),
  { name: name ?? target, variables: variables ?? {}, matcher: of(target) },
]);

// What earlier reports have shown, one line for each; this report adds its own. A line has 1 kB for each check.
const kept = process.env.CONFORMANCE_ALLURE_HISTORY;
const history = kept ? { historyPath: kept, historyLimit: 10, appendHistory: true } : {};

export default {
  ...history,
  name: "OpenAI compatibility",
  environments: Object.fromEntries(environments),
  categories: read("categories.json", []),
  plugins: {
    awesome: {
      options: {
        reportName: "OpenAI compatibility",
        reportLanguage: "en",
        groupBy: ["epic", "feature"],
        // One file, because a browser refuses to fetch the others from file://.
        singleFile: true,
      },
    },
  },
};
