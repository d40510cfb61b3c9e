// What the demo is asked for. Before anything is set up: Node's own modules only.

import { parseArgs } from "node:util";

export const USAGE = `usage: npm run demo -- [--flavor mysql|mariadb] [--check]
  --flavor mysql|mariadb   the servers, default mysql
  --check                  ask for no keys, and end with 0 only if no acknowledged write is missing
  --help                   this text`;

const FLAVORS = ["mysql", "mariadb"];

/** @returns what was asked for, or the help that was, or what is wrong with it */
export const demoArguments = (words) => {
	try {
		const { values } = parseArgs({
			args: words,
			options: {
				flavor: { type: "string", default: "mysql" },
				check: { type: "boolean", default: false },
				help: { type: "boolean", short: "h", default: false },
			},
		});
		const { flavor, check, help } = values;
		if (help) return { kind: "help" };
		if (!FLAVORS.includes(flavor))
			return {
				kind: "wrong",
				says: `--flavor ${JSON.stringify(flavor)} is none of ${FLAVORS.join(", ")}`,
			};
		return { kind: "demo", flavor, check };
	} catch (error) {
		return { kind: "wrong", says: error.message };
	}
};
