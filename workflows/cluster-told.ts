import type { Finding } from "../src/analysis/finding.ts";
import { requestText } from "../src/operations/recovery-request.ts";
import type { OperationRequest } from "../src/planning/operation.ts";
import type { InstanceName } from "../src/topology/instance-name.ts";
import { entityDetails } from "./entity-details.ts";

// What an entity tells of what it knows: to whoever asks, to the Temporal UI, and to the run after it.

export interface Running {
	readonly request: OperationRequest;
	readonly sinceMs: number;
	runId: string;
	/** Why it was given up, in the words for whoever asked for it. */
	givenUp?: string;
	/** It has come no further for long, and what it waits for. */
	overdue?: string;
}

export interface LastOperation {
	readonly kind: string;
	readonly says: string;
	readonly endedAtMs: number;
	readonly successful?: boolean;
}

/** What outlives a continue-as-new. */
export interface Carried {
	/** Of the cluster, as it was told last. */
	readonly alias?: string;
	readonly findings: readonly Finding[];
	readonly returned: readonly InstanceName[];
	readonly moved?: InstanceName;
	readonly last?: LastOperation;
	readonly verdicts?: Readonly<Record<InstanceName, string>>;
	readonly lastRunId?: string;
}

/** What there is to be told. */
export interface Known {
	/** Of the cluster; empty until it is told. */
	readonly alias: string;
	readonly findings: readonly Finding[];
	/** Why each was or was not acted on, as far as that is known. */
	readonly verdicts: ReadonlyMap<InstanceName, string>;
	readonly returned: ReadonlySet<InstanceName>;
	readonly moved: InstanceName | undefined;
	readonly running: Readonly<Running> | undefined;
	readonly last: LastOperation | undefined;
	readonly lastRunId: string;
}

/** Of the operation that runs, in one line; empty where none does. */
export const summaryOf = ({ running }: Pick<Known, "running">): string =>
	running === undefined ? "" : requestText(running.request);

/** Markdown for the Temporal UI. */
export const detailsOf = (known: Known): string => {
	const { alias, running, last, findings, verdicts } = known;
	return entityDetails({
		alias,
		findings,
		verdicts,
		last,
		running: running && {
			line: summaryOf(known),
			sinceMs: running.sinceMs,
			overdue: running.overdue ?? "",
		},
	});
};

/** For whoever asks. */
export const statusOf = ({
	running,
	last,
	findings,
	verdicts,
	returned,
}: Known) => ({
	running: running ?? null,
	last: last ?? null,
	findings,
	verdicts: Object.fromEntries(verdicts),
	returned: [...returned],
});

/** For the run after it. */
export const carriedOf = ({
	alias,
	findings,
	verdicts,
	returned,
	moved,
	last,
	lastRunId,
}: Known): Carried => ({
	...(alias === "" ? {} : { alias }),
	findings,
	returned: [...returned],
	...(moved === undefined ? {} : { moved }),
	...(last === undefined ? {} : { last }),
	verdicts: Object.fromEntries(verdicts),
	lastRunId,
});
