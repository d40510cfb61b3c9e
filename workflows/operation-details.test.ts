import { expect, it } from "vitest";
import type { StepReport } from "../src/planning/operation.ts";
import {
	doneLine,
	operationDetails,
	runningLines,
} from "./operation-details.ts";

const report = (rest: Partial<StepReport> = {}): StepReport => ({
	name: "open",
	on: "a:1",
	outcome: "done",
	effect: "changed",
	reached: "",
	says: "a:1 is writable",
	startedAtMs: 10,
	endedAtMs: 32,
	...rest,
});

it("shows the plan, what of it is done, and what runs", () => {
	expect(
		operationDetails({
			alias: "shop",
			title: "takeover of p:1",
			planned: "takeover of p:1\n  1. hand over",
			lines: [
				doneLine(report()),
				doneLine(report({ outcome: "failed", says: "no answer" })),
				...runningLines({
					steps: [{ do: "close", on: "p:1", because: "it was replaced" }],
				}),
			],
		}),
	).toBe(
		[
			"shop: **takeover of p:1**",
			"",
			"- [x] **open** a:1: a:1 is writable (22 ms)",
			"- [!] **open** a:1: no answer (22 ms)",
			"- [ ] **end the clients of p:1 and make it read-only** …",
			"",
			"```",
			"takeover of p:1",
			"  1. hand over",
			"```",
		].join("\n"),
	);
	expect(
		operationDetails({ alias: "", title: "t", planned: "p", lines: [] }),
	).toMatch(/^\*\*t\*\*\n/);
});

it("has no Markdown of anybody else's", () => {
	const evil = "# x** [log in](http://evil)\n```\n![](http://evil/x.png)";
	const shown = operationDetails({
		alias: evil,
		title: evil,
		planned: evil,
		lines: [doneLine(report({ says: evil }))],
	});
	const [above = "", block = ""] = shown.split("\n````\n");
	expect(above.split("\n")).toHaveLength(4);
	expect(above).not.toMatch(/(?<!\\)\[(?!x\] \*\*open)|http:\/\/|^#/m);
	// Within the block nothing acts, and nothing ends it.
	expect(`${block}\n`).toBe(`${evil}\n\`\`\`\`\n`);
});
