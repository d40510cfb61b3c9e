import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { createWriter } from "../lab/writer.ts";
import {
	analysisOf,
	follows,
	newPrimary,
	nothingLost,
	recovered,
	recoveries,
	replicationOf,
	writable,
} from "./findings.ts";
import {
	explaining,
	FIRST_FLAVORS,
	logTail,
	QUICK_FLAVORS,
	type SystemOptions,
	startSystem,
	TEST_MS,
	waitWatched,
} from "./system.ts";

/** Three servers are restarted, and the node once. */
const MS = 400_000;

interface Status {
	readonly phase: string;
	readonly says: string;
	readonly done: readonly { readonly server: string }[];
	readonly current: { readonly server: string; readonly part: string } | null;
}

const folderOf = (directory: string): string => join(directory, "rolling");

/** The hook says which server it is run for, and is done when the test says so. */
const HOOK = (folder: string): string =>
	[
		`echo "$ORC_INSTANCE_TYPE" >${folder}/asked-$ORC_FAILED_PORT-$$`,
		`while [ ! -e ${folder}/done-{failedPort} ]; do sleep 0.1; done`,
	].join("; ");

/** What kinds of servers the hooks were told that they ran for. */
const kindsIn = (folder: string): string[] =>
	readdirSync(folder)
		.filter((each) => each.startsWith("asked-"))
		.map((each) => readFileSync(join(folder, each), "utf8").trim())
		.toSorted();

const askedIn = (folder: string, { port }: LabServer): number =>
	readdirSync(folder).filter((each) => each.startsWith(`asked-${port}-`))
		.length;

/** A topology whose hooks wait for the test. */
const startMaintained = async (options: SystemOptions) => {
	const system = await startSystem({
		...options,
		config: (lab) => ({
			BatonRollingMaintenanceProcesses: [HOOK(folderOf(lab.directory))],
			AuditToBackendDB: true,
		}),
	});
	const folder = folderOf(system.lab.directory);
	mkdirSync(folder);
	const { primary, servers, baton } = system;
	const order: LabServer[] = [];
	const statusNow = async (): Promise<Status> => {
		const { Details } = await baton.get<Envelope>(
			`rolling-maintenance-status/${primary.name}`,
		);
		return Details as Status;
	};
	const until = (what: string, is: (status: Status) => boolean) =>
		explaining(system, () =>
			waitUntil(what, async () => is(await statusNow()), 60_000),
		);
	return {
		...system,
		folder,
		/** Whose hooks were run, in order. */
		order,
		statusNow,
		until,
		/** A command about the server, by default the primary; its output. */
		command: async (
			name: string,
			{ on = primary, more = [] }: { on?: LabServer; more?: string[] } = {},
		): Promise<string> => {
			const ran = await baton.command(name, "-i", on.name, ...more);
			expect(ran, `${ran.stderr}${logTail(system)}`).toMatchObject({ code: 0 });
			return ran.stdout;
		},
		/** The next server whose hook runs: never two at once. */
		taken: async (): Promise<LabServer> => {
			let asked: LabServer | undefined;
			await explaining(system, () =>
				waitUntil(
					"the hook of the next server",
					async () => {
						asked = servers.find(
							(each) => !order.includes(each) && askedIn(folder, each) > 0,
						);
						return asked !== undefined;
					},
					60_000,
				),
			);
			if (asked === undefined) throw new Error("unreachable");
			order.push(asked);
			return asked;
		},
		finish: ({ port }: LabServer): void =>
			writeFileSync(join(folder, `done-${port}`), ""),
		done: () => until("the end", ({ phase }) => phase === "done"),
		downtimed: async (): Promise<string[]> =>
			(await system.inStore((store) => store.downtimes.active(Date.now()))).map(
				({ instance, reason }) => `${instance} ${reason}`,
			),
	};
};

