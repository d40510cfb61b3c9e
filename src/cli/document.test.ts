import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { commandLinePage } from "./document.ts";

test("docs/cli.md is what the tables say; run src/cli/document.ts after a change", () => {
	const page = new URL("../../docs/cli.md", import.meta.url);
	expect(readFileSync(page, "utf8")).toBe(commandLinePage());
});
