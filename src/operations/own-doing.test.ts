import { expect, it } from "vitest";
import type { Finding } from "../analysis/finding.ts";
import type { OperationRequest } from "../planning/operation.ts";
import { mayBeDoingOf } from "./own-doing.ts";

const RECOVERY: OperationRequest = {
	kind: "recovery",
	cluster: "c",
	instance: "p:1",
	analysis: "DeadMaster",
};
const TAKEOVER: OperationRequest = { kind: "takeover", cluster: "c" };

const of = (instance: "p:1" | "a:1", isSilent?: true) =>
	({ instance, ...(isSilent && { isSilent }) }) as Partial<Finding> as Finding;

it.each([
	["a server that can be seen", RECOVERY, of("a:1"), true],
	["a server that can be seen", TAKEOVER, of("a:1"), true],
	["the one that is replaced", RECOVERY, of("p:1", true), true],
	["another that is silent", RECOVERY, of("a:1", true), false],
	["a silent primary", TAKEOVER, of("p:1", true), false],
] as const)(
	"what is found of %s, while a $1.kind runs",
	(_, request, finding, may) => {
		expect(mayBeDoingOf(request, finding)).toBe(may);
	},
);
