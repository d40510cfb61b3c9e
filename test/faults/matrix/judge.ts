// Whether a run was sound: by what the servers are like, and by whether what is told of it is true. Pure.

import type { OperationKind } from "../../../src/planning/operation.ts";
import type { DoubleOpening } from "./exposure.ts";

export interface Channel {
	readonly name: string;
	readonly source: string;
	readonly receiver: "runs" | "connecting" | "stopped";
	readonly applies: boolean;
	readonly error: string;
}

/** What a server has been told since it was started. */
export interface Heard {
	/** Its process: another one has begun to count anew. */
	readonly by: number;
	/** So often its channels were laid. */
	readonly changes: number;
	/** So often its threads were started. */
	readonly starts: number;
}

/** A server, by the alias that all of this goes by. */
export interface Seen {
	readonly alias: string;
	/** False: it is down or hung, and nothing is known of it. */
	readonly answers: boolean;
	readonly isOpen: boolean;
	readonly channels: readonly Channel[];
	/** A setting that steps change for a moment. */
	readonly patience: number;
	readonly heard: Heard;
}

/** What an operation told, with aliases in place of names. */
export interface Told {
	readonly kind: OperationKind;
	readonly successful: boolean;
	readonly changed: boolean;
	/** The new primary of a change of primary. */
	readonly successor: string;
	/** The server that a relocation or rejoin was about, and where it was to go. */
	readonly moved: string;
	readonly below: string;
	/** Of several that were to go there, those that did. */
	readonly arrived: readonly string[];
	/** Whatever was done to these was taken back. */
	readonly putBack: readonly string[];
	/** It could not be taken back on these, or nobody knows what was done to them. */
	readonly notPutBack: readonly string[];
	/** Outcome of a rejoin. */
	readonly state: string;
	readonly left: readonly string[];
	/** The sentence, the errors and the reasons of those that were left. */
	readonly texts: readonly string[];
}

/** What the store has of it. */
export interface Recorded {
	/** The server that the cluster is named after. */
	readonly primary: string;
	/** An operation still holds the cluster. */
	readonly isHeld: boolean;
	/** Rows of recoveries that have no end. */
	readonly open: number;
	/** What the newest row says; undefined without one. */
	readonly newest:
		| { readonly isSuccessful: boolean; readonly successor: string }
		| undefined;
	/** Fences, in words. */
	readonly fences: readonly string[];
}

export interface Observed {
	readonly before: readonly Seen[];
	readonly now: readonly Seen[];
	/** Of all runs so far; the last one last. */
	readonly told: readonly Told[];
	/** A manager died in one of them, and could not tell what it had changed. */
	readonly hasDied: boolean;
	readonly recorded: Recorded;
	readonly doubles: readonly DoubleOpening[];
	/** The operation is to leave this one stopped, or without its source. */
	readonly leaves?: string;
	/** The kind that was asked for. */
	readonly asked?: OperationKind;
	/** What of the state that it leads to is not so. */
	readonly unmet?: readonly string[];
	readonly isClosing?: true;
	readonly isPairing?: true;
	readonly isStrict?: true;
}

const isFenced = ({ recorded }: Observed, alias: string): boolean =>
	recorded.fences.some((text) => new RegExp(`\\b${alias}\\b`).test(text));

const isMentioned = (observed: Observed, alias: string): boolean => {
	const word = new RegExp(`\\b${alias}\\b`);
	return (
		observed.told.some(
			({ left, texts }) =>
				left.includes(alias) || texts.some((text) => word.test(text)),
		) || isFenced(observed, alias)
	);
};

const follows = ({ receiver, applies }: Channel): boolean =>
	receiver !== "stopped" && applies;

const doubleOpened = ({ doubles }: Observed): string[] =>
	doubles.map(
		({ servers, fromMs, toMs }) =>
			`two open: ${servers.join(" and ")} for at least ${(toMs - fromMs).toFixed(1)} ms`,
	);

/** Channels that received before: gone, or stopped and told by nobody. */
const receivers = (observed: Observed): string[] =>
	observed.now.flatMap((server) => {
		if (!server.answers || server.isOpen) return [];
		const before = observed.before.find(({ alias }) => alias === server.alias);
		return (before?.channels ?? []).flatMap((was) => {
			const is = server.channels.find(({ name }) => name === was.name);
			const called = `${server.alias}${was.name === "" ? "" : ` (channel ${was.name})`}`;
			if (is === undefined && server.alias === observed.leaves) return [];
			if (is === undefined)
				return [`channel lost: ${called} replicates from nobody`];
			const isStopped = was.receiver !== "stopped" && !follows(is);
			return !isStopped || isMentioned(observed, server.alias)
				? []
				: [
						`unaccounted: ${called} below ${is.source} is stopped (receiver ${is.receiver}, applies ${is.applies}) and nothing tells of it${is.error === "" ? "" : `: ${is.error.slice(0, 200)}`}`,
					];
		});
	});

