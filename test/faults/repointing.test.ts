// The old primary is brought along, whatever the password looks like; when it cannot be, that is no success.

import { describe, expect, test } from "vitest";
import { changeChannel, sayOfChannel, unlogged } from "../lab/statements.ts";
import { isReadOnly } from "../lab/trouble.ts";
import {
	follows,
	newPrimary,
	nothingLost,
	recovered,
	replicationOf,
	stepsOf,
	writable,
} from "../live/findings.ts";
import { createStage } from "../live/stage.ts";
import {
	FLAVORS,
	logTail,
	TEST_MS,
	testOnFirst,
	waitWatched,
} from "../live/system.ts";

/** With all that ends a string somewhere: of a statement in one mode or the other, or of an identifier. */
const PASSWORD = `it's "so" \\ \\' \`b\``;

/** As the servers of this file read it, which take no backslash for an escape. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** However a session reads strings. */
const hex = (text: string): string =>
	`CONVERT(X'${Buffer.from(text).toString("hex")}' USING utf8mb4)`;

describe.each(FLAVORS)("a demoted %s primary", (flavor) => {
	const stage = createStage({
		flavor,
		replicas: 1,
		extraOptions: { sql_mode: "ANSI_QUOTES,NO_BACKSLASH_ESCAPES" },
		arrange: async (laid) => {
			for (const server of laid.servers)
				await unlogged(
					server,
					`CREATE USER 'odd'@'%' IDENTIFIED BY ${quoted(PASSWORD)}`,
					"GRANT REPLICATION SLAVE ON *.* TO 'odd'@'%'",
				);
			return laid;
		},
	});

	const { reliefs } = stage;

	const begin = async () => {
		const system = await stage.afresh({
			config: () => ({
				RecoveryPeriodBlockSeconds: 1,
				...(flavor === "mariadb"
					? {
							ReplicationCredentialsQuery: `SELECT 'odd', ${hex(PASSWORD)}`,
						}
					: {}),
			}),
		});
		const [to] = system.replicas;
		if (to === undefined) throw new Error("lay");
		await sayOfChannel(to, "STOP", "");
		await changeChannel(to, ["USER = 'odd'", `PASSWORD = ${quoted(PASSWORD)}`]);
		await sayOfChannel(to, "START", "");
		const writer = await stage.writes({ servers: system.servers });
		await waitWatched(system);
		return { system, primary: system.primary, to, written: writer };
	};

	test(
		"replicates with a password of quotes and backslashes, there and back, and after a failover",
		async () => {
			const { system, primary, to, written } = await begin();
			for (const [from, next] of [
				[primary, to],
				[to, primary],
			] as const) {
				const done = await system.baton.command(
					"-c",
					"graceful-master-takeover-auto",
					"-i",
					from.name,
				);
				expect(done, `${done.stderr}\n${logTail(system)}`).toMatchObject({
					code: 0,
				});
				await written.waitAcknowledged(20);
				expect(await writable(system.servers)).toEqual([next]);
				expect(await replicationOf(from)).toEqual({
					source: next.name,
					runs: true,
				});
				await waitWatched(system);
			}
			// A write that is on its way when it dies is on no other server: it would rightly be held back with it.
			await written.stop();
			await primary.kill();
			expect(await newPrimary(system, primary)).toBe(to);
			await recovered(system);
			await primary.start();
			await follows(system, [primary], to);
			await nothingLost(system, to, written.records);
		},
		TEST_MS,
	);

	testOnFirst(flavor)(
		"that cannot be repointed is a failure, which is recorded and says how it is mended",
		async () => {
			const { system, primary, to, written } = await begin();
			// What replicates from the old primary goes on; nobody can log in to the new one.
			await unlogged(to, "ALTER USER 'odd'@'%' ACCOUNT LOCK");
			reliefs.push(() => unlogged(to, "ALTER USER 'odd'@'%' ACCOUNT UNLOCK"));
			const done = await system.baton.command(
				"-c",
				"graceful-master-takeover-auto",
				"-i",
				primary.name,
			);
			expect(done.code, `${done.stderr}\n${logTail(system)}`).not.toBe(0);
			expect(done.stderr).toContain(`${primary.name} was left behind`);
			// The clients are served, by one server.
			expect(await writable(system.servers)).toEqual([to]);
			expect(await isReadOnly(primary)).toBe(true);
			expect(done.stdout).toContain(`${to.name}\n`);
			const row = await recovered(system);
			expect(row.IsSuccessful).toBe(false);
			expect(row.SuccessorKey.Port).toBe(to.port);
			expect((await stepsOf(system, row.UID)).join("\n")).toMatch(
				new RegExp(`left behind: ${primary.name} `),
			);

			for (const relief of reliefs.splice(0)) await relief();
			const [, replica = "", below = ""] =
				/relocate -i (\S+) -d (\S+)/.exec(done.stderr) ?? [];
			const mended = await system.baton.command(
				"-c",
				"relocate",
				"-i",
				replica,
				"-d",
				below,
			);
			expect(mended, `${mended.stderr}\n${logTail(system)}`).toMatchObject({
				code: 0,
				stdout: `${primary.name}<${to.name}\n`,
			});
			await written.waitAcknowledged(20);
			await written.stop();
			await follows(system, [primary], to);
			await nothingLost(system, to, written.records);
		},
	);
});
