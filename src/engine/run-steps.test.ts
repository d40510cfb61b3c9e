import { afterEach, beforeEach, expect, it } from "vitest";
import {
	replica,
	server,
	snapshotOf,
} from "../../test/support/made-up-servers.ts";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../test/support/temporary-stores.ts";
import { documentedDefaults } from "../config/keys.ts";
import { createServers } from "../mysql/servers.ts";
import { access, probeSettings } from "../mysql/settings.ts";
import { createCredentials } from "./credentials.ts";
import { createPictures, type Pictures } from "./pictures.ts";
import { type Attempt, createStepRunner } from "./run-steps.ts";

let stores: TemporaryStores;
let pictures: Pictures;
beforeEach(async () => {
	stores = temporaryStores();
	pictures = createPictures((await stores.open()).operations);
	await pictures.begin(
		{ uid: "u", epoch: 0 },
		snapshotOf([server("p", 1), replica("a", 2)]),
	);
});
afterEach(() => stores.remove());

/** No server may be connected to: each step fails, and its server counts as not seen. */
const runSteps = () =>
	createStepRunner({
		servers: createServers({
			access: () => access(documentedDefaults()),
			probeSettings: () => probeSettings(documentedDefaults()),
			isAllowed: () => false,
			nowMs: Date.now,
		}),
		pictures,
		credentials: createCredentials(),
		equivalences: { of: async () => [], record: async () => undefined },
		settings: () => ({
			credentialsQuery: "",
			stallMs: 1,
			markers: () => ({
				isMarker: () => false,
				monotonicHint: "",
				skipped: [],
			}),
			logChunkRows: 100,
		}),
		nowMs: Date.now,
	});

/** What the picture says of the server that a step could not reach. */
const keptBy = async (attempt: Partial<Attempt>) => {
	const guard = () => ({ isCurrent: async () => true });
	const [answer] = await runSteps()(
		"u",
		[{ do: "stopReceiver", on: "a:3306", channel: "" }],
		{ guard, beat: () => undefined, ...attempt },
	);
	expect(answer).toMatchObject({ outcome: "failed", effect: "unchanged" });
	return (await pictures.of("u")).instances.find(
		({ name }) => name === "a:3306",
	)?.check.outcome;
};

it("what a step saw is in the picture that the operation goes by", async () => {
	expect(await keptBy({})).toBe("lost");
});

it("but not what one saw that was overtaken meanwhile: the newer attempt has seen it since", async () => {
	let asked = 0;
	const guard = () => ({
		// Before it connects it is the newest still.
		isCurrent: async () => {
			asked += 1;
			return asked === 1;
		},
	});
	expect(await keptBy({ guard })).toBe("ok");
	expect(asked).toBe(2);
});

it("nor what one saw for which nobody waits any more", async () => {
	expect(await keptBy({ signal: AbortSignal.abort() })).toBe("ok");
});