test.each(FIRST_FLAVORS)(
	"every %s server is restarted once, the primary last, under writes, though the node dies in the middle",
	async (flavor) => {
		const system = await startMaintained({ flavor, replicas: 2 });
		const { primary, servers, baton, folder, order, finish } = system;
		const writer = createWriter({
			servers,
			ratePerSecond: 100,
			firstId: 1,
		});
		/** The server whose hook runs now, restarted. */
		const restarted = async (): Promise<LabServer> => {
			const asked = await system.taken();
			expect(servers.every((each) => each.isRunning())).toBe(true);
			await asked.restart();
			return asked;
		};
		try {
			writer.start();
			await writer.waitAcknowledged(50);
			const planned = await system.command("rolling-maintenance", {
				more: ["-dry-run"],
			});
			expect(planned.trim().split("\n")).toHaveLength(4);
			expect(planned).toMatch(
				new RegExp(`3\\. ${primary.name}: .* takes over from it first`),
			);
			await system.command("rolling-maintenance", {
				more: ["-reason", "upgrade"],
			});

			finish(await restarted());

			// The node dies while the hook of the second runs, and so does its Temporal.
			await system.until("the first to be done", (at) => at.done.length === 1);
			const second = await restarted();
			expect(await system.statusNow()).toMatchObject({
				phase: "running",
				current: { server: second.name, part: "hook" },
			});
			expect(await system.downtimed()).toEqual([
				`${second.name} rolling maintenance: upgrade`,
			]);
			await baton.kill();
			baton.killTemporal();
			finish(second);
			await delay(1_000);
			await baton.restart();
			await waitWatched(system);

			const third = await restarted();
			expect(third).toBe(primary);
			const [now] = await writable(servers);
			expect(now).not.toBe(primary);
			await system.command("pause-rolling-maintenance");
			finish(third);
			await system.until("the pause", ({ phase }) => phase === "paused");
			expect(
				(await baton.get<Envelope>(`cancel-rolling-maintenance/nobody`)).Code,
			).toBe("ERROR");
			await system.command("resume-rolling-maintenance");
			await system.done();
			await writer.waitAcknowledged(50);
			await writer.stop();

			const [next, ...more] = await writable(servers);
			if (next === undefined) throw new Error("no primary");
			expect(more).toEqual([]);
			await nothingLost(system, next, writer.records);
			await follows(
				system,
				servers.filter((each) => each !== next),
				next,
			);
			expect(order).toHaveLength(3);
			expect(servers.map((each) => askedIn(folder, each))).toEqual([1, 1, 1]);
			expect(await system.downtimed()).toEqual([]);
			const shown = await system.command("rolling-maintenance-status");
			expect(shown).toContain("rolling maintenance done");
			expect(shown.match(/^\[x\]/gm)).toHaveLength(3);
			const auditedBack = async () =>
				(await system.inStore((store) => store.audit.page({ page: 0 }))).filter(
					({ type, message }) =>
						type === "rolling-maintenance" && message.startsWith("done: back"),
				);
			await expect.poll(auditedBack, { timeout: 15_000 }).toHaveLength(3);
			expect(existsSync(join(baton.directory, "rolling-maintenance"))).toBe(
				true,
			);
			expect(readdirSync(join(baton.directory, "rolling-maintenance"))).toEqual(
				[],
			);
		} finally {
			await writer.stop();
			await system.stop();
		}
	},
	MS,
);

test.each(QUICK_FLAVORS)(
	"%s: the replicas of an intermediate source stand below its source while it is out, and nothing is raised",
	async (flavor) => {
		const system = await startMaintained({ flavor, replicas: 2, chain: true });
		const { primary, replicas, servers, taken, finish } = system;
		const [middle, leaf] = replicas as [LabServer, LabServer];
		try {
			await system.command("rolling-maintenance");
			expect(await taken()).toBe(leaf);
			finish(leaf);
			expect(await taken()).toBe(middle);
			expect(await replicationOf(leaf)).toEqual({
				source: primary.name,
				runs: true,
			});
			await middle.kill();
			await explaining(system, () =>
				waitUntil("the death to be seen", async () => {
					const seen = await system.inStore((store) =>
						store.inventory.get(middle.name),
					);
					return seen?.check.outcome === "connection-refused";
				}),
			);
			expect(
				await Promise.all(servers.map((each) => analysisOf(system, each))),
			).toEqual(["NoProblem", "NoProblem", "NoProblem"]);
			await middle.start();
			finish(middle);

			// Its replica is back below it by the time that it takes over.
			expect(await taken()).toBe(primary);
			expect(await writable(servers)).toEqual([middle]);
			finish(primary);
			await system.done();
			await follows(system, [leaf, primary], middle);
			expect(kindsIn(system.folder)).toEqual([
				"intermediate-master",
				"replica",
				"replica",
			]);
			// The takeover is all there was.
			expect(await recoveries(system)).toHaveLength(1);
			expect(
				await system.inStore((store) => store.detections.page({ page: 0 })),
			).toEqual([]);
			expect(await system.downtimed()).toEqual([]);
		} finally {
			await system.stop();
		}
	},
	TEST_MS,
);

test.each(QUICK_FLAVORS)(
	"%s: behind a failover in its middle it goes on below the new primary, which is moved once; the dead one is skipped",
	async (flavor) => {
		const system = await startMaintained({
			flavor,
			replicas: 2,
			semiSync: false,
		});
		const { primary, servers, taken, finish, order } = system;
		try {
			await system.command("rolling-maintenance");
			const first = await taken();
			await first.kill();
			await primary.kill();
			const next = await newPrimary(system, primary);
			expect((await recovered(system)).IsSuccessful).toBe(true);

			// It was left behind, and comes back to the dead one.
			await first.start();
			finish(first);
			await system.until("the dead one to be waited for", ({ says }) =>
				says.includes(
					`${next.name} is the primary in place of ${primary.name}, which does not answer`,
				),
			);
			await follows(system, [first], next);
			expect((await system.statusNow()).done).toMatchObject([
				{ server: first.name },
			]);
			expect(await system.downtimed()).toEqual([
				`${primary.name} lost-in-recovery`,
			]);

			await system.command("skip-rolling-maintenance", { on: primary });
			expect(await taken()).toBe(next);
			expect(await writable(servers)).toEqual([first]);
			finish(next);
			await system.done();
			await follows(system, [next], first);
			expect(order).toEqual([first, next]);
			// The failover, and the takeover for the turn of who was promoted.
			expect(await recoveries(system)).toHaveLength(2);
			expect(await system.command("rolling-maintenance-status")).toMatch(
				new RegExp(`^\\[-\\] ${primary.name}: skipped .* by `, "m"),
			);
		} finally {
			await system.stop();
		}
	},
	TEST_MS,
);
