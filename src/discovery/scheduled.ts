import type { Configuration } from "../config/keys.ts";
import { errorText } from "../errors.ts";
import type { Servers } from "../mysql/servers.ts";
import type { Discovery } from "../planning/operation.ts";
import type { Store } from "../store/contract.ts";
import { isLastCheckValid, sourceOf } from "../topology/instance.ts";
import {
	type InstanceName,
	instanceName,
	parseInstanceName,
	splitName,
} from "../topology/instance-name.ts";
import type { Forgotten } from "./forgotten.ts";
import type { Hostnames } from "./hostnames.ts";
import { ignoring } from "./ignoring.ts";
import { neighboursOf } from "./neighbours.ts";

interface ScheduledDeps {
	readonly discovery: Discovery;
	readonly store: Pick<
		Store,
		"aliases" | "clusters" | "hostnames" | "inventory"
	>;
	readonly servers: Servers;
	readonly hostnames: Hostnames;
	readonly forgotten: Pick<Forgotten, "has">;
	readonly config: () => Configuration;
	readonly nowMs: () => number;
	readonly log: { warn(text: string): void; info(text: string): void };
}

/** What one run did, for people: it is shown in the Temporal UI. */
export interface DiscoveryReport {
	readonly seedsThatAnswered: readonly InstanceName[];
	/** Of seeds that do not answer yet; tried again by the next run. */
	readonly seedsThatDoNot: readonly string[];
	/** Rows of another program that were taken into a cluster. */
	readonly adopted: readonly InstanceName[];
	/** Sources that only their replicas name, now known. */
	readonly unseenSources: readonly InstanceName[];
	/** Host names that were looked up again and are still what they were. */
	readonly confirmedNames: number;
}

/** At most so many names of servers are confirmed in one run. */
const NAMES_A_RUN = 50;

/**
 * Discovery on a schedule: seeds until they answer, what others left in the store, sources known by name only.
 * A seed that has answered since this process began is left alone: an operator may have forgotten it on purpose.
 */
export const createScheduledDiscovery = (deps: ScheduledDeps) => {
	const { store, discovery, log } = deps;
	const answered = new Set<InstanceName>();
	const toldInvalid = new Set<string>();
	/** Seeds that are being looked at, by whatever run. */
	const underWay = new Map<InstanceName, Promise<string>>();

	const seedNames = (): InstanceName[] =>
		deps.config().DiscoverySeeds.flatMap((text) => {
			const name = parseInstanceName(text, deps.config().DefaultInstancePort);
			if (name !== undefined) return [name];
			if (!toldInvalid.has(text))
				log.warn(`DiscoverySeeds: '${text}' is no host[:port]; skipped`);
			toldInvalid.add(text);
			return [];
		});

	const trySeed = async (name: InstanceName): Promise<string> => {
		try {
			await discovery.crawl(name);
			answered.add(name);
			return "";
		} catch (error) {
			return `${name}: ${errorText(error)}`;
		} finally {
			underWay.delete(name);
		}
	};

	const seeds = async () => {
		const due = seedNames().filter((name) => !answered.has(name));
		const failures = await Promise.all(
			due.map((name) => {
				const work = underWay.get(name) ?? trySeed(name);
				underWay.set(name, work);
				return work;
			}),
		);
		return {
			seedsThatAnswered: due.filter((name) => answered.has(name)),
			seedsThatDoNot: failures.filter((text) => text !== ""),
		};
	};

	const adoptRows = async (): Promise<InstanceName[]> => {
		const members = new Set(
			(await store.clusters.members()).map(({ instance }) => instance),
		);
		const aliases = await store.aliases.all();
		const left = (await store.inventory.all()).filter(
			({ name, clusterName }) => clusterName !== "" && !members.has(name),
		);
		// Written by a watcher that had not heard yet that it is another server's further address.
		for (const { name } of left)
			if (aliases.has(name)) await store.inventory.forget(name);
		const strays = left.filter(({ name }) => !aliases.has(name));
		for (const { name, clusterName } of strays)
			await store.clusters.adopt(clusterName, [name]);
		return strays.map(({ name }) => name);
	};

	const unseenSources = async (): Promise<InstanceName[]> => {
		const known = await store.inventory.all();
		const names = new Set(known.map(({ name }) => name));
		const ignores = ignoring(deps.config());
		const unseen = known.filter((each) => {
			const source = sourceOf(each);
			return (
				source !== undefined &&
				!names.has(source) &&
				isLastCheckValid(each) &&
				neighboursOf(each, ignores).members.includes(source)
			);
		});
		// Nobody has asked for it by name: who was forgotten meanwhile, by whatever process, stays so.
		for (const { name } of unseen)
			if (
				!deps.forgotten.has(name) &&
				!(await store.inventory.forgotten()).has(name)
			)
				await discovery
					.crawl(name)
					.catch((error: unknown) => log.warn(`${name}: ${errorText(error)}`));
		return [...new Set(unseen.flatMap((each) => sourceOf(each) ?? []))];
	};

	/** A name that a server gave itself is asked for again when half of its lifetime is over; one that is no longer so expires. */
	const confirmNames = async (): Promise<number> => {
		const dueBeforeMs =
			deps.nowMs() - deps.config().ExpiryHostnameResolvesMinutes * 60_000;
		const ports = new Set(
			(await store.inventory.names()).map((name) => splitName(name).port),
		);
		let confirmed = 0;
		const due = (await store.hostnames.resolves())
			.filter(
				({ atMs, hostname, resolved }) =>
					atMs < dueBeforeMs && hostname !== resolved,
			)
			.slice(0, NAMES_A_RUN);
		for (const { hostname, resolved } of due)
			for (const port of ports) {
				const seen = await deps.servers.look(instanceName(hostname, port));
				if (!isLastCheckValid(seen)) continue;
				if (seen.host === resolved) {
					await deps.hostnames.learn(hostname, resolved);
					confirmed++;
				}
				break;
			}
		return confirmed;
	};

	return {
		/** Rows that another program left in the store. @throws BatonError when the store fails */
		adoptRows,
		/** @returns why seeds do not answer, one sentence each; empty when all have. */
		trySeeds: async (): Promise<readonly string[]> =>
			(await seeds()).seedsThatDoNot,
		/** @throws BatonError when the store fails */
		run: async (): Promise<DiscoveryReport> => ({
			adopted: await adoptRows(),
			...(await seeds()),
			unseenSources: await unseenSources(),
			confirmedNames: await confirmNames(),
		}),
	};
};

export type ScheduledDiscovery = ReturnType<typeof createScheduledDiscovery>;
