import { setImmediate } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { failing, NOW, server } from "../../test/support/made-up-servers.ts";
import { clusterOf } from "../../test/support/watched.ts";
import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { markOf, type ServerMark } from "../topology/server-mark.ts";
import { createAliasWatch } from "./alias-watch.ts";

const OLD = server("vip", 1);
const NEXT = server("vip", 2);
const AWAY = { ...OLD, check: failing("connection-refused") };

let nowMs: number;
let isFenced: boolean;
let aliases: InstanceName[];
let looked: InstanceName[];
beforeEach(() => {
	nowMs = NOW;
	isFenced = false;
	aliases = ["p:3306"];
	looked = [];
});

const HANGING: InstanceName[] = ["hanging1:3306", "hanging2:3306"];

/** Seconds after which `p`, an address of `vip` as the old server had it, is looked into, and how. */
const lookedAt = async (
	atVip: Instance,
	seconds: number,
	marks: ReadonlyMap<InstanceName, ServerMark> = new Map([
		["p:3306", markOf(OLD)],
	]),
): Promise<string[]> => {
	const did: string[] = [];
	const cluster = clusterOf(atVip);
	const note = (what: string) => async () => {
		did.push(`${what} ${(nowMs - NOW) / 1000}`);
		return "stands" as const;
	};
	const watch = createAliasWatch({
		roster: {
			clusters: () => [cluster].values(),
			clusterOf: (name) => (cluster.members.has(name) ? cluster : undefined),
		},
		store: { aliases: { marks: async () => marks } as never },
		servers: {
			look: async (name) => {
				looked.push(name);
				if (name.startsWith("hanging")) await new Promise(() => undefined);
				return server("p", 1);
			},
		},
		identity: { confirm: note("confirm"), free: note("free") },
		aliases: {
			all: () => new Map(aliases.map((each) => [each, "vip:3306"])),
			nameOf: (name) => name,
			load: async () => undefined,
		},
		isFenced: () => isFenced,
		line: {
			attempt: async (work) => {
				await work();
				return true;
			},
		},
		nowMs: () => nowMs,
	});
	for (let second = 0; second <= seconds; second += 1) {
		await watch.look();
		await watch.lookForFenced();
		nowMs += 1_000;
	}
	return did;
};

describe("a further address of a server", () => {
	it("is proved anew each minute", async () => {
		expect(await lookedAt(OLD, 120)).toEqual([
			"confirm 0",
			"confirm 60",
			"confirm 120",
		]);
	});

	it("is looked into soon when its name leads to another server than it was proved to be", async () => {
		expect(await lookedAt(NEXT, 7)).toEqual([
			"confirm 0",
			"confirm 3",
			"confirm 6",
		]);
	});

	it("is asked for an old primary that does not answer by its name, and for nobody else", async () => {
		expect(await lookedAt(AWAY, 7)).toEqual([]);
		nowMs = NOW;
		isFenced = true;
		expect(await lookedAt(AWAY, 7)).toEqual(["free 0", "free 3", "free 6"]);
	});

	it.each([false, true])(
		"is looked into while others hang, also when its server is fenced: %s",
		async (fenced) => {
			isFenced = fenced;
			aliases = [...HANGING, "p:3306"];
			void lookedAt(OLD, 0);
			await setImmediate();
			expect(looked).toContain("p:3306");
		},
	);

	it("is left alone when nobody here watches its server", async () => {
		expect(await lookedAt(server("other", 1), 5)).toEqual([]);
	});
});
