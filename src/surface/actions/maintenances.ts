import { maintenanceBegun, maintenanceEnded } from "../../audit/changes.ts";
import { AnswerError } from "../../compat/answer-error.ts";
import { nameJson } from "../../compat/json/values.ts";
import { utc } from "../../compat/text/why/layout.ts";
import { action } from "../action.ts";
import { INSTANCE } from "../arguments/instances.ts";
import {
	DURATION,
	MAINTENANCE_KEY,
	OWNER,
	REASON,
} from "../arguments/words.ts";
import { nothingEnded, notKnown } from "./not-known.ts";

export const MAINTENANCES = [
	action("begin-maintenance", {
		category: "Instance management",
		says: "Hold an instance for maintenance",
		saysInApi: "Hold an instance for maintenance, for 10 minutes",
		help: "Marks the instance in -i as under maintenance for -duration (10 minutes when left out) and prints its name: it is not relocated, and findings about it are shown but not acted on. Refused while it is held already. The instance need not be known.",
		takes: {
			reason: REASON,
			lengthMs: DURATION,
			instance: INSTANCE,
			owner: OWNER,
		},
		routes: ["begin-maintenance/:host/:port/:owner/:reason"],
		run: async ({ store, nowMs }, { lengthMs, ...hold }) => {
			const begun = await store.maintenances.begin({
				...hold,
				beganAtMs: nowMs,
				endsAtMs: nowMs + lengthMs,
				isExplicitlyBounded: true,
			});
			if (begun !== undefined) return begun;
			const held = (await store.maintenances.active(nowMs)).find(
				(each) => each.instance === hold.instance,
			);
			throw new AnswerError(
				"Refused",
				`${hold.instance} is under maintenance already${held === undefined ? "" : `, by ${held.owner}: ${held.reason}`}; end that with end-maintenance`,
				0,
			);
		},
		audited: (begun) => [maintenanceBegun(begun)],
		tells: {
			would: ({ instance, endsAtMs, owner, reason }) =>
				`hold ${instance} for maintenance until ${utc(endsAtMs)}, of ${owner}: ${reason}`,
			lines: ({ instance }) => [instance],
			json: ({ instance }) => nameJson(instance),
			message: ({ instance }) => `Maintenance begun: ${instance}`,
			hints: notKnown,
		},
	}),
	action("end-maintenance", {
		category: "Instance management",
		says: "End the maintenance of an instance",
		help: "Ends the maintenance of the instance in -i, if there is one, and prints its name.",
		takes: { instance: INSTANCE },
		routes: ["end-maintenance/:host/:port"],
		run: async ({ store, nowMs }, { instance }) => ({
			instance,
			had: await store.maintenances.end(instance, nowMs),
		}),
		audited: ({ instance, had }) => (had ? [maintenanceEnded(instance)] : []),
		tells: {
			would: ({ instance, had }) =>
				had ? `end the maintenance of ${instance}` : undefined,
			lines: ({ instance }) => [instance],
			json: ({ instance }) => nameJson(instance),
			message: ({ instance, had }) =>
				had
					? `Maintenance ended: ${instance}`
					: `${instance} was not under maintenance`,
			hints: nothingEnded,
		},
	}),
	action("end-maintenance-by-key", {
		category: "Instance management",
		isApiOnly: true,
		says: "End the maintenance with a number",
		help: "Ends the maintenance with that number, if there is one.",
		takes: { key: MAINTENANCE_KEY },
		routes: ["end-maintenance/:maintenanceKey"],
		run: async ({ store, nowMs }, { key }) => {
			const held = (await store.maintenances.active(nowMs)).find(
				(each) => each.id === key,
			);
			const had = await store.maintenances.endById(key, nowMs);
			return { key, ended: had ? held : undefined };
		},
		audited: ({ key, ended }) =>
			ended === undefined
				? []
				: [maintenanceEnded(ended.instance, `maintenanceToken: ${key}`)],
		tells: {
			lines: () => [],
			json: ({ key }) => key,
			message: ({ key, ended }) =>
				ended === undefined
					? `No maintenance ${key} is active`
					: `Maintenance ended: ${key}`,
		},
	}),
];
