import { instanceJson } from "../../compat/json/instance.ts";
import { nameJson } from "../../compat/json/values.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import type { ApiDeps } from "../deps.ts";
import { AnswerError } from "../failure.ts";
import { BELOW, RECOVER } from "../fields.ts";
import type { Reading } from "../reading.ts";
import { requestedBy } from "../requested-by.ts";
import {
	CHANGE,
	envelopeRoutes,
	type Route,
	type Success,
	success,
} from "../route.ts";
import { primaryChangeRoutes } from "./primary-changes.ts";

const recovers = (deps: ApiDeps, reading: Reading): Route[] =>
	(["recover", "recover-lite"] as const).flatMap((command) =>
		envelopeRoutes(
			{
				...CHANGE,
				paths: [
					`${command}/:host/:port`,
					`${command}/:host/:port/:candidateHost/:candidatePort`,
				],
				says: "Recovers from the present failure of an instance; recover-lite without hooks",
				input: RECOVER,
			},
			async (call) => {
				const { candidateHost, candidatePort, skipProcesses } = call.input;
				const instance = await reading.nameOf(call.input);
				const candidate = await reading.optionalName(
					candidateHost,
					candidatePort,
				);
				return recover(deps, instance, {
					...(candidate === undefined ? {} : { candidate }),
					skipHooks: command === "recover-lite" || skipProcesses === "true",
					requestedBy: requestedBy(deps, call),
				});
			},
		),
	);

const recover = async (
	deps: ApiDeps,
	instance: InstanceName,
	options: {
		candidate?: InstanceName;
		skipHooks: boolean;
		requestedBy: string;
	},
): Promise<Success> => {
	const fail = (message: string) =>
		new AnswerError("Refused", message, nameJson(instance));
	const entry = (await deps.analyse()).find(
		(each) => each.instance === instance,
	);
	if (entry === undefined || entry.recovery !== "primary")
		throw fail(
			`Recovery not attempted: ${entry?.says ?? `${instance} is not known`}`,
		);
	const outcome = await deps.operator.run({
		kind: "recovery",
		cluster: entry.identity,
		instance,
		analysis: entry.code,
		forced: true,
		...options,
	});
	if (!outcome.successful || outcome.successor === "")
		throw fail(
			outcome.attempted
				? outcome.says
				: `Recovery not attempted: ${outcome.says}`,
		);
	return success(
		nameJson(outcome.successor),
		`Recovery executed on ${instance}`,
	);
};

const relocations = (deps: ApiDeps, reading: Reading): Route[] =>
	envelopeRoutes(
		{
			...CHANGE,
			paths: [
				"relocate/:host/:port/:belowHost/:belowPort",
				"relocate-below/:host/:port/:belowHost/:belowPort",
			],
			says: "Moves a replica below another source",
			input: BELOW,
		},
		async (call) => {
			const { belowHost, belowPort } = call.input;
			const instance = await reading.nameOf(call.input);
			const below = await reading.nameOf({ host: belowHost, port: belowPort });
			const outcome = await deps.operator.run({
				kind: "relocation",
				instance,
				below,
				requestedBy: requestedBy(deps, call),
			});
			if (!outcome.successful)
				throw new AnswerError(
					outcome.attempted ? "OperationFailed" : "Refused",
					outcome.says,
					null,
				);
			const moved = await deps.discovery.discover(instance);
			return success(
				instanceJson(moved, await reading.instanceContext()),
				`Instance ${instance} relocated below ${below}`,
			);
		},
	);

/** What changes topologies: each is an operation of the cluster, run as a durable workflow (api.md §7.2, §7.8). */
export const operationRoutes = (deps: ApiDeps, reading: Reading): Route[] => [
	...relocations(deps, reading),
	...recovers(deps, reading),
	...primaryChangeRoutes(deps, reading),
];
