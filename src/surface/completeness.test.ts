/** Every command and route of the reference is here whole; and a fault in any of its properties would be noticed. */
import { beforeAll, describe, expect, test } from "vitest";
import { DROP_IN_ROUTES } from "../api/reference-routes.ts";
import type { Route } from "../api/route.ts";
import type { Command } from "../cli/command.ts";
import { COMMANDS } from "../cli/command-table.ts";
import { ALL_FLAGS } from "../cli/flag-table.ts";
import { REFERENCE_COMMANDS } from "../cli/reference-commands.ts";
import { servedRoutes } from "../manual/api.ts";

const SENTENCES = /^[A-Z][\s\S]{20,}\.$/;
const LINE = /^[A-Z][^\n]{5,79}[^.\n]$/;

/** What is missing of a command; by property, so that each can be planted. */
const COMMAND_FAULTS: Readonly<Record<string, (command: Command) => boolean>> =
	{
		help: ({ help }) => !SENTENCES.test(help),
		summary: ({ summary }) => !LINE.test(summary),
		access: ({ access }) => access !== "reads" && access !== "changes",
		flags: ({ flags }) =>
			flags.some(
				({ flag }) => !ALL_FLAGS.some(({ name }) => flag === `-${name}`),
			),
		text: ({ run }) => typeof run !== "function",
		json: ({ json }) => typeof json !== "function",
		// What serves until it is told to stop does no single thing.
		advance: ({ access, flags, name }) =>
			access === "changes" &&
			name !== "continuous" &&
			!flags.some(({ flag }) => flag === "-dry-run"),
	};

const ROUTE_FAULTS: Readonly<Record<string, (route: Route) => boolean>> = {
	help: ({ says }) => says.length < 5,
	// What changes something asks for the right to, and is recorded on its way by this very property.
	access: ({ access, changes }) => changes && access !== "write",
	failures: ({ failures }) => failures !== "drop-in",
	text: ({ answering }) => typeof answering.run !== "function",
};

const faultsOf = <T>(
	name: string,
	found: readonly T[],
	faults: Readonly<Record<string, (one: T) => boolean>>,
): string[] => {
	const [one, ...more] = found;
	if (one === undefined) return [`${name}: is not there`];
	return [
		...(more.length > 0 ? [`${name}: is there twice`] : []),
		...Object.entries(faults)
			.filter(([, isAt]) => isAt(one))
			.map(([property]) => `${name}: ${property}`),
	];
};

const faultsOfCommands = (commands: readonly Command[]): string[] =>
	[...REFERENCE_COMMANDS].flatMap((name) =>
		faultsOf(
			name,
			commands.filter((each) => each.name === name),
			COMMAND_FAULTS,
		),
	);

/** A parameter that the schema does not name would not be looked at. */
const unchecked = ({ path, input }: Route): string[] => {
	const shape = (input as { readonly shape?: object }).shape ?? {};
	return [...path.matchAll(/:(\w+)/g)]
		.map(([, name = ""]) => name)
		.filter((name) => !Object.hasOwn(shape, name));
};

const faultsOfRoutes = (routes: readonly Route[]): string[] =>
	DROP_IN_ROUTES.flatMap((path) => {
		const found = routes.filter((each) => each.path === path);
		const validation = found
			// Those that only say that they are not here read nothing.
			.filter((each) => !each.isAbsent && !path.startsWith("raft-"))
			.flatMap(unchecked)
			.map((name) => `${path}: validation of ${name}`);
		return [...faultsOf(path, found, ROUTE_FAULTS), ...validation];
	});

let routes: readonly Route[];
beforeAll(async () => {
	routes = await servedRoutes();
});

/** Not built, which a command says when it is asked for. */
const ABSENT = [...REFERENCE_COMMANDS].filter(
	(name) => !COMMANDS.some((each) => each.name === name),
);

test("commands", () => {
	expect(faultsOfCommands(COMMANDS)).toEqual(
		ABSENT.map((name) => `${name}: is not there`),
	);
});

test("routes", () => {
	expect(faultsOfRoutes(routes)).toEqual([]);
});

describe("a planted fault is noticed", () => {
	const planted = (name: string, fault: object): string[] =>
		faultsOfCommands(
			COMMANDS.map((each) =>
				each.name === name ? ({ ...each, ...fault } as Command) : each,
			),
		).filter((each) => each.startsWith(`${name}: `));

	test.each([
		["help", { help: "" }],
		["summary", { summary: "no capital" }],
		["access", { access: "" }],
		["flags", { flags: [{ flag: "-nosuch", isRequired: false }] }],
		["text", { run: undefined }],
		["json", { json: undefined }],
		["advance", { flags: [] }],
	])("in a command: %s", (property, fault) => {
		expect(planted("begin-downtime", fault)).toContain(
			`begin-downtime: ${property}`,
		);
	});

	test("a command that is missing, or there twice", () => {
		const [one] = COMMANDS;
		if (one === undefined) throw new Error("there are commands");
		const name = one.name;
		expect(faultsOfCommands(COMMANDS.filter((each) => each !== one))).toContain(
			`${name}: is not there`,
		);
		expect(faultsOfCommands([...COMMANDS, one])).toContain(
			`${name}: is there twice`,
		);
	});

	test.each([
		["help", { says: "" }],
		["access", { access: "open" }],
		["failures", { failures: "by-kind" }],
		["text", { answering: {} }],
		["validation of host", { input: {} }],
	])("in a route: %s", (property, fault) => {
		const path = "discover/:host/:port";
		const faulty = routes.map((each) =>
			each.path === path ? ({ ...each, ...fault } as Route) : each,
		);
		expect(faultsOfRoutes(faulty)).toContain(`${path}: ${property}`);
		expect(
			faultsOfRoutes(routes.filter((each) => each.path !== path)),
		).toContain(`${path}: is not there`);
	});
});
