import { globally } from "../../audit/changes.ts";
import { AnswerError } from "../../compat/answer-error.ts";
import { goDurationText } from "../../compat/text/go-duration.ts";
import { BatonError } from "../../errors.ts";
import { action } from "../action.ts";
import { SIGNER } from "../arguments/words.ts";

export const TOPOLOGY_RECORDS = [
	action("snapshot-topologies", {
		category: "Meta",
		says: "Record the present topologies",
		help: "Records who replicates from whom, of every known instance. Such a record is drawn by `topology` with -pattern. Prints nothing.",
		takes: {},
		routes: ["snapshot-topologies"],
		run: async ({ store, nowMs }) => {
			const beganAtMs = performance.now();
			const took = () =>
				`Took ${goDurationText(performance.now() - beganAtMs)}`;
			try {
				await store.topologySnapshots.take(nowMs);
			} catch (error) {
				if (error instanceof BatonError)
					throw new AnswerError(error.code, error.message, took());
				throw error;
			}
			return took();
		},
		audited: () => [],
		tells: {
			would: () => "record who replicates from whom now",
			lines: () => [],
			json: (took) => took,
			message: () => "Topology Snapshot completed",
		},
	}),
];

export const ACCESS_TOKENS = [
	action("access-token", {
		category: "Meta",
		says: "Make a token that lets a browser change things",
		help: "Prints a public token of 64 hexadecimal digits, for AuthenticationMethod `token`. Open /web/access-token?publicToken=TOKEN within AccessTokenUseExpirySeconds; it works once.",
		takes: { owner: SIGNER },
		routes: [],
		run: async ({ store, nowMs }, { owner }) => ({
			owner,
			token: await store.accessTokens.generate(owner, nowMs),
		}),
		audited: ({ owner }) => [globally("access-token", `owner: ${owner}`)],
		tells: {
			would: ({ owner }) => `make an access token for ${owner}`,
			lines: ({ token }) => [token],
			json: ({ token }) => token,
			message: () => "Access token made",
		},
	}),
];
