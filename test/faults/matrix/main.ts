// The fault matrix: every fault at every point of every operation. See options.ts for what can be left out.

import type { ServerFlavor } from "../../../setup/locate.mjs";
import { casesOf } from "./cases.ts";
import { createGround, type Ground } from "./ground.ts";
import type { Layout } from "./layout.ts";
import { LAYOUTS } from "./layouts.ts";
import { type MatrixOptions, optionsFrom } from "./options.ts";
import { isUnsound, type LayoutReport, linesOf, tableOf } from "./report.ts";
import { type CaseReport, runCase } from "./run-case.ts";
import { plantedOn, runPlanted } from "./run-planted.ts";

const print = (...lines: readonly string[]): void => {
	for (const line of lines) process.stdout.write(`${line}\n`);
};

const runLayout = async (
	layout: Layout,
	ground: Ground,
	options: MatrixOptions,
	place: string,
): Promise<LayoutReport> => {
	const { operation } = layout;
	print("", `${operation} on ${ground.flavor} (${place})`);
	const control = await runCase(ground, layout);
	print(...linesOf(control), ...control.story.map((each) => `      ${each}`));
	const points = control.statements.filter(({ key }) => key !== undefined);
	const cases = casesOf(points, layout.bystanders)
		.filter(options.isWanted)
		// What is refused anyway is never answered.
		.filter(
			({ point, moment }) =>
				moment === "before" || layout.spoilt?.at.test(point) !== true,
		)
		.filter((_, at) => at % options.every === options.from);
	print(`${points.length} points, ${cases.length} cases`);
	if (options.pointsOnly)
		print(
			...points.map(({ key, isWrite }) => `  ${isWrite ? "!" : "?"} ${key}`),
		);
	const reports: CaseReport[] = [control];
	for (const [at, the] of (options.pointsOnly ? [] : cases).entries()) {
		const report = await runCase(ground, layout, the);
		reports.push(report);
		const [head, ...rest] = linesOf(report, options.stories);
		print(`${head} (${at + 1} of ${cases.length})`, ...rest);
	}
	return { operation, flavor: ground.flavor, reports };
};

/** Servers are laid once for all layouts that can do with the same ones. */
const runFlavor = async (
	flavor: ServerFlavor,
	options: MatrixOptions,
): Promise<readonly LayoutReport[]> => {
	const wanted = LAYOUTS.filter(
		({ operation, flavors }) =>
			options.operation.test(operation) && (flavors?.includes(flavor) ?? true),
	);
	const done: LayoutReport[] = [];
	for (const by of [undefined, "places", "markers"] as const) {
		const layouts = wanted.filter((each) => each.by === by);
		if (layouts.length === 0) continue;
		const ground = await createGround({
			flavor,
			...(by === undefined ? {} : { by }),
		});
		try {
			for (const layout of layouts)
				done.push(
					await runLayout(
						layout,
						ground,
						options,
						`${done.length + 1} of ${wanted.length}`,
					),
				);
		} finally {
			await ground.stop();
		}
	}
	return done;
};

const plantAll = async (
	flavor: ServerFlavor,
	options: MatrixOptions,
): Promise<void> => {
	const ground = await createGround({ flavor });
	try {
		for (const planted of plantedOn(flavor)) {
			if (!options.operation.test(planted.operation)) continue;
			const { isFound, verdicts, story } = await runPlanted(ground, planted);
			print(
				`${isFound ? "found " : "MISSED"}  ${planted.operation}: ${planted.says}`,
				...verdicts.map((each) => `    ! ${each}`),
				...(isFound ? [] : story.map((each) => `      ${each}`)),
			);
			if (!isFound) process.exitCode = 1;
		}
	} finally {
		await ground.stop();
	}
};

const main = async (): Promise<void> => {
	const options = optionsFrom(process.argv.slice(2));
	if (options.planted) {
		for (const flavor of options.flavors) await plantAll(flavor, options);
		return;
	}
	const done: LayoutReport[] = [];
	for (const flavor of options.flavors)
		done.push(...(await runFlavor(flavor, options)));
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
