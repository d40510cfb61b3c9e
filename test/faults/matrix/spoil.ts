// What servers refuse whatever else happens, so that an operation is taken back and faults can hit that.

import { ServerFault } from "../../../src/mysql/driver-error.ts";
import type { Spoilt } from "./layout.ts";
import type { Trap } from "./tap.ts";

const REFUSAL = () =>
	new ServerFault("refused-by-server", "spoilt by the fault matrix", 1227);

export const NO_TRAP: Trap = {
	before: async () => undefined,
	answered: async () => undefined,
};

export const spoiling = ({ at, once }: Spoilt): Trap => {
	let isOver = false;
	return {
		...NO_TRAP,
		before: async ({ alias, text }) => {
			if (isOver || !at.test(`${alias}: ${text}`)) return;
			isOver = once === true;
			throw REFUSAL();
		},
	};
};

/** The first has its say first. */
export const bothOf = (first: Trap, second: Trap): Trap => ({
	before: async (...said) => {
		await first.before(...said);
		await second.before(...said);
	},
	answered: async (...said) => {
		await first.answered(...said);
		await second.answered(...said);
	},
});