const stateOf = ({ isOpen, channels }: Seen): string =>
	JSON.stringify([
		isOpen,
		channels.map((each) => [
			each.name,
			each.source,
			each.receiver === "stopped",
			each.applies,
		]),
	]);

/** "Nothing was changed" is true of every server that answers. */
const unchanged = ({ before, now, told, hasDied }: Observed): string[] => {
	if (hasDied || told.length === 0 || told.some(({ changed }) => changed))
		return [];
	return now.flatMap((server) => {
		const was = before.find(({ alias }) => alias === server.alias);
		return !server.answers ||
			was === undefined ||
			!was.answers ||
			stateOf(was) === stateOf(server)
			? []
			: [
					`untrue: it is told that nothing was changed, but ${server.alias} was ${stateOf(was)} and is ${stateOf(server)}`,
				];
	});
};

/** Whoever does not come through is put back where it was, or told of. */
const PUTS_BACK: ReadonlySet<OperationKind> = new Set<OperationKind>([
	"relocation",
	"moves",
	"exchange",
	"coPrimary",
]);

const isToStandAsBefore = (told: Told, alias: string): boolean =>
	PUTS_BACK.has(told.kind) &&
	(!told.successful || told.left.includes(alias)) &&
	!told.arrived.includes(alias) &&
	!told.texts.some((text) => text.includes(`${alias} replicates from`));

/** Who was put back stands as before, also where the operation has changed others: the next operation may well mend it. */
const restored = ({ before, now, told, hasDied }: Observed): string[] => {
	const [only] = told;
	// Where nothing was changed is {@link unchanged} to see.
	if (hasDied || told.length > 1 || only?.changed !== true) return [];
	return now.flatMap((server) => {
		const { alias } = server;
		const was = before.find((each) => each.alias === alias);
		const isSo =
			!server.answers ||
			was?.answers !== true ||
			stateOf(was) === stateOf(server);
		if (isSo || only.notPutBack.includes(alias)) return [];
		const differs = `${alias} was ${stateOf(was)} and is ${stateOf(server)}`;
		if (only.putBack.includes(alias))
			return [`untrue: ${alias} is told to have been put back, but ${differs}`];
		return isToStandAsBefore(only, alias)
			? [
					`unaccounted: ${alias} did not come through, and nothing tells that ${differs}`,
				]
			: [];
	});
};

const followersOf = (last: Told, now: readonly Seen[]): string[] =>
	now.flatMap((server) => {
		const isIts = server.channels.some(
			(each) => each.source === last.successor && follows(each),
		);
		return !server.answers ||
			server.alias === last.successor ||
			isIts ||
			last.left.includes(server.alias) ||
			last.texts.some((text) => new RegExp(`\\b${server.alias}\\b`).test(text))
			? []
			: [
					`untrue: ${server.alias} is told to follow ${last.successor} and does not`,
				];
	});

/** What the last operation told of the servers. */
const truth = ({ now, told }: Observed): string[] => {
	const [last] = told.slice(-1);
	if (last === undefined) return [];
	const find = (alias: string) => now.find((each) => each.alias === alias);
	if (last.successor !== "") {
		const next = find(last.successor);
		const isClosed = next?.answers === true && !next.isOpen;
		const names = next?.channels.map(({ source }) => source) ?? [];
		return [
			...(isClosed
				? [
						`untrue: ${last.successor} is told to be the primary and is read-only`,
					]
				: []),
			...(last.successful && names.length > 0 && last.kind === "takeover"
				? [
						`untrue: all went well, it is told, but ${last.successor} still names ${names.join(", ")} as its source`,
					]
				: []),
			...followersOf(last, now),
		];
	}
	if (last.kind === "moves")
		return last.arrived.flatMap((alias) => {
			const server = find(alias);
			return server?.answers !== true ||
				server.channels.some(({ source }) => source === last.below)
				? []
				: [
						`untrue: ${alias} is told to stand below ${last.below} and does not`,
					];
		});
	const moved = find(last.moved);
	if (moved === undefined || !moved.answers) return [];
	const isBelow = moved.channels.some(
		(each) => each.source === last.below && follows(each),
	);
	if (last.kind === "relocation" && last.successful && !isBelow)
		return [
			`untrue: ${last.moved} is told to replicate from ${last.below} and does not`,
		];
	if (
		last.kind === "rejoin" &&
		last.state === "rejoined" &&
		(moved.isOpen || !moved.channels.some(follows))
	)
		return [`untrue: ${last.moved} is told to have rejoined and has not`];
	return [];
};

