import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import type { Envelope } from "../lab/baton-process.ts";
import { waitUntil } from "../lab/replication.ts";
import type { LabServer } from "../lab/server.ts";
import { createWriter } from "../lab/writer.ts";
import { follows, nothingLost, writable } from "./findings.ts";
import {
	explaining,
	FLAVORS,
	logTail,
	type System,
	startSystem,
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

const statusOf = async (
	system: System,
	primary: LabServer,
): Promise<Status> => {
	const { Details } = await system.baton.get<Envelope>(
		`rolling-maintenance-status/${primary.name}`,
	);
	return Details as Status;
};

const folderOf = (directory: string): string => join(directory, "rolling");

/** The hook says which server it is run for, and is done when the test says so. */
const HOOK = (folder: string): string =>
	[
		`touch ${folder}/asked-$ORC_FAILED_PORT-$$`,
		`while [ ! -e ${folder}/done-{failedPort} ]; do sleep 0.1; done`,
	].join("; ");

const askedIn = (folder: string, { port }: LabServer): number =>
	readdirSync(folder).filter((each) => each.startsWith(`asked-${port}-`))
		.length;

test.each(FLAVORS)(
	"every %s server is restarted once, the primary last, under writes, though the node dies in the middle",
	async (flavor) => {
		const system = await startSystem({
			flavor,
			replicas: 2,
			config: (lab) => ({
				BatonRollingMaintenanceProcesses: [HOOK(folderOf(lab.directory))],
				AuditToBackendDB: true,
			}),
		});
		const folder = folderOf(system.lab.directory);
		mkdirSync(folder);
		const { primary, servers, baton } = system;
		const writer = createWriter({
			servers,
			ratePerSecond: 100,
			firstId: 1,
		});
		const order: LabServer[] = [];
		/** The server whose hook runs now, restarted. */
		const restarted = async (): Promise<LabServer> => {
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
			// Never two at once.
			expect(servers.every((each) => each.isRunning())).toBe(true);
			await asked.restart();
			return asked;
		};
		const finish = ({ port }: LabServer): void =>
			writeFileSync(join(folder, `done-${port}`), "");
		try {
			writer.start();
			await writer.waitAcknowledged(50);
			const planned = await baton.command(
				...["rolling-maintenance", "-i", primary.name, "-dry-run"],
			);
			expect(planned, logTail(system)).toMatchObject({ code: 0, stderr: "" });
			expect(planned.stdout.trim().split("\n")).toHaveLength(4);
			expect(planned.stdout).toMatch(
				new RegExp(`3\\. ${primary.name}: .* takes over from it first`),
			);
			const begun = await baton.command(
				...["rolling-maintenance", "-i", primary.name, "-reason", "upgrade"],
			);
			expect(begun, `${begun.stderr}${logTail(system)}`).toMatchObject({
				code: 0,
			});

			finish(await restarted());

			// The node dies while the hook of the second runs, and so does its Temporal.
			await explaining(system, () =>
				waitUntil(
					"the first to be done",
					async () => (await statusOf(system, primary)).done.length === 1,
					60_000,
				),
			);
			const second = await restarted();
			expect(await statusOf(system, primary)).toMatchObject({
				phase: "running",
				current: { server: second.name, part: "hook" },
			});
			expect(
				(
					await system.inStore((store) => store.downtimes.active(Date.now()))
				).map((each) => each.instance),
			).toEqual([second.name]);
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
			expect(
				await baton.command(
					...["pause-rolling-maintenance", "-i", primary.name],
				),
			).toMatchObject({ code: 0 });
			finish(third);
			await explaining(system, () =>
				waitUntil(
					"the pause",
					async () => (await statusOf(system, primary)).phase === "paused",
					60_000,
				),
			);
			expect(
				(await baton.get<Envelope>(`cancel-rolling-maintenance/nobody`)).Code,
			).toBe("ERROR");
			expect(
				await baton.command(
					...["resume-rolling-maintenance", "-i", primary.name],
				),
			).toMatchObject({ code: 0 });
			await explaining(system, () =>
				waitUntil(
					"the end",
					async () => (await statusOf(system, primary)).phase === "done",
					60_000,
				),
			);
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
			expect(
				await system.inStore((store) => store.downtimes.active(Date.now())),
			).toEqual([]);
			const shown = await baton.command(
				...["rolling-maintenance-status", "-i", primary.name],
			);
			expect(shown.stdout).toContain("rolling maintenance done");
			expect(shown.stdout.match(/^\[x\]/gm)).toHaveLength(3);
			const audit = await system.inStore((store) =>
				store.audit.page({ page: 0 }),
			);
			expect(
				audit.filter(
					({ type, message }) =>
						type === "rolling-maintenance" && message.startsWith("done: back"),
				),
			).toHaveLength(3);
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
