import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commandLinePage } from "./command-line.ts";

test("docs/cli.md is what the tables say; run src/manual/command-line.ts after a change", () => {
	const page = new URL("../../docs/cli.md", import.meta.url);
	expect(readFileSync(page, "utf8")).toBe(commandLinePage());
});
