import type { Effect } from "../../planning/step.ts";
import type { Instance } from "../../topology/instance.ts";
import type { InstanceName } from "../../topology/instance-name.ts";
import { isCutOff, ServerFault } from "../driver-error.ts";
import type { Reader, StepSession } from "../step-session.ts";
import { combined, type StepTrace } from "../step-trace.ts";
import type { StepAnswer, StepContext, StepRun } from "./step-context.ts";

/** What a step's sessions did and saw, written down while it works. */
export interface StepLog {
	readonly run: StepRun;
	written(): Pick<
		StepAnswer,
		"effect" | "reached" | "seen" | "faulty" | "wasCutOff"
	>;
}

/** A step may have sessions to two servers, one within the other, and a fault does not say whose it is. */
const createNaming = (
	onFault: (server: InstanceName, fault: ServerFault) => void,
) => {
	const named = new WeakSet<ServerFault>();
	return async <T>(server: InstanceName, work: Promise<T>): Promise<T> => {
		try {
			return await work;
		} catch (error) {
			if (!(error instanceof ServerFault) || named.has(error)) throw error;
			const fault = new ServerFault(
				error.outcome,
				`${server}: ${error.message}`,
				error.errno,
				{ cause: error },
			);
			named.add(fault);
			onFault(server, fault);
			throw fault;
		}
	};
};

export const createStepLog = (context: StepContext): StepLog => {
	const traces = new Map<InstanceName, StepTrace[]>();
	const seen = new Map<InstanceName, Instance>();
	const faulty = new Set<InstanceName>();
	let wasCutOff = false;
	const naming = createNaming((server, fault) => {
		faulty.add(server);
		wasCutOff ||= isCutOff(fault);
	});
	let reached = "";

	const looking = <R extends Reader>(reader: R): R => ({
		...reader,
		read: (statement, deadlineMs) =>
			naming(reader.server, reader.read(statement, deadlineMs)),
		look: async () => {
			const instance = await naming(reader.server, reader.look());
			seen.set(reader.server, instance);
			return instance;
		},
	});

	const following = (session: StepSession): StepSession => {
		const { server, trace } = session;
		traces.set(server, [...(traces.get(server) ?? []), trace]);
		return {
			...looking(session),
			part: (name) => {
				reached = name;
				session.part(name);
				context.beat(name);
			},
			beside: async () => following(await session.beside()),
			write: (statement, options) => {
				if (options?.isFleeting !== true) seen.delete(server);
				return naming(server, session.write(statement, options));
			},
			writeAll: (statements, options) => {
				if (options?.isFleeting !== true) seen.delete(server);
				return naming(server, session.writeAll(statements, options));
			},
		};
	};

	return {
		run: {
			...context,
			session: (server, work) =>
				naming(
					server,
					context.session(server, (session) => work(following(session))),
				),
			reader: (server, work) =>
				naming(
					server,
					context.reader(server, (reader) => work(looking(reader))),
				),
			settle: (server, effect) => {
				for (const trace of traces.get(server) ?? []) trace.settle(effect);
			},
		},
		written: () => ({
			effect: combined(
				[...traces.values()].flat().map(({ effect }): Effect => effect),
			),
			reached,
			seen: [...seen.values()],
			faulty: [...faulty],
			wasCutOff,
		}),
	};
};
