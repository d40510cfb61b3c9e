// Whether the matrix finds the bugs that are put in on purpose.

import type { ServerFlavor } from "../../../setup/locate.mjs";
import { type Case, casesOf, caseText } from "./cases.ts";
import type { Ground } from "./ground.ts";
import type { Layout } from "./layout.ts";
import { LAYOUTS } from "./layouts.ts";
import { PLANTED, type Planted } from "./planted.ts";
import { type CaseReport, runCase } from "./run-case.ts";

export const layoutNamed = (operation: string): Layout => {
	const found = LAYOUTS.find((each) => each.operation === operation);
	if (found === undefined) throw new Error(`no layout ${operation}`);
	return found;
};

/** Those that can be tried on servers of that family. */
export const plantedOn = (flavor: ServerFlavor): readonly Planted[] =>
	PLANTED.filter(
		({ operation }) => layoutNamed(operation).flavors?.includes(flavor) ?? true,
	);

/** The first case of the layout whose text matches. */
const caseLike = async (
	ground: Ground,
	layout: Layout,
	point: RegExp,
): Promise<Case> => {
	const { statements } = await runCase(ground, layout);
	const found = casesOf(statements, layout.bystanders).find((the) =>
		point.test(caseText(the)),
	);
	if (found === undefined)
		throw new Error(`${layout.operation} has no case like ${point}`);
	return found;
};

export interface PlantedReport extends CaseReport {
	/** The judge said what it should. */
	readonly isFound: boolean;
}

export const runPlanted = async (
	ground: Ground,
	{ operation, point, ...bug }: Planted,
): Promise<PlantedReport> => {
	const layout = layoutNamed(operation);
	const the =
		point === undefined ? undefined : await caseLike(ground, layout, point);
	const report = await runCase(ground, layout, the, bug);
	return {
		...report,
		isFound: report.verdicts.some((each) => bug.verdict.test(each)),
	};
};
