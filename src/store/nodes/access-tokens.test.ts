import { afterEach, beforeEach, expect, it } from "vitest";
import {
	type TemporaryStores,
	temporaryStores,
} from "../../../test/support/temporary-stores.ts";
import type { Store } from "../contract.ts";

const T0 = Date.UTC(2026, 0, 1, 12) + 900;
const MINUTE = 60_000;

let stores: TemporaryStores;
let store: Store;
beforeEach(async () => {
	stores = temporaryStores();
	store = await stores.open();
});
afterEach(() => stores.remove());

it("a public token is exchanged for its secret once, and not too late", async () => {
	const { accessTokens } = store;
	const token = await accessTokens.generate("ann", T0);
	expect(token).toMatch(/^[0-9a-f]{64}$/);
	expect(await accessTokens.generate("ann", T0)).not.toBe(token);
	expect(
		await accessTokens.acquire(token, T0 + 1000, T0 + 1000),
	).toBeUndefined();
	for (const wrong of ["", "x", token.toUpperCase(), `${token} `])
		expect(await accessTokens.acquire(wrong, 0, T0)).toBeUndefined();
	const secret = await accessTokens.acquire(token, T0, T0 + MINUTE);
	expect(secret).toMatch(/^[0-9a-f]{64}$/);
	expect(secret).not.toBe(token);
	expect(await accessTokens.acquire(token, T0, T0 + MINUTE)).toBeUndefined();
});

it("a pair is valid once it was acquired, until it is too old", async () => {
	const { accessTokens } = store;
	const token = await accessTokens.generate("ann", T0);
	for (const secret of ["", token])
		expect(await accessTokens.isValid(token, secret, 0)).toBe(false);
	const secret = (await accessTokens.acquire(token, T0, T0)) ?? "";
	expect(await accessTokens.isValid(token, secret, T0)).toBe(true);
	expect(await accessTokens.isValid(token, secret.toUpperCase(), T0)).toBe(
		false,
	);
	expect(await accessTokens.isValid("", "", 0)).toBe(false);
	expect(await accessTokens.isValid(token, secret, T0 + 1000)).toBe(false);
	expect(await accessTokens.expire(T0)).toBe(0);
	expect(await accessTokens.expire(T0 + 1000)).toBe(1);
	expect(await accessTokens.isValid(token, secret, T0)).toBe(false);
});
