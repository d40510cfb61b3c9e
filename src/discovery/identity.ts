import { uuidShared } from "../audit/changes.ts";
import { isOfNames, type ProbeFinding } from "../topology/check.ts";
import {
	type SeenServer,
	seenServer,
	suspectsAmong,
} from "../topology/doubles.ts";
import { type Instance, isLastCheckValid } from "../topology/instance.ts";
import { type InstanceName, splitName } from "../topology/instance-name.ts";
import { type AliasVerdict, createAliasChecks } from "./alias-checks.ts";
import { createJoining, type IdentityDeps, type Merged } from "./joining.ts";
import { createLeaving } from "./leaving.ts";
import { sharedUuid, undecidedName } from "./name-findings.ts";

interface Settled {
	readonly name: InstanceName;
	readonly findings: readonly ProbeFinding[];
}

/** Which names are one server's. Told once, in the log and the audit. */
export const createIdentity = (deps: IdentityDeps) => {
	const { store, log } = deps;
	const { join, examine } = createJoining(deps);

	/** Known servers that the one which was seen may be. */
	const suspects = async (seen: Instance): Promise<Instance[]> => {
		const like = await store.aliases.servers(seen);
		const mine: SeenServer = seenServer(seen);
		const pairs = suspectsAmong([
			mine,
			...like.filter(({ name }) => name !== seen.name),
		]);
		const found: Instance[] = [];
		for (const [one, other] of pairs) {
			if (one !== mine) continue;
			const known = await store.inventory.get(other.name);
			if (known !== undefined) found.push(known);
		}
		return found;
	};

	const told = new Set<string>();
	const tellShared = async (
		name: InstanceName,
		other: InstanceName,
	): Promise<void> => {
		const pair = [name, other].toSorted().join(" ");
		if (told.has(pair)) return;
		told.add(pair);
		log.warn(`${name}: ${sharedUuid(other).says}`);
		await deps.tell(uuidShared(name, other));
	};

	const saidOfNames = async (
		name: InstanceName,
	): Promise<readonly ProbeFinding[]> =>
		(await store.inventory.get(name))?.findings.filter(isOfNames) ?? [];

	const checks = createAliasChecks(deps);

	/** @see Identity.settle */
	const settle = async (
		seen: Instance,
		isDecided = false,
	): Promise<Settled> => {
		const { name } = seen;
		const canonical = await store.aliases.nameOf(name);
		if (
			canonical !== name &&
			(await checks.check(name, canonical, seen)) === "stands"
		)
			return { name: canonical, findings: await saidOfNames(canonical) };
		const isKnown = (await store.inventory.get(name)) !== undefined;
		const found: ProbeFinding[] = [];
		for (const other of await suspects(seen)) {
			const examined = await examine(
				{ seen, isOlder: false },
				{ seen: other, isOlder: true },
				isDecided,
			);
			// A watcher that has both goes on writing of both until it has looked into it itself; but for what a person has decided.
			if (examined.outcome === "one" && (!isKnown || isDecided)) {
				const merged = await examined.merge();
				if (merged.outcome === "merged")
					return {
						name: merged.name,
						findings: await saidOfNames(merged.name),
					};
				if (merged.outcome === "undecided")
					found.push(undecidedName(other.name));
			}
			if (examined.outcome === "two" && seen.serverUuid !== "") {
				await tellShared(name, other.name);
				found.push(sharedUuid(other.name));
			}
		}
		return { name, findings: found };
	};

	return {
		examine,
		/** @see createLeaving */
		leave: createLeaving(deps),
		/** A server goes on under the name that it calls itself by, which was proved to be its. */
		rename: (seen: Instance, name: InstanceName): Promise<Merged> =>
			join(seen, seen.name, name, false),
		tellShared,
		/** A further address of a server that does not answer by its name. */
		free: checks.free,
		/** What has become of a further address, as it is seen now; it may turn out to be one of a third server. */
		confirm: async (
			alias: InstanceName,
			canonical: InstanceName,
			seen: Instance,
		): Promise<AliasVerdict> => {
			const verdict = await checks.check(alias, canonical, seen);
			if (verdict === "dropped" && isLastCheckValid(seen))
				await settle({ ...seen, ...splitName(alias), name: alias });
			return verdict;
		},
		/**
		 * Under which name a server that was seen goes on, and what is to be said of it. A name that is known already stays as it is until
		 * a watcher has looked into it, or a person has decided.
		 */
		settle,
	};
};

export type Identity = ReturnType<typeof createIdentity>;
