import { downtimeBegun, downtimeEnded } from "../../audit/changes.ts";
import { AnswerError } from "../../compat/answer-error.ts";
import { nameJson } from "../../compat/json/values.ts";
import { utc } from "../../compat/text/why/layout.ts";
import { errorText } from "../../errors.ts";
import { action } from "../action.ts";
import { INSTANCE } from "../arguments/instances.ts";
import { DURATION, OWNER, REASON } from "../arguments/words.ts";
import { nothingEnded, notKnown } from "./not-known.ts";

export const DOWNTIMES = [
	action("begin-downtime", {
		category: "Instance management",
		says: "Mark an instance as downtimed",
		saysInApi:
			"Mark an instance as downtimed, for 10 minutes when no duration is given",
		help: "Findings about the instance in -i are shown but not acted on, for -duration (10 minutes when left out). Replaces a downtime in force.",
		takes: {
			reason: REASON,
			lengthMs: DURATION,
			instance: INSTANCE,
			owner: OWNER,
		},
		routes: [
			"begin-downtime/:host/:port/:owner/:reason",
			"begin-downtime/:host/:port/:owner/:reason/:duration",
		],
		run: async ({ store, nowMs }, { lengthMs, ...hold }) => {
			const downtime = {
				...hold,
				beganAtMs: nowMs,
				endsAtMs: nowMs + lengthMs,
			};
			try {
				await store.downtimes.begin(downtime);
			} catch (error) {
				throw new AnswerError(
					"StoreUnavailable",
					errorText(error),
					nameJson(hold.instance),
				);
			}
			return downtime;
		},
		audited: (downtime) => [downtimeBegun(downtime)],
		tells: {
			would: ({ instance, endsAtMs, owner, reason }) =>
				`begin a downtime of ${instance} until ${utc(endsAtMs)}, of ${owner}: ${reason}`,
			lines: ({ instance }) => [instance],
			json: ({ instance }) => nameJson(instance),
			message: ({ instance }) => `Downtime begun: ${instance}`,
			hints: notKnown,
		},
	}),
	action("end-downtime", {
		category: "Instance management",
		says: "End the downtime of an instance",
		help: "Ends the downtime of the instance in -i, if there is one, and prints its name.",
		takes: { instance: INSTANCE },
		routes: ["end-downtime/:host/:port"],
		run: async ({ store }, { instance }) => ({
			instance,
			had: await store.downtimes.end(instance),
		}),
		audited: ({ instance, had }) => (had ? [downtimeEnded(instance)] : []),
		tells: {
			would: ({ instance, had }) =>
				had ? `end the downtime of ${instance}` : undefined,
			lines: ({ instance }) => [instance],
			json: ({ instance }) => nameJson(instance),
			message: ({ instance, had }) =>
				had ? `Downtime ended: ${instance}` : `${instance} was not downtimed`,
			hints: nothingEnded,
		},
	}),
];
