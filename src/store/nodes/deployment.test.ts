import { expect, it } from "vitest";
import { STORE_VERSION } from "../schema/version.ts";
import { type UpgradeOptions, upgradeStep } from "./deployment.ts";

const step = (
	version: number,
	isDeployed: boolean,
	options: Partial<UpgradeOptions> = {},
) =>
	upgradeStep(
		"the store x",
		{ version, isDeployed },
		{
			program: "baton 1",
			readOnly: false,
			skipUpdate: false,
			refuseOtherDeployment: false,
			force: false,
			log: () => undefined,
			...options,
		},
	);

it("an older store is upgraded where that is allowed", () => {
	expect(step(0, false)).toBe("upgrade");
	expect(() => step(0, false, { readOnly: true })).toThrow("write access");
	expect(() => step(0, false, { skipUpdate: true })).toThrow(
		"-enable-database-update",
	);
	expect(step(0, false, { skipUpdate: true, force: true })).toBe("upgrade");
});

it("one of this version is left alone, but for the record of a program that is new to it", () => {
	expect(step(STORE_VERSION, true)).toBe("nothing");
	expect(step(STORE_VERSION, false)).toBe("record");
	expect(step(STORE_VERSION, false, { skipUpdate: true })).toBe("nothing");
	expect(step(STORE_VERSION, false, { readOnly: true })).toBe("nothing");
});

it("one that another version has set up is refused on demand", () => {
	const options = { refuseOtherDeployment: true };
	expect(step(STORE_VERSION, true, options)).toBe("nothing");
	expect(() => step(STORE_VERSION, false, options)).toThrow(
		"PanicIfDifferentDatabaseDeploy",
	);
});

it("a newer one is refused, even by force", () => {
	expect(() => step(STORE_VERSION + 1, true)).toThrow("newer program");
	expect(() => step(STORE_VERSION + 1, true, { force: true })).toThrow(
		"newer program",
	);
});
