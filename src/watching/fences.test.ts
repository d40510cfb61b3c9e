import { describe, expect, it } from "vitest";
import { NOW, server } from "../../test/support/made-up-servers.ts";
import { kept } from "../../test/support/watched.ts";
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
