// What the embedded Temporal writes is for its owner alone: histories hold the output of hooks, and pictures of the servers.

import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { locateTemporal } from "../../setup/locate.mjs";
import { startEmbedded } from "../../temporal/embedded.ts";

const modeOf = (name: string) => (statSync(name).mode & 0o777).toString(8);

test("no file of the embedded Temporal can be read by others", async () => {
	const program = locateTemporal();
	if (program === undefined) throw new Error("no temporal program");
	const top = mkdtempSync(join(tmpdir(), "baton-private-"));
	const directory = join(top, "temporal");
	const before = process.umask(0o022);
	try {
		const embedded = await startEmbedded({
			program,
			directory,
			namespace: "default",
			log: { info: () => {}, warn: () => {} },
		});
		try {
			expect(process.umask()).toBe(0o022);
			expect(modeOf(directory)).toBe("700");
			const files = readdirSync(directory).sort();
			expect(files).toEqual(
				expect.arrayContaining(["server.json", "server.log", "temporal.db"]),
			);
			for (const file of files)
				expect([file, modeOf(join(directory, file))]).toEqual([file, "600"]);
		} finally {
			await embedded.stop();
		}
	} finally {
		process.umask(before);
		rmSync(top, { recursive: true });
	}
});
