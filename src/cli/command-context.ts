import { askedForBy, recordChanges } from "../audit/changes.ts";
import { analysisSettings } from "../config/analysis-settings.ts";
import type { LoadedConfiguration } from "../config/load.ts";
import { errorText } from "../errors.ts";
import type { Log } from "../log.ts";
import { createNames } from "../naming/names.ts";
import { analysisOfStore } from "../reading/analysis-of-store.ts";
import type { CommandContext } from "./command.ts";
import type { CliDependencies } from "./dependencies.ts";
import type { Flags } from "./flag-table.ts";
import { commandListing, listingJson } from "./help.ts";
import { type Invocation, serve } from "./invocation.ts";
import { createSession, type Session } from "./session.ts";
import { createTargets, type Targets } from "./targets.ts";

const auditOf =
	(
		deps: CliDependencies,
		session: Session,
		{ config }: LoadedConfiguration,
		log: Log,
	): CommandContext["audit"] =>
	async (...changes) => {
		const who = `${deps.userName()} on ${deps.localHostname()}`;
		try {
			// Reads answer sooner without it.
			const { createAuditTrail } = await import("../audit/audit-trail.ts");
			const trail = createAuditTrail(await session.store(), () => config, log);
			const signed = changes.map((each) => ({
				...each,
				message: askedForBy(each.message, who),
			}));
			await recordChanges(trail, signed, deps.nowMs());
		} catch (error) {
			log.error(
				`the change was made, but the audit could not be written: ${errorText(error)}`,
			);
		}
	};

/** A person who watches is told of each step; whoever reads the output of a script has not asked for them. */
const stepsTo = ({
	flags,
	streams,
	log,
}: Invocation): Pick<CommandContext, "tellStep" | "foot"> => {
	if (flags.quiet) return {};
	if (streams.isTerminal === true)
		return {
			tellStep: (line) => streams.stderr(`${line}\n`),
			...(streams.foot === undefined ? {} : { foot: streams.foot }),
		};
	return flags.verbose || flags.debug ? { tellStep: log.info } : {};
};

/** What a command of this invocation is given. */
export const contextOf = (
	deps: CliDependencies,
	session: Session,
	loaded: LoadedConfiguration,
	invocation: Invocation,
	tellLast: CommandContext["tellLast"],
): CommandContext => {
	const { flags, streams, log } = invocation;
	const { config: configuration } = loaded;
	const names = createNames({
		store: session.store,
		resolveHost: (target) => deps.resolveHost(configuration, target),
		defaultPort: () => configuration.DefaultInstancePort,
	});
	const targetsOf = (given: Flags): Targets =>
		createTargets({
			flags: given,
			defaultPort: configuration.DefaultInstancePort,
			store: session.store,
			names,
			localHostname: deps.localHostname,
			log,
		});
	return {
		...targetsOf(flags),
		listedInstance: (instance) =>
			targetsOf({ ...flags, instance }).literalInstance(),
		flags,
		configuration,
		log,
		nowMs: deps.nowMs(),
		asker: flags.owner || deps.userName(),
		node: { hostname: deps.localHostname(), token: deps.processToken },
		names,
		print: (line) => streams.stdout(`${line}\n`),
		tellLast,
		...stepsTo(invocation),
		printListing: () => streams.stderr(commandListing(deps.program)),
		listing: listingJson,
		audit: auditOf(deps, session, loaded, log),
		tentatively: async (work) =>
			(await session.store()).tentatively(async (store) => {
				const within = createSession(
					deps,
					loaded,
					log,
					{ isBreakGlass: false, mayMakeStore: false },
					store,
				);
				try {
					return await work(
						contextOf(deps, within, loaded, invocation, tellLast),
					);
				} finally {
					await within.close();
				}
			}),
		store: session.store,
		operator: session.operator,
		rolling: session.rolling,
		discovery: session.discovery,
		explain: async (request) =>
			deps.explain(configuration, await session.store(), request),
		planOf: async (request) =>
			deps.planOf(configuration, await session.store(), request),
		lookAtCluster: async (identity) =>
			deps.lookAtCluster(configuration, await session.store(), identity),
		askTemporal: () => deps.askTemporal(configuration),
		analyse: async (clusterName) =>
			analysisOfStore(
				await session.store(),
				analysisSettings(configuration),
				deps.nowMs(),
				clusterName,
			),
		lookAt: (name) => deps.lookAt(configuration, name),
		binaryLogStarts: (name) => deps.binaryLogStarts(configuration, name),
		withLogs: (name, work) =>
			deps.withLogs(
				configuration,
				name,
				(text) => {
					if (!flags.quiet) streams.stderr(`${text}\n`);
				},
				work,
			),
		canonicalHost: (target) => deps.canonicalHost(configuration, target),
		redeployStore: () => deps.redeployStore(configuration),
		api: async (path, input) =>
			deps.answerOfApi(configuration, await session.store(), {
				path,
				input,
				log,
			}),
		lackingInStore: () => deps.lackingInStore(configuration),
		serve: ({ http }) => serve(deps, invocation, loaded, http),
	};
};
