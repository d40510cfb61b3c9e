/** Writes the manual's page of the HTTP API. `npx tsx src/manual/api.ts` renews docs/api.md. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import type { ApiDeps } from "../api/deps.ts";
import { fullPath } from "../api/dispatch.ts";
import { createChangeBus } from "../api/events.ts";
import { routesMarkdown } from "../api/openapi.ts";
import type { Route } from "../api/route.ts";
import { createApi } from "../api/server.ts";
import { documentedDefaults } from "../config/keys.ts";
import type { Store } from "../store/contract.ts";
import { openStore } from "../store/open-store.ts";

const INTRODUCTION = `# The HTTP API

This page is generated from the route table in \`src/api\`; do not edit it. A running node describes the same table at
\`/api/openapi.json\` (OpenAPI 3.1).

- **Answers**: an \`envelope\` is \`{"Code", "Message", "Details"}\` with Code \`OK\` or \`ERROR\`; \`bare\` is the value alone;
  \`raw\` is a stream or text. Paths that orchestrator has answer every failure with status 500 and an envelope, as it does;
  Baton's own use the status that fits (400, 403, 404, 409, 502, 503).
- **Methods**: a route that changes something takes POST, its fields in the path or as a JSON body, and GET for
  \`orchestrator-client\` and scripts. A browser that another site sends here is refused, whatever its method.
- **Access**: \`open\` routes answer everybody who passes authentication; \`write\` routes need the right to change
  (\`AuthenticationMethod\`, \`PowerAuthUsers\`, \`ReadOnly\` in [configuration](configuration.md)).
- **Operations** (relocation, takeover, recovery) are run as workflows; the call answers when the workflow has ended. With
  \`?dryRun=true\` the plan is answered that would be run now, and nothing is changed. Reads answer from the store and need no
  Temporal.
- \`URLPrefix\` goes before every path but \`/metrics\`. \`/api/baton/operations\`, \`/api/baton/events\`, \`/api/openapi.json\` and
  \`/metrics\` are Baton's own; the others are orchestrator's.

## Routes
`;

const ABSENT = `## Not part of this version

These routes of orchestrator exist and answer an error that says so; nothing is changed.
`;

const absentList = (paths: readonly string[]): string =>
	paths.map((path) => `- \`${path}\`\n`).join("");

/** The whole page, as Markdown. */
export const apiDocument = (routes: readonly Route[]): string => {
	const absent = routes.filter((route) => route.isAbsent);
	return [
		INTRODUCTION,
		routesMarkdown(routes.filter((route) => !route.isAbsent)),
		ABSENT,
		absentList(absent.map((route) => fullPath(route, ""))),
	].join("\n");
};

const notAsked = (): never => {
	throw new Error("only the table is read; no route is called");
};

const depsOf = (store: Store): ApiDeps => ({
	store,
	operator: {
		run: notAsked,
		start: notAsked,
		pageOf: notAsked,
		isReachable: notAsked,
	},
	rolling: { plan: notAsked, begin: notAsked, tell: notAsked },
	discovery: { discover: notAsked, crawl: notAsked },
	config: documentedDefaults,
	analyse: notAsked,
	events: createChangeBus(),
	node: { hostname: "", token: "", startedAtMs: 0, version: "" },
	isLeader: notAsked,
	storeTrouble: notAsked,
	temporal: { reachable: notAsked, uiAddress: "" },
	log: pino({ level: "silent" }),
	nowMs: notAsked,
	audit: notAsked,
	resolveHost: notAsked,
	lookAt: notAsked,
	planOf: notAsked,
	binaryLogStarts: notAsked,
	withLogs: notAsked,
	pagesDirectory: "",
});

/** The table as a node with default settings serves it. */
export const servedRoutes = async (): Promise<readonly Route[]> => {
	const store = await openStore({ file: ":memory:" });
	try {
		return createApi(depsOf(store)).routes;
	} finally {
		await store.close();
	}
};

if (process.argv[1] === fileURLToPath(import.meta.url))
	writeFileSync(
		new URL("../../docs/api.md", import.meta.url),
		apiDocument(await servedRoutes()),
	);
