// Which faults are tried at which points. Pure.

import type { Statement } from "./statements.ts";

export const FAULTS = [
	"session-killed",
	"refused",
	"denied",
	"server-killed",
	"server-stopped",
	"server-started",
	"cut-off",
	"manager-killed",
	"cancelled",
	"asked-twice",
] as const;

/**
 * `session-killed`: the server ends the session. `refused`: the server refuses the statement this once. `denied`: it refuses it
 * from now on, for want of a privilege. `server-killed`: SIGKILL. `server-stopped`: SIGSTOP, until the operation has ended.
 * `server-started`: one that is dead is started again by its host, and answers before the operation goes on.
 * `cut-off`: whatever the manager and the server send each other is lost from now on until the operation has ended; everybody else
 * reaches the server, whose sessions with the manager stay. `manager-killed`: whoever runs the operation is gone, and another one runs it again.
 * `cancelled`: somebody asks for the end of the operation. `asked-twice`: somebody asks for the same a second time.
 */
export type FaultKind = (typeof FAULTS)[number];

/** `unseen`: the server has done it, and its answer does not arrive. */
export type Moment = "before" | "unseen" | "after";

export interface Case {
	/** Names the statement, see statements.ts. */
	readonly point: string;
	readonly fault: FaultKind;
	readonly moment: Moment;
	/** The server that is hit. */
	readonly victim: string;
}

export const caseText = ({ point, fault, moment, victim }: Case): string =>
	`${fault} ${victim} ${moment} ${point}`;

/** At what moments of a writing statement a fault makes a difference; the second list is for servers that it was not said to. */
const AT_WRITES: Readonly<
	Record<
		FaultKind,
		readonly [own: readonly Moment[], others: readonly Moment[]]
	>
> = {
	"session-killed": [["before", "unseen", "after"], []],
	refused: [["before"], []],
	denied: [["before"], []],
	"server-killed": [
		["before", "unseen", "after"],
		["before", "unseen"],
	],
	"server-stopped": [
		["before", "unseen", "after"],
		["before", "unseen"],
	],
	"server-started": [[], ["before"]],
	"cut-off": [
		["before", "unseen", "after"],
		["before", "unseen"],
	],
	"manager-killed": [["before", "unseen"], []],
	cancelled: [["before"], []],
	"asked-twice": [["before"], []],
};

/** The same of a reading one: its answer is as good as none where it does not arrive, and a hang before it is one after the last write. */
const AT_READS: Readonly<Record<FaultKind, readonly Moment[]>> = {
	"session-killed": ["before"],
	refused: [],
	denied: [],
	"server-killed": ["before"],
	"server-stopped": [],
	"server-started": [],
	"cut-off": [],
	"manager-killed": ["before"],
	// Some phases look and wait only, and a step looks after its last write.
	cancelled: ["before"],
	"asked-twice": [],
};

/** What only a node with its workflows can be asked for. */
export const isByTemporal = ({ fault }: Case): boolean =>
	fault === "cancelled" || fault === "asked-twice";

/** A server that is hit wherever the operation stands, beside the one that a statement is said to. */
export interface Bystander {
	readonly victim: string;
	readonly faults: readonly FaultKind[];
}

/** All of what can be tried on an operation that said these statements when nothing went wrong. */
export const casesOf = (
	statements: readonly Statement[],
	bystanders: readonly Bystander[],
): readonly Case[] =>
	statements.flatMap(({ key: point, alias, isWrite }) => {
		if (point === undefined) return [];
		const own = FAULTS.flatMap((fault) =>
			(isWrite ? AT_WRITES[fault][0] : AT_READS[fault]).map(
				(moment): Case => ({ point, fault, moment, victim: alias }),
			),
		);
		const others = isWrite
			? bystanders.filter(({ victim }) => victim !== alias)
			: [];
		return [
			...own,
			...others.flatMap(({ victim, faults }) =>
				faults.flatMap((fault) =>
					AT_WRITES[fault][1].map(
						(moment): Case => ({ point, fault, moment, victim }),
					),
				),
			),
		];
	});
