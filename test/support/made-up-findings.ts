import type { Finding } from "../../src/analysis/finding.ts";
import { NOW } from "./made-up-servers.ts";

/** p:3306 is dead, and a:3306 and b:3306 have lost it: what calls for a failover, changed as the test needs it. */
export const deadPrimary = (change: Partial<Finding> = {}): Finding => ({
	instance: "p:3306",
	code: "DeadMaster",
	says: "primary p:3306 cannot be reached",
	recovery: "primary",
	isActionable: true,
	notActionableBecause: "",
	isDowntimed: false,
	replicas: ["a:3306", "b:3306"],
	noticedAtMs: NOW,
	declaredAtMs: NOW,
	silence: {},
	role: { instanceType: "master", isPrimary: true, isCoPrimary: false },
	...change,
});
