import { hearingMark } from "../analysis/silence.ts";
import { type ServerFault, serverFault } from "../mysql/driver-error.ts";
import { failedCheck, type Servers } from "../mysql/servers.ts";
import type { Session } from "../mysql/session.ts";
import type { Silence } from "../planning/operation.ts";
import type { ProbeFinding } from "../topology/check.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import type { InstanceName } from "../topology/instance-name.ts";
import { markOf, type ServerMark } from "../topology/server-mark.ts";

export interface KeptDeps {
	readonly servers: Servers;
	readonly nowMs: () => number;
	/** A check ended, good or bad. */
	readonly onChecked: (kept: KeptInstance) => void;
	/** A check takes longer than a second: {@link KeptInstance.latest} says since when. */
	readonly onHanging: (kept: KeptInstance) => void;
	/** A ping is slow: should it turn out lost, it helps to have looked at its replicas by now. */
	readonly onSlow: (kept: KeptInstance) => void;
	/** The kept connection broke, or a ping or query on it missed its deadline: an event, not something for the next poll. */
	readonly onLost: (kept: KeptInstance, fault: ServerFault) => void;
}

/** A ping that takes so long is looked into, without any suspicion yet. Milliseconds. */
const SLOW_MS = 50;

/** A check that takes so long is written down as attempted, so that readers of the store see it hang. Milliseconds. */
const HANGING_MS = 1_000;

/** Outcomes of a server that is not there or says nothing. */
const SILENT: ReadonlySet<ServerFault["outcome"]> = new Set([
	"timeout",
	"lost",
	"connection-refused",
]);

/** Hosts that are up answer a ping long before this; a stopped mysqld never does. */
export interface PingLimits {
	readonly everyMs: number;
	readonly deadlineMs: number;
}

/**
 * One watched server: a kept connection, the last probe over it, and since when its receiver has heard nothing.
 * 1. At most one probe runs at a time; asking for another while one runs gives that one.
 * 2. The connection is opened again by the next probe after it was lost, never in between.
 */
export class KeptInstance {
	readonly name: InstanceName;
	silence: Silence;
	/** When its next poll is due, milliseconds since the epoch. */
	nextPollMs = 0;
	/** What it calls itself, where that is not the name it is contacted by. */
	ownName: InstanceName;
	/** What is to be said of its name, and of its UUID; shown with what its probes find. */
	nameFinding: ProbeFinding | undefined;
	uuidFinding: ProbeFinding | undefined;
	/** Which server it is to its cluster: as the store had it, then as it was seen. */
	mark: ServerMark;
	/** Its polls have a place of their own in the poll period. */
	isSpread = false;
	/** Set by the cluster that it is in: told of each new picture, with the one before. */
	onSeen: (before: Instance) => void = () => undefined;
	/** The server counts heartbeats but does not date them (MariaDB, MySQL before 8.4): its silence is dated here. */
	isDatedHere = false;
	private session: Session | undefined;
	private probing: Promise<void> | undefined;
	private probingSinceMs = 0;
	private pinging = false;
	private closed = false;
	private current: Instance;
	private readonly deps: KeptDeps;

	constructor(known: Instance, deps: KeptDeps) {
		this.name = known.name;
		this.mark = markOf(known);
		this.ownName = known.name;
		this.current = known;
		this.silence = { mark: "", sinceMs: deps.nowMs() };
		this.deps = deps;
	}

	/** The last picture of it. */
	get latest(): Instance {
		return this.current;
	}

	set latest(next: Instance) {
		const before = this.current;
		this.current = next;
		this.onSeen(before);
	}

	/** Checked at least once by this watcher. */
	get isKnown(): boolean {
		return this.silence.mark !== "" || this.failures > 0;
	}

	get isProbing(): boolean {
		return this.probing !== undefined;
	}

	/** Bad checks in a row. */
	failures = 0;

	/** When the probe began that {@link latest} is from. */
	seenFromMs = 0;

	/** When the last good look at it began. */
	get lookedAtMs(): number {
		const { check } = this.latest;
		return isLastCheckValid(this.latest) && this.seenFromMs > 0
			? this.seenFromMs
			: check.seenAtMs - check.latencyMs;
	}

