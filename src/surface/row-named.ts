import { errors } from "../errors.ts";
import { didYouMean } from "../naming/near.ts";
import type { Action } from "./action.ts";
import type { Described } from "./described.ts";
import type { Operation } from "./operation.ts";
import { ACTIONS, OPERATIONS } from "./tables.ts";

/** A row of one of the two tables. */
export type NamedRow =
	| { readonly is: "operation"; readonly row: Operation }
	| { readonly is: "action"; readonly row: Action };

const ROWS: readonly NamedRow[] = [
	...OPERATIONS.map((row) => ({ is: "operation" as const, row })),
	...ACTIONS.map((row) => ({ is: "action" as const, row })),
];

/** By its own name, or by one that its routes begin with: older spellings, and those with the newer word. */
const namesOf = ({ name, routes }: Described): readonly string[] => {
	const heads = routes.map((path) => path.split("/")[0] ?? "");
	return [
		name,
		...heads,
		...heads.map((each) => each.replace("slave", "replica")),
	];
};

/** Rows that have names first: a route of one may begin with the name of another one. @throws BatonError BadInput */
const find = (command: string): NamedRow | undefined => {
	const own = ROWS.find(({ row }) => row.name === command);
	if (own !== undefined) return own;
	const [found, ...others] = ROWS.filter(({ row }) =>
		namesOf(row).includes(command),
	);
	if (found === undefined || others.length === 0) return found;
	throw errors.oneOfSeveral({
		command,
		names: [found, ...others].map(({ row }) => row.name),
	});
};

/**
 * An action without a route is for the one who types it: it prints a secret, or is about the cluster of the host that it is typed on.
 */
const isTypedOnly = ({ is, row }: NamedRow): boolean =>
	is === "action" && row.routes.length === 0;

/** What can be asked for by its name, wherever that is given. @throws BatonError BadInput */
export const rowNamed = (command: string): NamedRow => {
	const named = find(command);
	if (named === undefined)
		throw errors.noSuchChange({
			command,
			near: didYouMean(
				command,
				ROWS.map(({ row }) => row.name),
			),
		});
	if (isTypedOnly(named)) throw errors.typedOnly({ command });
	return named;
};
