import { describe, expect, it } from "vitest";
import { failing, NOW, server } from "../../test/support/made-up-servers.ts";
import { kept } from "../../test/support/watched.ts";
import type { Shut } from "../mysql/shut.ts";
import type { Fence } from "../store/contract.ts";
import { createFenceWatch } from "./fences.ts";

describe("a server on which there is a fence", () => {
	it.each<[Fence["state"], readOnly: boolean, told: boolean]>([
		["waiting", true, true],
		["waiting", false, true],
		// An operation may have opened it: whatever it is now, somebody waits to know.
		["unaccounted", true, true],
		["unaccounted", false, true],
		["fenced", true, false],
		["fenced", false, true],
	])("%s, seen read-only: %s, is told of: %s", (state, readOnly, isTold) => {
		const told: string[] = [];
		const fences = createFenceWatch({
			tellReturned: async (identity, instance) => {
				told.push(`${identity} ${instance}`);
			},
			shut: async () => undefined,
			latest: () => undefined,
			look: async () => undefined,
			nowMs: () => NOW,
			onFailed: () => undefined,
		});
		fences.update([
			{
				instance: "a:3306",
				identity: "c",
				successor: "",
				sinceMs: NOW,
				state,
				note: "",
			},
		]);
		expect(fences.has("a:3306")).toBe(true);
		fences.checked(kept(server("a", 2, { readOnly })));
		fences.checked(kept(server("b", 3)));
		expect(told).toEqual(isTold ? ["c a:3306"] : []);
	});
});

describe("a server on which there is a fence, and that cannot be seen", () => {
	const gone = server("a", 2, { check: failing("connection-refused") });

	const dialled = async (
		state: Fence["state"],
		found: Shut | undefined,
		latest = gone,
	) => {
		const did: string[] = [];
		let nowMs = NOW;
		const fences = createFenceWatch({
			tellReturned: async (_, instance) => {
				did.push(`tell ${instance}`);
			},
			shut: async (_, instance) => {
				did.push(`shut ${instance}`);
				return found;
			},
			look: async (instance) => did.push(`look ${instance}`),
			latest: (name) => (name === "a:3306" ? latest : undefined),
			nowMs: () => nowMs,
			onFailed: () => undefined,
		});
		fences.update(
			["a:3306", "x:3306"].map((instance) => ({
				instance: instance as Fence["instance"],
				identity: "c",
				successor: "b:3306",
				sinceMs: NOW,
				state,
				note: "",
			})),
		);
		const dial = async (atMs: number) => {
			nowMs = NOW + atMs;
			fences.dial();
			await new Promise((resolve) => setImmediate(resolve));
		};
		await dial(0);
		await dial(10);
		await dial(30);
		return did;
	};
	const SHUT = "shut a:3306";
	const LOOK = "look a:3306";

	it("is tried again and again until it answers, and looked at then", async () => {
		expect(await dialled("waiting", undefined)).toEqual([SHUT, SHUT]);
		expect(await dialled("waiting", "closed now")).toEqual([SHUT, LOOK]);
		expect(await dialled("waiting", "open")).toEqual([SHUT, LOOK]);
	});

	it("is told of when it was held back, and was open", async () => {
		expect(await dialled("fenced", "was closed")).toEqual([SHUT, LOOK]);
		expect(await dialled("fenced", "closed now")).toEqual([
			SHUT,
			LOOK,
			"tell a:3306",
		]);
	});

	it("is left alone when it may rightly be open, or is seen", async () => {
		expect(await dialled("unaccounted", undefined)).toEqual([]);
		expect(await dialled("waiting", undefined, server("a", 2))).toEqual([]);
	});
});
