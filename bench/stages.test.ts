import { expect, test } from "vitest";
import { stagesOf } from "./stages.ts";

test("each moment stands with what it adds to the one before", () => {
	const runs = [
		{ noticed_ms: 10, detect_ms: 30, first_write_ms: 200 },
		{ noticed_ms: 20, detect_ms: 60, first_write_ms: 400 },
	];
	expect(stagesOf(runs)).toEqual([
		["noticed", "15", "15", "20"],
		["declared", "45", "30", "40"],
		["first write", "300", "255", "340"],
	]);
});

test("moments that were not recorded are left out", () => {
	expect(stagesOf([{ gap_ms: 40 }])).toEqual([]);
});
