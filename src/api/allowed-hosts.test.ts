import { expect, test } from "vitest";
import { isAllowedHost } from "./allowed-hosts.ts";

test("without a list every name goes", () => {
	expect(isAllowedHost("anything:3000", [])).toBe(true);
});

test("with a list only its names and this machine's own go", () => {
	const allowed = ["baton.example"];
	expect(isAllowedHost("Baton.example:3000", allowed)).toBe(true);
	expect(isAllowedHost("localhost:3000", allowed)).toBe(true);
	expect(isAllowedHost("[::1]:3000", allowed)).toBe(true);
	expect(isAllowedHost("rebound.example", allowed)).toBe(false);
	expect(isAllowedHost(undefined, allowed)).toBe(false);
});
