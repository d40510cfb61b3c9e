import { expect, it } from "vitest";
import { rollingStatus } from "../../test/support/made-up-rolling.ts";
import { cutOff } from "./status.ts";

it("one that was ended from outside says so, and who may be out", () => {
	expect(cutOff(rollingStatus(), 7)).toMatchObject({
		phase: "failed",
		says: "it was ended in Temporal, where it was last seen running",
		saysSinceMs: 7,
	});
	const current = {
		server: "db2.ny:3306",
		part: "hook",
		sinceMs: 1,
		replicas: [],
		below: "",
		hookRun: 1,
		hookSays: "",
	} as const;
	expect(cutOff(rollingStatus({ current }), 7).says).toMatch(
		/last seen running; db2.ny:3306 may be out, and downtimed still: bring it back/,
	);
});
