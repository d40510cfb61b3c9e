import { z } from "zod";
import type { Json } from "../compat/json/go-json.ts";
import { fullPath } from "./dispatch.ts";
import { compilePath } from "./path.ts";
import type { Route } from "./route.ts";

const ENVELOPE = {
	type: "object",
	required: ["Code", "Message", "Details"],
	properties: {
		Code: { type: "string", enum: ["OK", "ERROR"] },
		Message: { type: "string" },
		Details: {},
	},
} as const satisfies Json;

interface JsonSchema {
	readonly properties?: Readonly<Record<string, unknown>>;
	readonly required?: readonly string[];
}

const propertiesOf = (route: Route): JsonSchema => {
	const { properties, required } = z.toJSONSchema(route.input, {
		io: "input",
		unrepresentable: "any",
	});
	return {
		...(properties === undefined ? {} : { properties }),
		...(required === undefined ? {} : { required }),
	};
};

/** A schema as this description holds it: what JSON can say, and nothing else. */
const asJson = (value: unknown): Json => JSON.parse(JSON.stringify(value));

const parametersOf = (route: Route, path: string): Json[] => {
	const inPath = compilePath(path).parameters;
	const { properties = {}, required = [] } = propertiesOf(route);
	const named = inPath.map((name) => ({
		name,
		in: "path",
		required: true,
		schema: asJson(properties[name] ?? { type: "string" }),
	}));
	const inQuery = route.query.map((name) => ({
		name,
		in: "query",
		required: required.includes(name),
		schema: asJson(properties[name] ?? { type: "string" }),
	}));
	const inHeaders = route.headers.map((name) => ({
		name,
		in: "header",
		required: false,
		schema: { type: "string" },
	}));
	return [...named, ...inQuery, ...inHeaders];
};

const operationOf = (route: Route, path: string, method: string): Json => ({
	summary: route.says,
	operationId: `${method} ${path}`,
	parameters: parametersOf(route, path),
	"x-access": route.access,
	"x-changes": route.changes,
	...(route.severity === undefined ? {} : { "x-severity": route.severity }),
	responses: {
		"200": {
			description: "Done",
			content: {
				[route.media ?? "application/json"]: {
					schema: route.answering.kind === "envelope" ? ENVELOPE : {},
				},
			},
		},
		...(route.failures === "drop-in"
			? {
					"500": {
						description: "Every failure",
						content: { "application/json": { schema: ENVELOPE } },
					},
				}
			: {
					default: {
						description: "A failure, by its kind",
						content: { "application/json": { schema: ENVELOPE } },
					},
				}),
	},
});

const methodsOf = (route: Route): string[] =>
	route.changes ? ["post", "get"] : ["get"];

/** The OpenAPI 3.1 description of the route table. Paths of changes show GET beside the canonical POST. */
export const openApiOf = (
	routes: readonly Route[],
	prefix: string,
	version: string,
): Json => ({
	openapi: "3.1.0",
	info: { title: "Baton", version },
	paths: Object.fromEntries(
		routes.map((route) => {
			const path = fullPath(route, prefix);
			return [
				path.replace(/:(\w+)/g, "{$1}"),
				Object.fromEntries(
					methodsOf(route).map((method) => [
						method,
						operationOf(route, path, method),
					]),
				),
			];
		}),
	),
});

/** The table of routes for the manual. */
export const routesMarkdown = (routes: readonly Route[]): string =>
	[
		"| Route | Method | Access | Answers | What it does |",
		"|---|---|---|---|---|",
		...routes.map(
			(route) =>
				`| \`${fullPath(route, "")}\` | ${methodsOf(route).join(", ").toUpperCase()} | ${route.access} | ${route.answering.kind} | ${route.says} |`,
		),
		"",
	].join("\n");
