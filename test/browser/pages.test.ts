/** The pages in a real browser, over a real store: what is seen, and that it changes by itself. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { locateChromium } from "../../setup/locate.mjs";
import { rollingStatus } from "../support/made-up-rolling.ts";
import {
	serveTemporaryApi,
	type TemporaryApi,
} from "../support/temporary-api.ts";

const CHROMIUM = locateChromium();
const inProject = (path: string): string =>
	fileURLToPath(new URL(`../../${path}`, import.meta.url));

const FLAGS = [
	"--headless",
	"--no-sandbox",
	"--disable-gpu",
	"--disable-quic",
	"--no-first-run",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
];

/** Without a reload; a busy machine takes some of it. */
const SOON_MS = 15_000;

describe.skipIf(CHROMIUM === undefined)("the pages", () => {
	const profile = mkdtempSync(join(tmpdir(), "baton-browser-"));
	const complaints: string[] = [];
	let served: TemporaryApi;
	let context: BrowserContext;
	let page: Page;

	beforeAll(async () => {
		const pagesDirectory = join(profile, "pages");
		await build({
			configFile: inProject("web/vite.config.ts"),
			logLevel: "silent",
			build: { outDir: pagesDirectory },
		});
		served = await serveTemporaryApi({
			pagesDirectory,
			config: { URLPrefix: "/ha", RecoverMasterClusterFilters: ["*"] },
		});
		await served.fill();
		context = await chromium.launchPersistentContext(join(profile, "data"), {
			executablePath: CHROMIUM ?? "",
			args: FLAGS,
			viewport: { width: 1280, height: 860 },
		});
		page = context.pages()[0] ?? (await context.newPage());
		page.on("console", (message) => {
			if (message.type() === "error") complaints.push(message.text());
		});
		page.on("pageerror", (error) => complaints.push(error.message));
	}, 120_000);

	afterAll(async () => {
		await context?.close();
		await served?.stop();
		rmSync(profile, { recursive: true, force: true });
	});

	const show = (path: string) => page.goto(`${served.address}${path}`);
	const box = (name: string) => page.locator(`[data-instance="${name}"]`);
	const keep = async (name: string) => {
		const folder = process.env.BATON_SCREENSHOTS;
		if (folder === undefined) return;
		// The tree glides into place.
		await page.waitForTimeout(500);
		await page.screenshot({
			path: join(folder, `${name}.png`),
			fullPage: true,
		});
	};

	/** Where the middle of a box is on the screen. */
	const middle = async (name: string) => {
		const place = await box(name).boundingBox();
		if (place === null) throw new Error(`${name} is not on the page`);
		return { x: place.x + place.width / 2, y: place.y + place.height / 2 };
	};

	test("the root leads to the clusters, drawn with replicas right of their primary", async () => {
		await show("/ha/");
		expect(new URL(page.url()).pathname).toBe("/ha/web/clusters");
		await box("db3:3306").waitFor();
		// The tree glides into place.
		const columns = async () => {
			const [primary, first, second] = await Promise.all(
				["db1:3306", "db2:3306", "db3:3306"].map(middle),
			);
			const at = (place: { x: number } | undefined) => place?.x ?? Number.NaN;
			return {
				isRight: at(first) > at(primary),
				apart: Math.round(Math.abs(at(first) - at(second))),
			};
		};
		await expect
			.poll(columns, { timeout: SOON_MS })
			.toEqual({ isRight: true, apart: 0 });
		expect(await page.locator(".react-flow__edge").count()).toBe(2);
		expect(await box("db1:3306").textContent()).toContain("rw");
		expect(await box("db2:3306").textContent()).toContain("ro");
		await keep("healthy");
	});

	test("a replica that stops replicating changes its colour without a reload", async () => {
		const replica = await served.store.inventory.get("db2:3306");
		if (replica === undefined) throw new Error("no replica");
		const dot = box("db2:3306").locator(".dot");
		const colour = () =>
			dot.evaluate((element) => getComputedStyle(element).backgroundColor);
		const healthy = await colour();
		await page.evaluate(() => document.body.setAttribute("data-same", "yes"));
		await served.store.inventory.save([
			{
				...replica,
				replication: { ...replica.replication, receiver: 0, applier: 0 },
			},
		]);
		served.events.announce();
		await page
			.locator('[data-instance="db2:3306"][data-state="not-replicating"]')
			.waitFor({ timeout: SOON_MS });
		expect(await colour()).not.toBe(healthy);
		expect(await page.locator("body").getAttribute("data-same")).toBe("yes");
	});

	test("a dead primary shows what is wrong, and a running recovery its steps", async () => {
		const nowMs = Date.now();
		const members = await served.store.inventory.all();
		await served.store.inventory.save(
			members.map((each) =>
				each.name === "db1:3306"
					? {
							...each,
							check: {
								...each.check,
								outcome: "connection-refused" as const,
								checkedAtMs: nowMs,
								attemptedAtMs: nowMs,
								error: "connection refused",
							},
						}
					: {
							...each,
							replication: { ...each.replication, receiver: 2 as const },
						},
			),
		);
		const identity = (await served.store.clusters.identityOf("db1:3306")) ?? "";
		const claimed = await served.store.operations.claim({
			identity,
			workflowId: `recovery/${identity}`,
			runId: "ab",
			kind: "recovery",
			nowMs,
		});
		if (!claimed.claimed) throw new Error("not claimed");
		await served.store.operations.beginPicture(
			"1:ab",
			{ identity, epoch: claimed.epoch },
			{ picture: "{}", revision: "1" },
		);
		await served.store.recoveries.open({
			uid: "1:ab",
			identity,
			instance: "db1:3306",
			analysis: "DeadMaster",
			clusterName: "db1:3306",
			clusterAlias: "orders",
			replicas: ["db2:3306", "db3:3306"],
			detectionId: 0,
			nowMs,
		});
		await served.store.recoveries.addStep(
			"1:ab",
			"promote: db2:3306 has every received event; it becomes writable",
			nowMs,
		);
		await served.store.recoveries.addStep(
			"1:ab",
			"plan: failover of db1:3306\n  1. open\n     - open db2:3306",
			nowMs,
		);
		await page.getByText("it becomes writable").waitFor({ timeout: SOON_MS });
		// The lines of a plan stay lines.
		// biome-ignore lint/performance/useDomNodeTextContent: as it is laid out
		expect(await page.getByText("plan: failover").innerText()).toMatch(
			/plan: failover of db1:3306\n {2}1\. open\n {5}- open db2:3306/,
		);
		await page.getByText("DeadMaster").first().waitFor({ timeout: SOON_MS });
		const link = page.getByRole("link", { name: "Open in Temporal" });
		expect(await link.getAttribute("href")).toContain(
			encodeURIComponent(`recovery/${identity}`),
		);
		await box("db1:3306").getByText("unreachable").waitFor();
		await keep("recovering");
		await page.emulateMedia({ colorScheme: "dark" });
		await keep("recovering-dark");
		await page.emulateMedia({ colorScheme: "light" });
	});

	test("a finished recovery is listed with what was lost", async () => {
		await served.store.recoveries.resolve("1:ab", {
			isSuccessful: true,
			successor: "db2:3306",
			successorAlias: "",
			participating: ["db2:3306"],
			lostReplicas: ["db3:3306"],
			errors: [],
			nowMs: Date.now(),
		});
		await show("/ha/web/audit-recovery");
		const row = page.locator("tbody tr");
		await row.getByText("success").waitFor();
		expect(await row.textContent()).toContain("db1:3306 → db2:3306");
		await keep("recoveries");
	});

	test("a rolling maintenance shows where it is, who has paused it, and goes when it has ended", async () => {
		const identity = (await served.store.clusters.identityOf("db1:3306")) ?? "";
		const nowMs = Date.now();
		const status = rollingStatus({
			identity,
			phase: "pausing",
			says: "paused by ann",
			beganAtMs: nowMs - 90_000_000,
			saysSinceMs: nowMs - 65_000,
			done: [
				{
					server: "db3:3306",
					sinceMs: 0,
					endedAtMs: nowMs,
					says: "back after 9 s",
				},
			],
			current: {
				server: "db2:3306",
				part: "hook",
				sinceMs: nowMs - 70_000,
				replicas: [],
				below: "",
				hookRun: 1,
				hookSays: "",
			},
			toCome: ["db2:3306", "db1:3306"],
		});
		await served.store.rollings.keep(status, nowMs);
		await show("/ha/web/clusters");
		const banner = page.locator("[data-rolling=pausing]");
		await banner.getByText(/paused by ann for 1m \d+s/).waitFor();
		await banner.getByText(/begun by ann 1d 1h ago: upgrade/).waitFor();
		const turn = (state: string) => banner.locator(`[data-turn=${state}]`);
		expect(await turn("done").textContent()).toMatch(
			/db3:3306.*back after 9 s/,
		);
		expect(await turn("now").textContent()).toMatch(/db2:3306.*its hook runs/);
		expect(await turn("to-come").textContent()).toBe("to comedb1:3306");
		await keep("rolling");
		await served.store.rollings.keep({ ...status, phase: "done" }, nowMs);
		await banner.waitFor({ state: "detached", timeout: SOON_MS });
	});

	test("when Temporal is away the page says that Baton is blind", async () => {
		served.state.isTemporalReachable = false;
		await page.getByText("Temporal: blind").waitFor({ timeout: SOON_MS });
		served.state.isTemporalReachable = true;
	});

	test("one cluster by alias, and text from servers stays text", async () => {
		const replica = await served.store.inventory.get("db3:3306");
		if (replica === undefined) throw new Error("no replica");
		await served.store.inventory.save([
			{
				...replica,
				instanceAlias: "<img src=x onerror=alert(1)>",
			},
		]);
		await show("/ha/web/cluster/alias/orders");
		await box("db3:3306").getByText("<img src=x").waitFor();
		expect(await page.locator("img").count()).toBe(0);
		expect(await page.title()).toBe("Baton - orders");
		await keep("cluster");
	});

	test("the pages break no rule of their own policy", () => {
		expect(complaints).toEqual([]);
	});
});