	/** Probes over the kept connection, or over a new one. Never throws: the outcome is {@link latest}. */
	probe(limits: {
		readonly connectMs: number;
		readonly queryMs: number;
	}): Promise<void> {
		this.probing ??= this.probeOnce(limits).finally(() => {
			this.probing = undefined;
		});
		return this.probing;
	}

	/**
	 * A ping of a server that others replicate from; a missed deadline ends the connection and so is told by `onLost`. A probe that is
	 * under way stands for it, until it takes longer than a ping may: then the server is asked over a connection of its own.
	 */
	async ping(limits: PingLimits): Promise<void> {
		const { session } = this;
		if (session?.isOpen !== true || this.pinging) return;
		const isProbed = this.probing !== undefined;
		if (isProbed && this.deps.nowMs() < this.probingSinceMs + limits.deadlineMs)
			return;
		this.pinging = true;
		const slow = setTimeout(() => this.deps.onSlow(this), SLOW_MS);
		try {
			if (isProbed) await this.knock(session, limits.deadlineMs);
			else await session.ping(limits.deadlineMs);
		} catch {
			// The session tells its listeners of the fault itself.
		} finally {
			clearTimeout(slow);
			this.pinging = false;
		}
	}

	/** A server whose poll is slow lets a new connection in; one that hangs does not. A refusal is an answer. */
	private async knock(session: Session, deadlineMs: number): Promise<void> {
		try {
			const limits = { connectMs: deadlineMs, queryMs: deadlineMs };
			const fresh = await this.deps.servers.open(this.name, "watch", limits);
			fresh.close();
		} catch (error) {
			const fault = serverFault(error);
			if (SILENT.has(fault.outcome)) session.giveUp(fault);
		}
	}

	close(): void {
		this.closed = true;
		this.session?.close();
	}

	private async probeOnce(limits: {
		readonly connectMs: number;
		readonly queryMs: number;
	}): Promise<void> {
		const attemptedAtMs = this.deps.nowMs();
		this.probingSinceMs = attemptedAtMs;
		const hanging = setTimeout(() => {
			if (this.closed) return;
			this.latest = {
				...this.latest,
				check: { ...this.latest.check, attemptedAtMs },
			};
			this.deps.onHanging(this);
		}, HANGING_MS);
		try {
			const session = await this.connected(limits);
			const seen = await this.deps.servers.probe(session);
			this.failures = 0;
			this.ownName = seen.name;
			this.latest = this.withSilence({
				...seen,
				name: this.name,
				host: this.latest.host,
				port: this.latest.port,
				findings: [
					...seen.findings,
					...[this.nameFinding, this.uuidFinding].filter(
						(each) => each !== undefined,
					),
				],
			});
		} catch (error) {
			const fault = serverFault(error);
			this.session?.close();
			this.session = undefined;
			this.failures += 1;
			this.latest = failedCheck(this.latest, fault, this.deps.nowMs());
		} finally {
			clearTimeout(hanging);
		}
		this.seenFromMs = attemptedAtMs;
		if (!this.closed) this.deps.onChecked(this);
	}

	private async connected(limits: {
		readonly connectMs: number;
		readonly queryMs: number;
	}): Promise<Session> {
		if (this.session?.isOpen === true && !this.session.isRetired)
			return this.session;
		this.session?.close();
		const session = await this.deps.servers.open(this.name, "watch", limits);
		if (this.closed) session.close();
		this.session = session;
		session.onLost((fault) => {
			if (this.session === session) this.session = undefined;
			if (this.closed) return;
			this.latest = failedCheck(this.latest, fault, this.deps.nowMs());
			this.deps.onLost(this, fault);
		});
		return session;
	}

	/** Where the server does not date what its receiver heard, we do (MariaDB). */
	private withSilence(seen: Instance): Instance {
		const mark = hearingMark(seen);
		const nowMs = this.deps.nowMs();
		if (mark !== this.silence.mark) this.silence = { mark, sinceMs: nowMs };
		this.isDatedHere = seen.replication.silentForMs === null;
		if (!this.isDatedHere || seen.replication.receiver !== 1) return seen;
		return {
			...seen,
			replication: {
				...seen.replication,
				silentForMs: nowMs - this.silence.sinceMs,
			},
		};
	}
}
