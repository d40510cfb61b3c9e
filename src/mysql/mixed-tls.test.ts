import { expect, it, vi } from "vitest";
import type { InstanceName } from "../topology/instance-name.ts";
import { ServerFault } from "./driver-error.ts";
import { createMixedTls } from "./mixed-tls.ts";
import type { Access, Session } from "./session.ts";

const ACCESS: Access = {
	user: "baton",
	password: "",
	connectTimeoutMs: 1_000,
	lifetimeMs: 0,
	tlsWhereNeeded: { verify: false },
};

/** How servers answer, by their name; {@link createMixedTls} opens nothing itself. */
const lettingIn =
	(wantsTls: (server: string) => boolean) => (server: string) => {
		return async (access: Access): Promise<Session> => {
			if (wantsTls(server) && access.tls === undefined)
				throw new ServerFault("refused-by-server", "secure transport", 3159);
			return {} as Session;
		};
	};

it("tells of each server once whether it wants TLS, and again when that changed", async () => {
	let nowMs = 0;
	let wanting = "db2:3306";
	const note = vi.fn();
	const withTls = createMixedTls(() => nowMs, note);
	const open = (server: InstanceName) =>
		withTls(server, ACCESS, lettingIn((name) => name === wanting)(server));
	for (const server of [
		"db1:3306",
		"db2:3306",
		"db1:3306",
		"db2:3306",
	] as const)
		await open(server);
	expect(note.mock.calls).toEqual([
		["db1:3306", false],
		["db2:3306", true],
	]);
	wanting = "db1:3306";
	nowMs = 600_000;
	for (const server of ["db1:3306", "db2:3306"] as const) await open(server);
	expect(note.mock.calls.slice(2)).toEqual([
		["db1:3306", true],
		["db2:3306", false],
	]);
});

it("tells nothing where TLS is not weighed", async () => {
	const note = vi.fn();
	const { tlsWhereNeeded: _, ...plain } = ACCESS;
	const withTls = createMixedTls(() => 0, note);
	await withTls("db1:3306", plain, lettingIn(() => false)("db1:3306"));
	expect(note).not.toHaveBeenCalled();
});
