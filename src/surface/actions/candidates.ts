import { candidateRegistered } from "../../audit/changes.ts";
import { nameJson } from "../../compat/json/values.ts";
import { action } from "../action.ts";
import { INSTANCE } from "../arguments/instances.ts";
import { RULE } from "../arguments/words.ts";
import { notKnown } from "./not-known.ts";

export const CANDIDATES = [
	action("register-candidate", {
		category: "Instance, meta",
		says: "Register a promotion rule for an instance",
		saysInApi:
			"Register a promotion rule: prefer, neutral, prefer_not or must_not",
		help: "Registers the promotion rule of the instance in -i: prefer, neutral, prefer_not or must_not. It holds for CandidateInstanceExpireMinutes; register it again and again, for example by cron.",
		takes: { instance: INSTANCE, rule: RULE },
		routes: ["register-candidate/:host/:port/:promotionRule"],
		run: async ({ store, nowMs }, registered) => {
			const { instance, rule } = registered;
			await store.candidates.register(instance, rule, nowMs);
			return registered;
		},
		audited: ({ instance, rule }) => [candidateRegistered(instance, rule)],
		tells: {
			would: ({ instance, rule }) =>
				`register the promotion rule ${rule} for ${instance}`,
			lines: ({ instance }) => [instance],
			json: ({ instance }) => nameJson(instance),
			message: ({ instance, rule }) =>
				`Registered candidate ${instance} with rule ${rule}`,
			hints: notKnown,
		},
	}),
];
