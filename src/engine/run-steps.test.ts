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
import { ServerFault } from "../mysql/driver-error.ts";
import { createServers } from "../mysql/servers.ts";
import { access, probeSettings } from "../mysql/settings.ts";
import type { Step } from "../planning/step.ts";
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
const runSteps = (
	servers = createServers({
		access: () => access(documentedDefaults()),
		probeSettings: () => probeSettings(documentedDefaults()),
		isAllowed: () => false,
		nowMs: Date.now,
	}),
) =>
	createStepRunner({
		servers,
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

/** How often a step tries to get a session, where each is ended as it begins. */
const triesOf = async (
	step: Step,
	fault: ServerFault,
	attempt: Partial<Attempt> = {},
): Promise<number> => {
	let tries = 0;
	const ends = async (): Promise<never> => {
		tries += 1;
		throw fault;
	};
	const [answer] = await runSteps({ open: ends, look: ends } as never)(
		"u",
		[step],
		{
			guard: () => ({ isCurrent: async () => true }),
			beat: () => undefined,
			...attempt,
		},
	);
	expect(answer).toMatchObject({ outcome: "failed", effect: "unchanged" });
	expect(answer).not.toHaveProperty("wasCutOff");
	return tries;
};

const STOP: Step = { do: "stopReceiver", on: "a:3306", channel: "" };

it("a step whose session was ended is tried once more", async () => {
	for (const fault of [
		new ServerFault("lost", "the connection was closed"),
		new ServerFault("refused-by-server", "Connection was killed", 1927),
	])
		expect(await triesOf(STOP, fault)).toBe(2);
});

it("but not where its server is not there, hangs or refuses, nor where it is to end", async () => {
	for (const outcome of [
		"connection-refused",
		"timeout",
		"refused-by-server",
	] as const)
		expect(await triesOf(STOP, new ServerFault(outcome, "no"))).toBe(1);
	const ended = new AbortController();
	const guard = () => ({
		signal: ended.signal,
		isCurrent: async () => {
			ended.abort();
			return true;
		},
	});
	expect(await triesOf(STOP, new ServerFault("lost", "gone"), { guard })).toBe(
		1,
	);
});

it("and not where it opens a server, which is looked into instead", async () => {
	const lost = new ServerFault("lost", "the connection was closed");
	expect(await triesOf({ do: "open", on: "a:3306" }, lost)).toBe(1);
});
