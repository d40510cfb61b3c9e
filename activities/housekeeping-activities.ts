import { createNodeAudit, housekeepingDone } from "../src/audit/node-events.ts";
import {
	type HousekeepingReport,
	keepHouse,
} from "../src/discovery/housekeeping.ts";
import type {
	DiscoveryReport,
	ScheduledDiscovery,
} from "../src/discovery/scheduled.ts";
import { translated } from "./failure.ts";
import { beating } from "./heartbeat.ts";

export type HousekeepingDeps = Parameters<typeof keepHouse>[0] & {
	readonly discovery: Pick<ScheduledDiscovery, "run">;
	readonly log: Parameters<typeof createNodeAudit>[0]["log"];
};

export const createHousekeepingActivities = (deps: HousekeepingDeps) => {
	const tell = createNodeAudit(deps);
	return translated({
		keepHouse: (): Promise<HousekeepingReport> =>
			beating(async () => {
				const report = await keepHouse(deps);
				await tell(...housekeepingDone(report));
				return report;
			}),
		discoverSeeds: (): Promise<DiscoveryReport> =>
			beating(() => deps.discovery.run()),
	});
};

export type HousekeepingActivities = ReturnType<
	typeof createHousekeepingActivities
>;
