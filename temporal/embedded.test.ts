import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { startEmbedded } from "./embedded.ts";

let directory = "";
beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), "baton-embedded-"));
});
afterEach(() => rmSync(directory, { recursive: true }));

it("says where it cannot keep its data, and what to set, before anything is started", async () => {
	const file = join(directory, "file");
	writeFileSync(file, "");
	await expect(
		startEmbedded({
			program: "/no/such/program",
			directory: join(file, "temporal"),
			namespace: "default",
			log: { info: () => undefined, warn: () => undefined },
		}),
	).rejects.toMatchObject({
		code: "BadConfiguration",
		message: expect.stringMatching(
			/^the embedded Temporal cannot keep its data in .*\/file\/temporal: ENOTDIR.*; set BatonDataDirectory to a directory that this account may write/,
		),
	});
});
