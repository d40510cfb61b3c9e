import { type Instance, isReplica } from "../topology/instance.ts";
import type { Answer, Row } from "./answer.ts";
import { type Answers, ask, isConfigured } from "./ask.ts";
import { probeBinlogServer } from "./binlog-server.ts";
import type { ConfiguredName } from "./configured-queries.ts";
import { type Contact, firstContact, learn, uptimeSeconds } from "./contact.ts";
import { ServerFault } from "./driver-error.ts";
import { instanceFrom } from "./instance-from.ts";
import { listedReplicas } from "./named-replicas.ts";
import { pollStatements, type StatementName } from "./poll-statements.ts";
import type { PartName } from "./probe-findings.ts";
import type { ProbeSettings } from "./probe-settings.ts";
import { createRefusedStatements } from "./refused-statements.ts";
import type { Session } from "./session.ts";
import { someElsewhere, withWorkerErrors } from "./worker-errors.ts";

const UNKNOWN_VARIABLE = 1193;

/** A fault that is not the server's answer, in anything that is not the configuration's, is the fault of the probe. */
const assertAnswered = (answers: Answers): void => {
	for (const [name, answer] of answers)
		if (
			answer instanceof ServerFault &&
			answer.outcome !== "refused-by-server" &&
			name !== "separator" &&
			!(isConfigured(name) && answer.outcome === "timeout")
		)
			throw answer;
};

const rowsOf = (answer: Answer | undefined): readonly Row[] =>
	answer === undefined || answer instanceof ServerFault ? [] : answer;

const isUnknownVariable = (answer: Answer | undefined): boolean =>
	answer instanceof ServerFault && answer.errno === UNKNOWN_VARIABLE;

/**
 * What showed only in the answers: a plugin that was unloaded, replicas that SHOW REPLICAS does not list any more, or an error that the
 * status only points to.
 */
const afterthoughts = (
	contact: Contact,
	answers: Answers,
): [StatementName, string][] => {
	const { poll } = contact.dialect;
	const listed = listedReplicas(rowsOf(answers.get("replicas")));
	const also: [StatementName, string][] = [];
	if (isUnknownVariable(answers.get("variables")))
		also.push(["pluginVariables", poll.pluginVariables]);
	if (listed.length === 0 && !answers.has("dumps"))
		also.push(["dumps", poll.dumps]);
	if (
		poll.workerErrors !== "" &&
		someElsewhere(rowsOf(answers.get("replicaStatus")))
	)
		also.push(["workerErrors", poll.workerErrors]);
	return also;
};

const configuredOf = (answers: Answers) =>
	Object.fromEntries(
		[...answers]
			.filter(([name]) => isConfigured(name))
			.map(([name, answer]) => [name.slice("configured-".length), answer]),
	) as Partial<Record<ConfiguredName, Answer>>;

/** One row of columns as rows of (name, value). */
const asNamedRows = (answer: Answer): Answer =>
	answer instanceof ServerFault
		? answer
		: answer
				.slice(0, 1)
				.flatMap((row) =>
					Object.entries(row).map(([name, value]) => ({ name, value })),
				);

const partsOf = (
	answers: Answers,
	{ replicaStatusColumns }: Contact["dialect"],
): Partial<Record<PartName, Answer>> => {
	const parts = Object.fromEntries(answers) as Partial<
		Record<StatementName, Answer>
	>;
	const { replicaStatus, workerErrors } = parts;
	const variables = parts.pluginVariables ?? asNamedRows(parts.variables ?? []);
	return {
		...parts,
		variables,
		...(replicaStatus !== undefined &&
			!(replicaStatus instanceof ServerFault) && {
				replicaStatus: withWorkerErrors(
					replicaStatus,
					rowsOf(workerErrors),
					replicaStatusColumns.channel,
				),
			}),
	};
};

/**
 * Reads everything that Baton needs to know about one server, over an open session. Over a kept one that is a single round
 * trip; what cannot change while a connection lasts is asked once.
 */
export const createProbe = (deps: {
	readonly settings: () => ProbeSettings;
	readonly nowMs: () => number;
}): ((session: Session) => Promise<Instance>) => {
	const { nowMs } = deps;
	const contacts = new WeakMap<Session, Contact>();
	const refused = createRefusedStatements(nowMs);

	const contactOf = async (
		session: Session,
		settings: ProbeSettings,
	): Promise<Contact> => {
		const known = contacts.get(session);
		if (known !== undefined) return known;
		const contact = await firstContact(session, settings.checkMaxScale);
		contacts.set(session, contact);
		return contact;
	};

	/** A privilege counts from the next connection on: this one is not kept as soon as less is missing. */
	const renewWhenGranted = (
		session: Session,
		contact: Contact,
		seen: Instance,
	): void => {
		const missing = seen.findings.filter(
			(each) => each.privilege !== "",
		).length;
		if (contact.missing !== undefined && missing < contact.missing) {
			refused.forget(session.server);
			session.retire();
		}
		contact.missing = missing;
	};

	return async (session) => {
		const settings = deps.settings();
		const startedAtMs = nowMs();
		const contact = await contactOf(session, settings);
		if (contact.maxScaleVersion !== "")
			return probeBinlogServer(session, contact.maxScaleVersion, nowMs);
		const statements = pollStatements(contact, settings, startedAtMs);
		const answers = await ask(session, statements, refused);
		assertAnswered(answers);
		const also = afterthoughts(contact, answers);
		if (also.length > 0)
			for (const [name, answer] of await ask(session, also, refused))
				answers.set(name, answer);
		assertAnswered(answers);
		const endedAtMs = nowMs();
		learn(
			contact,
			{
				variables: answers.get("pluginVariables"),
				uptime: answers.get("uptime"),
				grants: answers.get("grants"),
			},
			endedAtMs,
		);
		const seen = instanceFrom(
			session.server,
			{
				dialect: contact.dialect,
				parts: partsOf(answers, contact.dialect),
				configured: configuredOf(answers),
				uptimeSeconds: uptimeSeconds(contact, endedAtMs),
				privileges: contact.privileges,
				startedAtMs,
				endedAtMs,
			},
			settings,
		);
		contact.listsReplicas =
			listedReplicas(rowsOf(answers.get("replicas"))).length > 0;
		contact.hadNoSource = !isReplica(seen) || !seen.readOnly;
		renewWhenGranted(session, contact, seen);
		return seen;
	};
};
