import type { Request } from "express";
import {
	type AuditedChange,
	askedForBy,
	recordChanges,
} from "../audit/changes.ts";
import type { Caller } from "../auth/authenticator.ts";
import { isHost } from "../topology/host.ts";
import { type InstanceName, instanceName } from "../topology/instance-name.ts";
import type { ApiDeps } from "./deps.ts";
import type { Route } from "./route.ts";

/** Who asked for what, from where. */
export interface AskedChange {
	readonly route: Route;
	readonly request: Request;
	readonly caller: Caller;
	readonly input: Readonly<Record<string, unknown>>;
}

const instanceOf = ({ input }: AskedChange): InstanceName | "" => {
	const { host, port } = input;
	return typeof host === "string" && isHost(host) && /^\d+$/.test(`${port}`)
		? instanceName(host, Number(port))
		: "";
};

/** A body of JSON may hold anything, also what has no text of its own. */
const textOf = (value: unknown): string =>
	typeof value === "string" ? value : JSON.stringify(value);

/** What was asked for, as it was asked: the path, and what the route reads beside it. */
const wordsOf = ({ route, request, input }: AskedChange): string => {
	const beside = route.query.flatMap((name) =>
		input[name] === undefined ? [] : [`${name}=${textOf(input[name])}`],
	);
	return beside.length === 0
		? request.path
		: `${request.path}?${beside.join("&")}`;
};

const asker = ({ caller, request }: AskedChange): string =>
	`${caller.user || "somebody"} from ${request.socket.remoteAddress ?? "a local socket"}`;

/**
 * Records each asked-for change before it is made and its result after it. A change whose asking
 * cannot be recorded is not made; a result that cannot be recorded is logged. The result of a change that the reference
 * audits too goes by the reference's type.
 */
export const createChangeAudit = (
	deps: Pick<ApiDeps, "audit" | "nowMs" | "log">,
) => {
	const write = (changes: readonly AuditedChange[]) =>
		recordChanges(deps.audit, changes, deps.nowMs());
	const asking = (asked: AskedChange, message: string): AuditedChange => ({
		type: `api-${asked.route.path.split("/")[0] ?? ""}`,
		instance: instanceOf(asked),
		message: `asked for by ${asker(asked)}: ${message}`,
	});
	return {
		before: (asked: AskedChange): Promise<void> =>
			write([asking(asked, wordsOf(asked))]),
		after: async (
			asked: AskedChange,
			result: string,
			audited: readonly AuditedChange[],
		): Promise<void> => {
			const changes = audited.map((each) => ({
				...each,
				message: askedForBy(each.message, asker(asked)),
			}));
			try {
				await write(changes.length > 0 ? changes : [asking(asked, result)]);
			} catch (error) {
				deps.log.error({ err: error, result }, "cannot write the audit");
			}
		},
	};
};

export type ChangeAudit = ReturnType<typeof createChangeAudit>;
