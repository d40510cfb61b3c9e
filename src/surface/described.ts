import type { Fields, Takes } from "./argument.ts";
import type { Category } from "./category.ts";
import type { FlagUse } from "./flag-use.ts";

/** What a person is told of a row, and where it stands. */
export interface Wording<Taken extends Takes> {
	readonly category: Category;
	/** One line for the listings of both surfaces. */
	readonly says: string;
	/** The same for the API, where it does something else or defaults differ. */
	readonly saysInApi?: string;
	/** The topic's text. */
	readonly help: string;
	readonly takes: Taken;
	/** As the reference spells them, below `/api/`; their synonyms follow by its rule. None: not in the API. */
	readonly routes: readonly string[];
	/** Not a command of the command line. */
	readonly isApiOnly?: true;
}

/** The same of any row, with what its arguments are on both surfaces. */
export interface Described {
	readonly name: string;
	readonly category: Category;
	readonly says: string;
	readonly saysInApi: string;
	readonly help: string;
	readonly routes: readonly string[];
	readonly isApiOnly: boolean;
	readonly takes: Takes;
	readonly flags: readonly FlagUse[];
	readonly takesWholeList: boolean;
	/** Parameters of the routes; which of them may stand in the query. */
	readonly fields: Fields;
	readonly query: readonly string[];
}

export const described = (name: string, row: Wording<Takes>): Described => {
	const taken = Object.values(row.takes);
	return {
		name,
		category: row.category,
		says: row.says,
		saysInApi: row.saysInApi ?? row.says,
		help: row.help,
		routes: row.routes,
		isApiOnly: row.isApiOnly === true,
		takes: row.takes,
		flags: taken.flatMap((each) => each.cli?.flags ?? []),
		takesWholeList: taken.some((each) => each.cli?.takesWholeList === true),
		fields: Object.assign({}, ...taken.map((each) => each.api?.fields)),
		query: taken.flatMap((each) => each.api?.query ?? []),
	};
};
