import { expect, it } from "vitest";
import { entityDetails } from "./entity-details.ts";

const AT = Date.UTC(2030, 0, 2);
const QUIET = {
	alias: "",
	running: undefined,
	last: undefined,
	findings: [],
	verdicts: new Map(),
};

it("shows the cluster, what runs, what ended last, and each finding with what was made of it", () => {
	expect(entityDetails(QUIET)).toBe("No operation runs.\n\nNo finding.");
	expect(
		entityDetails({
			alias: "shop",
			running: { line: "takeover to a:1", sinceMs: AT, overdue: "it waits" },
			last: { kind: "rejoin", says: "old:1 is in its place", endedAtMs: AT },
			findings: [
				{ code: "DeadMaster", instance: "p:1", says: "it is gone" },
				{ code: "UnreachableMaster", instance: "q:1", says: "it is silent" },
			],
			verdicts: new Map([["p:1", "automatic recovery is off"]]),
		}),
	).toBe(
		[
			"Cluster **shop**.",
			"Running: **takeover to a:1** since 2030-01-02T00:00:00.000Z. **Overdue**: it waits",
			"Last: rejoin, ended 2030-01-02T00:00:00.000Z: old:1 is in its place",
			"- **DeadMaster** p:1: it is gone — automatic recovery is off\n- **UnreachableMaster** q:1: it is silent",
		].join("\n\n"),
	);
});

it("has no Markdown of anybody else's", () => {
	const evil = "x** [log in](http://evil) ![](http://evil/x.png)\n\n# all well";
	const shown = entityDetails({
		alias: evil,
		running: { line: evil, sinceMs: AT, overdue: evil },
		last: { kind: evil, says: evil, endedAtMs: AT },
		findings: [{ code: evil, instance: "p:1", says: evil }],
		verdicts: new Map([["p:1", evil]]),
	});
	// As many lines as there are of ours.
	expect(shown.split("\n")).toHaveLength(7);
	expect(shown).not.toMatch(/(?<!\\)\[|http:\/\/|^#/m);
	expect(shown.match(/(?<!\\)\*\*/g)).toHaveLength(8);
});
