// The fault matrix: every fault at every point of every operation. See options.ts for what can be left out.

import type { ServerFlavor } from "../../../setup/locate.mjs";
import { casesOf } from "./cases.ts";
import { createGround } from "./ground.ts";
import { LAYOUTS, type Layout } from "./layouts.ts";
import { type MatrixOptions, optionsFrom } from "./options.ts";
import { isUnsound, type LayoutReport, linesOf, tableOf } from "./report.ts";
import { type CaseReport, runCase } from "./run-case.ts";

const print = (...lines: readonly string[]): void => {
	for (const line of lines) process.stdout.write(`${line}\n`);
};

const runLayout = async (
	layout: Layout,
	flavor: ServerFlavor,
	options: MatrixOptions,
): Promise<LayoutReport> => {
	const ground = await createGround(flavor, layout.replicas);
	try {
		print("", `${layout.operation} on ${flavor}`);
		const control = await runCase(ground, layout);
		print(...linesOf(control), ...control.story.map((each) => `      ${each}`));
		const points = control.statements.filter(({ key }) => key !== undefined);
		const cases = casesOf(points, layout.bystanders)
			.filter(options.isWanted)
			.filter((_, at) => at % options.every === options.from);
		print(`${points.length} points, ${cases.length} cases`);
		if (options.pointsOnly)
			print(
				...points.map(({ key, isWrite }) => `  ${isWrite ? "!" : "?"} ${key}`),
			);
		const reports: CaseReport[] = [control];
		for (const the of options.pointsOnly ? [] : cases) {
			const report = await runCase(ground, layout, the);
			reports.push(report);
			print(...linesOf(report));
		}
		return { operation: layout.operation, flavor, reports };
	} finally {
		await ground.stop();
	}
};

const main = async (): Promise<void> => {
	const options = optionsFrom(process.argv.slice(2));
	const done: LayoutReport[] = [];
	for (const layout of LAYOUTS)
		for (const flavor of options.flavors)
			if (
				options.operation === undefined ||
				options.operation === layout.operation
			)
				done.push(await runLayout(layout, flavor, options));
	const unsound = done.flatMap(({ operation, flavor, reports }) =>
		reports
			.filter(isUnsound)
			.flatMap((each) => [`${operation} on ${flavor}`, ...linesOf(each)]),
	);
	print("", tableOf(done), "", `${unsound.length === 0 ? "all sound" : ""}`);
	print(...unsound);
	process.exitCode = unsound.length === 0 ? 0 : 1;
};

await main();