/** What was asked for, where it was told to be so. The primary was changed by a later operation: it need not be so any more. */
const reached = (
	{ told, asked, unmet = [] }: Observed,
	hasSucceeded: (asked: readonly Told[]) => boolean,
): string[] => {
	const own = told.filter(({ kind }) => kind === asked);
	const isOver = told.some(({ successor }) => successor !== "");
	return isOver || !hasSucceeded(own)
		? []
		: unmet.map((each) => `untrue: it is told to have succeeded, but ${each}`);
};

/** Whom it tells to have left need not stand there. */
const lastSucceeded = (told: readonly Told[]): boolean => {
	const last = told.at(-1);
	return last?.successful === true && last.left.length === 0;
};

const anySucceeded = (told: readonly Told[]): boolean =>
	told.some(({ successful }) => successful);

/** What is kept for later. */
const records = ({ told, recorded }: Observed): string[] => {
	const [last] = told
		.filter(({ kind }) => kind === "recovery" || kind === "takeover")
		.slice(-1);
	const { newest } = recorded;
	const isOther =
		last !== undefined &&
		newest !== undefined &&
		last.changed &&
		(newest.isSuccessful !== last.successful ||
			newest.successor !== last.successor);
	return [
		...(recorded.isHeld
			? ["record: an operation that has ended still holds the cluster"]
			: []),
		...(recorded.open > 0
			? [`record: ${recorded.open} recoveries without an end`]
			: []),
		...(isOther
			? [
					`record: the row says ${JSON.stringify(newest)}, the operation told ${JSON.stringify({ isSuccessful: last.successful, successor: last.successor })}`,
				]
			: []),
		...(last !== undefined &&
		last.successor !== "" &&
		recorded.primary !== last.successor
			? [
					`record: the cluster is named after ${recorded.primary}, the primary is ${last.successor}`,
				]
			: []),
	];
};

/** What must hold as soon as an operation has ended, whatever was done to it. */
export const judgeRun = (observed: Observed): readonly string[] => [
	...doubleOpened(observed),
	...receivers(observed),
	...unchanged(observed),
	...restored(observed),
	...truth(observed),
	...reached(observed, lastSucceeded),
	...records(observed),
];

/** Whether one of the server's channels leads to the other, over whatever is in between. */
const leadsTo = (
	now: readonly Seen[],
	alias: string,
	primary: string,
	passed: readonly string[] = [],
): boolean => {
	if (alias === primary) return true;
	if (passed.includes(alias)) return false;
	const channels = now.find((each) => each.alias === alias)?.channels ?? [];
	return channels
		.filter(follows)
		.some(({ source }) => leadsTo(now, source, primary, [...passed, alias]));
};

/** A person had stopped it: it stays so, wherever it points to. */
const wasStopped = ({ before }: Observed, alias: string): boolean => {
	const channels = before.find((each) => each.alias === alias)?.channels ?? [];
	return (
		channels.length > 0 &&
		channels.every(({ receiver }) => receiver === "stopped")
	);
};

const strays = (observed: Observed, primary: string): string[] =>
	observed.now.flatMap((server) => {
		if (leadsTo(observed.now, server.alias, primary)) return [];
		if (server.alias === observed.leaves || wasStopped(observed, server.alias))
			return [];
		const isExcused = observed.isStrict === true ? isFenced : isMentioned;
		return isExcused(observed, server.alias)
			? []
			: [
					`unaccounted: ${server.alias} does not follow ${primary}, and nothing tells of it: ${JSON.stringify(server.channels)}`,
				];
	});

/** What must hold when everything that was broken is whole again, and the operation was run once more. */
export const judgeEnd = (observed: Observed): readonly string[] => {
	const { now, before, recorded } = observed;
	// One that was started again with its writes open, and follows, is a careless replica and no second primary.
	const open = now
		.filter(
			({ alias, isOpen, channels }) =>
				isOpen &&
				(!channels.some(follows) ||
					(observed.isPairing === true && alias === recorded.primary)),
		)
		.map(({ alias }) => alias);
	const isClosed = observed.isClosing === true && open.length === 0;
	const [primary = ""] = open;
	const lowered = now.filter(({ alias, answers, patience }) =>
		before.some(
			(was) =>
				was.alias === alias &&
				was.answers &&
				answers &&
				was.patience !== patience,
		),
	);
	return [
		...doubleOpened(observed),
		...reached(observed, anySucceeded),
		...(open.length === 1 || isClosed
			? []
			: [
					`at the end ${open.length} servers are open: ${open.join(", ") || "none"}`,
				]),
		...(open.length === 1 ? strays(observed, primary) : []),
		...(open.length === 1 && recorded.primary !== primary
			? [
					`record: at the end the cluster is named after ${recorded.primary}, the primary is ${primary}`,
				]
			: []),
		...(recorded.isHeld
			? ["record: at the end an operation holds the cluster"]
			: []),
		...lowered.map(
			({ alias, patience }) =>
				`setting: a time-out of ${alias} is left at ${patience} s`,
		),
	];
};
