import { expect, it } from "vitest";
import { blockingAmong } from "./blocking.ts";

const ended = { id: 1, endedAtMs: 5 };
const running = { id: 2, endedAtMs: 0 };

it.each([
	["a takeover that runs", { kind: "takeover" }, [ended]],
	["a failover that runs", { kind: "recovery" }, [ended, running]],
	["nothing that runs", undefined, [ended, running]],
])(
	"a failover is held up by the recoveries before it, not by what it pushes aside: %s",
	(_, operation, blocking) => {
		expect(blockingAmong([ended, running], operation)).toEqual(blocking);
	},
);
