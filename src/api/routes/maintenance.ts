import { maintenanceJson } from "../../compat/json/maintenance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { ReadingDeps } from "../deps.ts";
import { INSTANCE, NOTHING } from "../fields.ts";
import type { Reading } from "../reading.ts";
import {
	bareRoutes,
	envelopeRoutes,
	READ,
	type Route,
	success,
} from "../route.ts";

const active = (deps: ReadingDeps) =>
	deps.store.maintenances.active(deps.nowMs());

const holder = async (deps: ReadingDeps, instance: InstanceName) =>
	(await active(deps)).find((each) => each.instance === instance);

/** Maintenance. */
export const maintenanceRoutes = (
	deps: ReadingDeps,
	reading: Reading,
): Route[] => [
	...envelopeRoutes(
		{
			...READ,
			paths: ["in-maintenance/:host/:port"],
			says: "The instance, when it is under maintenance",
			input: INSTANCE,
		},
		async ({ input }) => {
			const instance = await reading.nameOf(input);
			const held = await holder(deps, instance);
			return held === undefined
				? success("", "false")
				: success(instance, "true");
		},
	),
	...bareRoutes(
		{
			...READ,
			paths: ["maintenance"],
			says: "Every maintenance in force",
			input: NOTHING,
		},
		async () => {
			const nowMs = deps.nowMs();
			return (await active(deps)).map((each) => maintenanceJson(each, nowMs));
		},
	),
];
