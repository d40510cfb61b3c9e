import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it, test } from "vitest";
import { demoArguments, USAGE } from "./demo-arguments.mjs";

test.each([
	[[], { kind: "demo", flavor: "mysql", check: false }],
	[
		["--flavor", "mariadb", "--check"],
		{ kind: "demo", flavor: "mariadb", check: true },
	],
	[["--flavor=mariadb"], { kind: "demo", flavor: "mariadb", check: false }],
	[["--check", "--help"], { kind: "help" }],
	[["-h"], { kind: "help" }],
	[["--flavor", "oracle"], { kind: "wrong" }],
	[["--flavor"], { kind: "wrong" }],
	[["--chek"], { kind: "wrong" }],
	[["more"], { kind: "wrong" }],
])("%j", (words, asked) => {
	expect(demoArguments(words)).toMatchObject(asked);
});

it("answers before it sets anything up", () => {
	const demo = fileURLToPath(new URL("demo.mjs", import.meta.url));
	const run = (...words) =>
		spawnSync(process.execPath, [demo, ...words], { encoding: "utf8" });
	expect(run("--help")).toMatchObject({
		status: 0,
		stdout: `${USAGE}\n`,
		stderr: "",
	});
	const wrong = run("--chek");
	expect(wrong).toMatchObject({ status: 2, stdout: "" });
	expect(wrong.stderr).toContain("'--chek'");
	expect(wrong.stderr.endsWith(`${USAGE}\n`)).toBe(true);
});
