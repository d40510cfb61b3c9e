/** Writes the manual's page of the HTTP API. `npx tsx src/manual/api.ts` renews docs/api.md. */
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fullPath } from "../api/dispatch.ts";
import { routesMarkdown } from "../api/openapi.ts";
import type { Route } from "../api/route.ts";
import { serveTemporaryApi } from "../api/temporary-api.ts";
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
- **Operations** (relocation, takeover, recovery) are run as workflows; the call answers when the workflow has ended. Reads
  answer from the store and need no Temporal.
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

/** The table as a node with default settings serves it. */
export const servedRoutes = async (): Promise<readonly Route[]> => {
	const store = await openStore({ file: ":memory:" });
	const served = await serveTemporaryApi(
		{},
		{ file: ":memory:", open: async () => store, remove: () => store.close() },
	);
	await served.stop();
	return served.api.routes;
};

if (process.argv[1] === fileURLToPath(import.meta.url))
	writeFileSync(
		new URL("../../docs/api.md", import.meta.url),
		apiDocument(await servedRoutes()),
	);
