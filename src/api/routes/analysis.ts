import { z } from "zod";
import { listed } from "../../analysis/listing.ts";
import { analysisJson } from "../../compat/json/analysis.ts";
import { auditJson } from "../../compat/json/audit.ts";
import { changelogJson } from "../../compat/json/changelog.ts";
import { listingRules } from "../../config/analysis-settings.ts";
import type { ReadingDeps } from "../deps.ts";
import { CLUSTER_NAME, INSTANCE, NOTHING, PAGE } from "../fields.ts";
import type { Reading } from "../reading.ts";
import {
	bareRoutes,
	envelopeRoutes,
	READ,
	type Route,
	success,
} from "../route.ts";

const listedAnalysis = async (deps: ReadingDeps) =>
	listed(await deps.analyse(), listingRules(deps.config()), {
		downtimed: true,
	});

const analyses = (deps: ReadingDeps, reading: Reading): Route[] => [
	...envelopeRoutes(
		{
			...READ,
			paths: ["replication-analysis", "replication-analysis/:clusterName"],
			says: "What is wrong, downtimed instances included",
			input: CLUSTER_NAME.partial(),
		},
		async ({ input }) => {
			const { clusterName: wanted } = input;
			const found = (await listedAnalysis(deps)).filter(
				(each) =>
					wanted === undefined ||
					each.clusterName === wanted ||
					each.clusterAlias === wanted,
			);
			const context = await reading.domainedAnalysisContext();
			return success(
				found.map((each) => analysisJson(each, context)),
				"Analysis",
			);
		},
	),
	...envelopeRoutes(
		{
			...READ,
			paths: ["replication-analysis/instance/:host/:port"],
			says: "What is wrong with one instance",
			input: INSTANCE,
		},
		async ({ input }) => {
			const name = await reading.nameOf(input);
			const found = (await listedAnalysis(deps)).filter(
				(each) => each.instance === name,
			);
			const context = await reading.domainedAnalysisContext();
			return success(
				found.map((each) => analysisJson(each, context)),
				"Analysis",
			);
		},
	),
];

const audits = (deps: ReadingDeps, reading: Reading): Route[] => [
	...bareRoutes(
		{
			...READ,
			paths: ["audit", "audit/:page"],
			says: "The audit log, newest first, 20 a page",
			input: PAGE,
		},
		async ({ input }) => (await deps.store.audit.page(input)).map(auditJson),
	),
	...bareRoutes(
		{
			...READ,
			paths: ["audit/instance/:host/:port", "audit/instance/:host/:port/:page"],
			says: "The audit log of one instance",
			input: PAGE.extend({ host: z.string(), port: z.string() }),
		},
		async ({ input: { page, ...key } }) => {
			// As in the reference, what is no instance filters nothing.
			const named = INSTANCE.safeParse(key);
			const rows = await deps.store.audit.page({
				page,
				...(named.success && { instance: await reading.nameOf(named.data) }),
			});
			return rows.map(auditJson);
		},
	),
];

const changelog = (deps: ReadingDeps): Route[] =>
	bareRoutes(
		{
			...READ,
			paths: ["replication-analysis-changelog"],
			says: "How the analysis of each instance has changed, oldest first",
			input: NOTHING,
		},
		async () => changelogJson(await deps.store.changelog.changes()),
	);

const filters = (deps: ReadingDeps): Route[] =>
	envelopeRoutes(
		{
			...READ,
			paths: ["automated-recovery-filters"],
			says: "Which clusters recover by themselves",
			input: NOTHING,
		},
		async () => {
			const settings = deps.config();
			return success(
				{
					RecoverMasterClusterFilters: settings.RecoverMasterClusterFilters,
					RecoverIntermediateMasterClusterFilters:
						settings.RecoverIntermediateMasterClusterFilters,
					RecoveryIgnoreHostnameFilters: settings.RecoveryIgnoreHostnameFilters,
				},
				"Automated recovery configuration details",
			);
		},
	);

/** Findings, the audit log, and which clusters are acted on. */
export const analysisRoutes = (
	deps: ReadingDeps,
	reading: Reading,
): Route[] => [
	...analyses(deps, reading),
	...audits(deps, reading),
	...changelog(deps),
	...filters(deps),
];
