import { describe, expect, it } from "vitest";
import { running, seen } from "../../test/support/made-up-servers.ts";
import { withSeen } from "./seen.ts";

const behind = (
	source: string,
	secondsBehind: number | null,
	lagSeconds: number | null,
) =>
	seen("db2", {
		replication: running(source, { secondsBehind }),
		lagSeconds,
	});

describe("the lag of a server that a step saw", () => {
	const asked = behind("db1", 3, 40);

	it("stays as a configured query told it", () => {
		expect(withSeen(asked, behind("db1", 3, null)).lagSeconds).toBe(40);
	});

	it("is the server's own word behind another source, and where nobody knew it", () => {
		expect(withSeen(asked, behind("db3", 0, null)).lagSeconds).toBe(0);
		expect(
			withSeen(behind("db1", null, null), behind("db1", 5, null)).lagSeconds,
		).toBe(5);
	});
});
