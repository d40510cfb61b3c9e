/** The links to the Temporal UI, in the UI of the server that Baton ships. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, Connection } from "@temporalio/client";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { locateChromium, locateTemporal } from "../../setup/locate.mjs";
import { type Embedded, startEmbedded } from "../../temporal/embedded.ts";
import { operationWorkflowId } from "../../temporal/names.ts";
import { createPageOf } from "../../temporal/page.ts";

const CHROMIUM = locateChromium();
const WORKFLOW = operationWorkflowId("db1:3306");

describe.skipIf(CHROMIUM === undefined)("a link to the Temporal UI", () => {
	const folder = mkdtempSync(join(tmpdir(), "baton-temporal-ui-"));
	let embedded: Embedded;
	let connection: Connection;
	let context: BrowserContext;
	let page: Page;
	let runId = "";

	beforeAll(async () => {
		embedded = await startEmbedded({
			program: locateTemporal() ?? "",
			directory: join(folder, "temporal"),
			namespace: "default",
			log: { info: () => undefined, warn: () => undefined },
		});
		connection = await Connection.connect({ address: embedded.address });
		const handle = await new Client({ connection }).workflow.start("recovery", {
			workflowId: WORKFLOW,
			taskQueue: "nobody",
		});
		runId = handle.firstExecutionRunId;
		context = await chromium.launchPersistentContext(join(folder, "browser"), {
			executablePath: CHROMIUM ?? "",
			args: ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"],
		});
		page = context.pages()[0] ?? (await context.newPage());
	}, 60_000);

	afterAll(async () => {
		await context?.close();
		await connection?.close();
		await embedded?.stop();
		rmSync(folder, { recursive: true, force: true });
	});

	test.each([
		["of a run", () => runId],
		["of a workflow", () => ""],
	])(
		"%s opens the timeline of the workflow, whose id has a slash and a colon",
		async (_, run) => {
			const pageOf = createPageOf(embedded.uiAddress, "default");
			await page.goto(pageOf(WORKFLOW, run()));
			await page.locator("#event-history-timeline-graph").waitFor();
			expect(page.url()).toContain(`/${runId}/timeline`);
			await expect
				.poll(() => page.locator("body").textContent(), { timeout: 10_000 })
				.toContain(WORKFLOW);
		},
		60_000,
	);
});
