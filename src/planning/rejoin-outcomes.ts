import type { Instance } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { NOTHING_LOST, type Phase, type Plan, phase, refused } from "./plan.ts";

export interface RejoinRequest {
	/** The server that has come back. */
	readonly instance: InstanceName;
}

export const titleOf = ({ instance }: RejoinRequest): string =>
	`rejoin of ${instance}`;

/** It is closed whatever comes of the rest, and nothing opens it again. */
export const closing = (request: RejoinRequest): Plan => ({
	title: titleOf(request),
	loss: NOTHING_LOST,
	phases: [
		phase(
			"close",
			[
				{
					do: "close",
					on: request.instance,
					because: "it was replaced, and must not take writes",
				},
			],
			"undo",
		),
	],
	continues: true,
	notes: [],
	left: [],
	says: `${request.instance} is read-only`,
});

export const settled = (
	request: RejoinRequest,
	state: "fenced" | "rejoined" | "removed",
	note: string,
	says: string,
	phases: readonly Phase[] = [],
): Plan => ({
	title: titleOf(request),
	loss: NOTHING_LOST,
	phases,
	notes: [],
	left: [],
	settlesFence: { instance: request.instance, state, note },
	says,
});

export const heldBack = (
	request: RejoinRequest,
	primary: Instance,
	extra: string,
): Plan => {
	const note = `held back, read-only: it has transactions that ${primary.name} lacks: ${extra.slice(0, 1000)}`;
	return settled(request, "fenced", note, `${request.instance} is ${note}`);
};

/** It was put back to an older state of itself. */
export const outOfDate = (request: RejoinRequest, lacked: string): Plan => {
	const note = `held back, read-only: it lacks transactions that it has committed itself, as an older copy of it does, and would not take them back from another server: ${lacked.slice(0, 1000)}; lay it anew`;
	return settled(request, "fenced", note, `${request.instance} is ${note}`);
};

/** An operation has opened it and could not be told so: a failover finishes that. To close it would leave no primary. */
export const leftOpen = (request: RejoinRequest, primary: string): Plan => {
	const note = `it takes the writes in place of ${primary}, which does not answer: a failover finishes that`;
	return refused(titleOf(request), `${request.instance}: ${note}`, {
		settlesFence: { instance: request.instance, state: "open", note },
	});
};

/** It stays fenced, read-only, and somebody must see to it. */
export const notJoined = (request: RejoinRequest, why: string): Plan =>
	refused(
		titleOf(request),
		`${request.instance} is read-only, but not replicating: ${why}`,
		{
			settlesFence: {
				instance: request.instance,
				state: "fenced",
				note: `read-only, but not replicating: ${why}`,
			},
		},
	);
