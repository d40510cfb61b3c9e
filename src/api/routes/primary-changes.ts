import { analysisJson } from "../../compat/json/analysis.ts";
import type { Json } from "../../compat/json/go-json.ts";
import { outcomeJson } from "../../compat/json/recovery.ts";
import { onlyPrimary } from "../../naming/primaries.ts";
import type {
	OperationOutcome,
	OperationRequest,
} from "../../planning/operation.ts";
import type { ApiDeps } from "../deps.ts";
import { AnswerError } from "../failure.ts";
import { DESIGNATED } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { requestedBy } from "../requested-by.ts";
import {
	CHANGE,
	envelopeRoutes,
	type Route,
	type Success,
	success,
} from "../route.ts";
import { checkDirectReplica, checkSuccessor } from "../takeover-checks.ts";

type Failover = Extract<OperationRequest, { kind: "takeover" | "recovery" }>;

const recordOf = async (
	deps: ApiDeps,
	outcome: OperationOutcome,
	commandHint: string,
	entry: Parameters<typeof outcomeJson>[1]["entry"],
	reading: Reading,
): Promise<Json> => {
	const [record] =
		outcome.uid === ""
			? []
			: await deps.store.recoveries.list({ uid: outcome.uid });
	return outcomeJson(outcome, {
		...reading.analysisContext(),
		commandHint,
		...(entry === undefined ? {} : { entry }),
		recoveryId: record?.id ?? 0,
		successorAlias: record?.successorAlias ?? "",
		byGtid: true,
	});
};

/** Runs a change of primary and answers its TopologyRecovery; also in the error's details when it was begun (api.md §7.8). */
const changePrimary = async (
	deps: ApiDeps,
	reading: Reading,
	request: Failover,
	commandHint: string,
): Promise<Success> => {
	const before = await deps.analyse();
	const outcome = await deps.operator.run(request);
	const known = before.find((each) => each.instance === outcome.failed);
	const entry =
		known === undefined
			? undefined
			: analysisJson(known, await reading.domainedAnalysisContext());
	const details = await recordOf(deps, outcome, commandHint, entry, reading);
	if (outcome.successful && outcome.successor !== "")
		return success(details, `${commandHint}: ${outcome.says}`);
	throw new AnswerError(
		outcome.attempted ? "OperationFailed" : "Refused",
		outcome.says,
		outcome.attempted ? details : null,
	);
};

const forms = (command: string): string[] => [
	`${command}/:host/:port`,
	`${command}/:host/:port/:designatedHost/:designatedPort`,
	`${command}/:clusterHint`,
	`${command}/:clusterHint/:designatedHost/:designatedPort`,
];

const takeovers = (deps: ApiDeps, reading: Reading): Route[] =>
	[false, true].flatMap((auto) => {
		const command = "graceful-master-takeover";
		return envelopeRoutes(
			{
				...CHANGE,
				paths: forms(auto ? `${command}-auto` : command),
				says: auto
					? "Planned change of primary; chooses the successor, and makes the old primary replicate"
					: "Planned change of primary",
				input: DESIGNATED,
			},
			async (call) => {
				const { designatedHost, designatedPort } = call.input;
				const cluster = await reading.cluster(call.input);
				const to = await reading.optionalName(designatedHost, designatedPort);
				const primary = await onlyPrimary(deps.store, cluster);
				await checkSuccessor(deps.store, primary, to, auto);
				return changePrimary(
					deps,
					reading,
					{
						kind: "takeover",
						cluster: cluster.identity,
						auto,
						...(to === undefined ? {} : { to }),
						requestedBy: requestedBy(deps, call),
					},
					command,
				);
			},
		);
	});

const forced = (deps: ApiDeps, reading: Reading): Route[] =>
	(["force-master-failover", "force-master-takeover"] as const).flatMap(
		(command) =>
			envelopeRoutes(
				{
					...CHANGE,
					paths:
						command === "force-master-failover"
							? [`${command}/:host/:port`, `${command}/:clusterHint`]
							: forms(command).filter((path) => path.includes(":designated")),
					says: "Unplanned change of primary, whatever the state of the present one",
					input: DESIGNATED,
				},
				async (call) => {
					const { designatedHost, designatedPort } = call.input;
					const cluster = await reading.cluster(call.input);
					const primary = await onlyPrimary(deps.store, cluster);
					const candidate = await reading.optionalName(
						designatedHost,
						designatedPort,
					);
					if (candidate !== undefined)
						await checkDirectReplica(deps.store, primary, candidate);
					return changePrimary(
						deps,
						reading,
						{
							kind: "recovery",
							cluster: cluster.identity,
							instance: primary.name,
							analysis: "DeadMaster",
							forced: true,
							command,
							...(candidate === undefined ? {} : { candidate }),
							requestedBy: requestedBy(deps, call),
						},
						command,
					);
				},
			),
	);

/** Planned and forced changes of primary (api.md §7.8). */
export const primaryChangeRoutes = (
	deps: ApiDeps,
	reading: Reading,
): Route[] => [...forced(deps, reading), ...takeovers(deps, reading)];
