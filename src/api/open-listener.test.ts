import { expect, test } from "vitest";
import { isOpenListener, parseListenAddress } from "./open-listener.ts";

const OPEN = {
	ListenAddress: ":3000",
	ListenSocket: "",
	AuthenticationMethod: "",
	ReadOnly: false,
};

test("reads the forms of an address", () => {
	expect(parseListenAddress(":3000")).toEqual({ host: "", port: 3000 });
	expect(parseListenAddress("127.0.0.1:80")).toEqual({
		host: "127.0.0.1",
		port: 80,
	});
	expect(parseListenAddress("[::1]:80")).toEqual({ host: "::1", port: 80 });
});

test("every address without authentication is open", () => {
	expect(isOpenListener(OPEN)).toBe(true);
	expect(isOpenListener({ ...OPEN, ListenAddress: "0.0.0.0:3000" })).toBe(true);
});

test.each([
	{ ListenAddress: "127.0.0.1:3000" },
	{ ListenAddress: "[::1]:3000" },
	{ ListenSocket: "/run/baton.sock" },
	{ AuthenticationMethod: "basic" },
	{ ReadOnly: true },
])("not open with %j", (change) => {
	expect(isOpenListener({ ...OPEN, ...change })).toBe(false);
});
