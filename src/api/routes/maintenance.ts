import { z } from "zod";
import { maintenanceBegun, maintenanceEnded } from "../../audit/changes.ts";
import { maintenanceJson } from "../../compat/json/maintenance.ts";
import { nameJson } from "../../compat/json/values.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { ApiDeps } from "../deps.ts";
import { AnswerError } from "../failure.ts";
import { INSTANCE, NOTHING, OWNER_AND_REASON } from "../fields.ts";
import type { Reading } from "../reading.ts";
import {
	bareRoutes,
	CHANGE,
	envelopeRoutes,
	READ,
	type Route,
	success,
} from "../route.ts";

/** How long a maintenance holds that was begun without an end (api.md §7.7). */
const MAINTENANCE_MS = 10 * 60_000;

const active = (deps: ApiDeps) => deps.store.maintenances.active(deps.nowMs());

const holder = async (deps: ApiDeps, instance: InstanceName) =>
	(await active(deps)).find((each) => each.instance === instance);

const begin = (deps: ApiDeps, reading: Reading): Route[] =>
	envelopeRoutes(
		{
			...CHANGE,
			paths: ["begin-maintenance/:host/:port/:owner/:reason"],
			says: "Holds an instance for maintenance, for 10 minutes",
			input: OWNER_AND_REASON,
		},
		async ({ input }) => {
			const instance = await reading.nameOf(input);
			const beganAtMs = deps.nowMs();
			const begun = await deps.store.maintenances.begin({
				instance,
				owner: input.owner,
				reason: input.reason,
				beganAtMs,
				endsAtMs: beganAtMs + MAINTENANCE_MS,
				isExplicitlyBounded: true,
			});
			if (begun !== undefined)
				return success(nameJson(instance), `Maintenance begun: ${instance}`, [
					maintenanceBegun(begun),
				]);
			const held = await holder(deps, instance);
			throw new AnswerError(
				"Refused",
				`${instance} is under maintenance already${held === undefined ? "" : `, by ${held.owner}: ${held.reason}`}; end that first`,
				0,
			);
		},
	);

const end = (deps: ApiDeps, reading: Reading): Route[] => [
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["end-maintenance/:host/:port"],
			says: "Ends the maintenance of an instance, if there is one",
			input: INSTANCE,
		},
		async ({ input }) => {
			const instance = await reading.nameOf(input);
			const had = await deps.store.maintenances.end(instance, deps.nowMs());
			return success(
				nameJson(instance),
				had
					? `Maintenance ended: ${instance}`
					: `${instance} was not under maintenance`,
				had ? [maintenanceEnded(instance)] : [],
			);
		},
	),
	...envelopeRoutes(
		{
			...CHANGE,
			paths: ["end-maintenance/:maintenanceKey"],
			says: "Ends the maintenance with that number, if there is one",
			input: z.object({
				maintenanceKey: z
					.string()
					.trim()
					.regex(/^\d{1,15}$/, "invalid maintenance number")
					.transform(Number),
			}),
		},
		async ({ input: { maintenanceKey } }) => {
			const held = (await active(deps)).find(
				(each) => each.id === maintenanceKey,
			);
			const had = await deps.store.maintenances.endById(
				maintenanceKey,
				deps.nowMs(),
			);
			return success(
				maintenanceKey,
				had
					? `Maintenance ended: ${maintenanceKey}`
					: `No maintenance ${maintenanceKey} is active`,
				had && held !== undefined
					? [
							maintenanceEnded(
								held.instance,
								`maintenanceToken: ${maintenanceKey}`,
							),
						]
					: [],
			);
		},
	),
];

const reads = (deps: ApiDeps, reading: Reading): Route[] => [
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

/** Maintenance (api.md §7.7). */
export const maintenanceRoutes = (deps: ApiDeps, reading: Reading): Route[] => [
	...begin(deps, reading),
	...end(deps, reading),
	...reads(deps, reading),
];
